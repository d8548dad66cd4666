#include "app/samples.hpp"

#include <algorithm>
#include <cmath>

#include "app/probabilities.hpp"
#include "app/sample_values.hpp"
#include "base/error.hpp"
#include "media/sniff.hpp"

namespace burnish::app {
namespace {

constexpr std::size_t kMostMediaBytes = std::size_t{256} << 20U;

std::optional<std::string> ClassText(const store::Snapshot& snapshot, model::ClassId id) {
  if (id == model::kNoClass) return std::nullopt;
  return snapshot.ontology.NameOf(id);
}

std::vector<PredictionView> PredictionsOf(const store::Snapshot& snapshot, model::Ordinal ordinal) {
  std::vector<PredictionView> views;
  for (const auto& run : snapshot.runs) {
    PredictionView view{run->run, run->name, ClassText(snapshot, run->Predicted(ordinal)), std::nullopt, {}};
    if (!std::isnan(run->Confidence(ordinal))) view.confidence = run->Confidence(ordinal);
    for (const auto& [id, probability] : ReadProbabilities(*run, ordinal))
      view.probabilities.emplace_back(snapshot.ontology.NameOf(id), probability);
    std::sort(view.probabilities.begin(), view.probabilities.end(),
              [](const auto& a, const auto& b) { return a.second > b.second; });
    views.push_back(std::move(view));
  }
  return views;
}

std::string TypeOf(const std::string& bytes) {
  return std::string(media::MediaType(media::Sniff(std::as_bytes(std::span(bytes.data(), bytes.size())))));
}

}  // namespace

SampleView Samples::Get(const Caller& caller, const base::ProjectId& project, model::Ordinal ordinal,
                        base::SequenceNumber at_least) {
  const Entry entry = workspace_.Open(caller, project);
  const auto snapshot = entry->View().AtLeast(at_least);
  snapshot->Check(ordinal);
  SampleView view;
  view.ordinal = ordinal;
  view.as_of = snapshot->as_of;
  view.path = snapshot->PathOf(ordinal);
  view.media = snapshot->MediaOf(ordinal);
  view.split = snapshot->SplitOf(ordinal);
  view.excluded = snapshot->IsExcluded(ordinal);
  view.withdrawn = snapshot->IsWithdrawn(ordinal);
  for (const std::uint32_t tag : snapshot->TagsOf(ordinal)) view.tags.push_back(snapshot->tag_names[tag]);
  view.truth = ClassText(*snapshot, snapshot->ClassOf(ordinal));
  view.state = model::StateOfLabel(snapshot->labels[ordinal]);
  view.label_revision = snapshot->label_revisions[ordinal];
  view.revision = snapshot->changed[ordinal];
  view.predictions = PredictionsOf(*snapshot, ordinal);
  for (std::size_t f = 0; f < snapshot->fields.size(); ++f)
    view.fields.emplace_back(snapshot->fields[f].field, snapshot->ValueOf(f, ordinal));
  for (const std::string_view name : kQualityNames) {
    const float value = QualityOf(*snapshot, name, ordinal);
    if (!std::isnan(value)) view.quality.emplace_back(name, value);
  }
  if (snapshot->suspects) {
    const auto& ranking = snapshot->suspects->ranking;
    const auto found = std::find_if(ranking.begin(), ranking.end(),
                                    [ordinal](const store::Suspect& suspect) { return suspect.ordinal == ordinal; });
    if (found != ranking.end())
      view.suspect = {snapshot->ontology.NameOf(found->given), snapshot->ontology.NameOf(found->suggested),
                      found->score};
  }
  for (const model::Ordinal other : snapshot->DuplicatesOf(ordinal)) {
    if (other != ordinal) view.duplicates.push_back(other);
  }
  if (snapshot->near_duplicates) {
    const auto near = snapshot->near_duplicates->Of(ordinal);
    view.near_duplicates.assign(near.begin(), near.end());
  }
  view.import = snapshot->imports[snapshot->import_index[ordinal]].id;
  view.import_name = snapshot->SourceOf(ordinal);
  return view;
}

std::vector<HistoryRow> Samples::HistoryOf(const Caller& caller, const base::ProjectId& project, model::Ordinal ordinal,
                                           base::SequenceNumber at_least) {
  const Entry entry = workspace_.Open(caller, project);
  const auto snapshot = entry->View().AtLeast(at_least);
  snapshot->Check(ordinal);
  std::vector<HistoryRow> rows;
  for (const store::HistoryEntry& item : entry->View().HistoryOf(ordinal)) {
    rows.push_back({item.sequence, item.at, accounts_.NameOf(item.author), DescribeAspect(*snapshot, item.aspect),
                    DescribeCode(*snapshot, item.aspect, item.before), DescribeCode(*snapshot, item.aspect, item.after),
                    item.reason, item.summary});
  }
  return rows;
}

Neighbours Samples::NeighboursOf(const Caller& caller, const base::ProjectId& project, model::Ordinal ordinal,
                                 std::optional<model::Split> split, const std::optional<std::string>& class_name,
                                 std::size_t count) {
  const Entry entry = workspace_.Open(caller, project);
  const auto snapshot = entry->Latest();
  snapshot->Check(ordinal);
  const auto vectors = entry->Vectors();
  if (!vectors || vectors->Vector(ordinal).empty()) return {};
  const model::Class* wanted = class_name ? snapshot->ontology.FindByName(*class_name) : nullptr;
  if (class_name && wanted == nullptr)
    throw base::Error(base::ErrorCode::kInvalidArgument, "No class is called \"" + *class_name + "\".", "class");
  store::Bitset candidates = snapshot->Population();
  candidates.Resize(snapshot->Size());
  if (candidates.Test(ordinal)) candidates.Reset(ordinal);
  for (std::size_t i = 0; i < snapshot->Size(); ++i) {
    const auto other = static_cast<model::Ordinal>(i);
    if ((split && snapshot->SplitOf(other) != *split) || (wanted != nullptr && snapshot->ClassOf(other) != wanted->id))
      candidates.Reset(i);
  }
  Neighbours answer{true, {}};
  const model::Ordinal self[] = {ordinal};
  for (const store::SimilarHit& hit : vectors->Similar(self, static_cast<std::uint32_t>(count), candidates)) {
    answer.neighbours.push_back(
        {hit.ordinal, hit.score, ClassText(*snapshot, snapshot->ClassOf(hit.ordinal)), snapshot->SplitOf(hit.ordinal)});
  }
  return answer;
}

MediaBytes Samples::MediaOf(const Caller& caller, const base::ProjectId& project, model::Ordinal ordinal) {
  const Entry entry = workspace_.Open(caller, project);
  const auto snapshot = entry->Latest();
  snapshot->Check(ordinal);
  const model::Media media = snapshot->MediaOf(ordinal);
  MediaBytes answer;
  answer.bytes = std::make_shared<const std::string>(base::ReadAll(entry->OpenMedia(media), kMostMediaBytes));
  if (base::HashContent(std::as_bytes(std::span(*answer.bytes))) != media.content) {
    throw base::Error(base::ErrorCode::kConflict,
                      "The file \"" + std::string(snapshot->PathOf(ordinal)) +
                          "\" has changed since it was imported. Import its folder again to see both.",
                      std::string(snapshot->PathOf(ordinal)));
  }
  answer.type = TypeOf(*answer.bytes);
  answer.content = media.content.Hex();
  return answer;
}

std::optional<MediaBytes> Samples::ThumbnailAtHand(const Caller& caller, const base::ProjectId& project,
                                                   model::Ordinal ordinal, int side) {
  const auto open = workspace_.AtHand(caller, project);
  if (!open) return std::nullopt;
  const auto snapshot = open->Latest();
  if (ordinal >= snapshot->Size()) return std::nullopt;
  const base::ContentHash content = snapshot->ContentOf(ordinal);
  auto bytes = open->Thumbnails(side).GetAtHand(content);
  if (!bytes) return std::nullopt;
  std::string type = TypeOf(*bytes);
  return MediaBytes{std::move(bytes), std::move(type), content.Hex()};
}

MediaBytes Samples::ThumbnailOf(const Caller& caller, const base::ProjectId& project, model::Ordinal ordinal,
                                int side) {
  const Entry entry = workspace_.Open(caller, project);
  const auto snapshot = entry->Latest();
  snapshot->Check(ordinal);
  const base::ContentHash content = snapshot->ContentOf(ordinal);
  store::Pack& pack = entry->Thumbnails(side);
  auto bytes = pack.Get(content);
  if (pack.TakeDamaged()) workspace_.TellDamaged(*entry.open);
  if (!bytes) throw base::Error(base::ErrorCode::kNotFound, "This thumbnail is still being made.", "thumbnail");
  std::string type = TypeOf(*bytes);
  return {std::make_shared<const std::string>(*std::move(bytes)), std::move(type), content.Hex()};
}

}  // namespace burnish::app
