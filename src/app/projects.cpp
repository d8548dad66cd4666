#include "app/projects.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "app/edit_outcome.hpp"
#include "app/probe_training.hpp"
#include "base/error.hpp"
#include "store/catalog/operations.hpp"

namespace burnish::app {
namespace {

constexpr std::size_t kCovers = 8;
constexpr std::array<const char*, 7> kViews = {"thumbnails",      "quality", "embeddings", "map",
                                               "near_duplicates", "probe",   "suspects"};

std::vector<ClassCount> CountClasses(const store::Snapshot& snapshot, const store::Bitset& population) {
  std::vector<std::uint64_t> counts(snapshot.ontology.Classes().size());
  population.ForEach([&](model::Ordinal i) {
    if (snapshot.ClassOf(i) < counts.size()) ++counts[snapshot.ClassOf(i)];
  });
  std::vector<ClassCount> classes;
  for (const model::Class& value : snapshot.ontology.Classes()) {
    if (!value.merged_into) classes.push_back({value, counts[value.id]});
  }
  return classes;
}

// Samples of different classes, in a fixed order.
std::vector<model::Ordinal> CoversOf(const store::Snapshot& snapshot, const store::Bitset& population) {
  std::vector<model::Ordinal> covers;
  std::vector<bool> shown(snapshot.ontology.Classes().size(), false);
  std::vector<model::Ordinal> rest;
  population.ForEach([&](model::Ordinal i) {
    const model::ClassId label = snapshot.ClassOf(i);
    if (covers.size() >= kCovers) return;
    if (label < shown.size() && !shown[label]) {
      shown[label] = true;
      covers.push_back(i);
    } else if (rest.size() < kCovers) {
      rest.push_back(i);
    }
  });
  for (const model::Ordinal i : rest) {
    if (covers.size() < kCovers) covers.push_back(i);
  }
  return covers;
}

std::string BannerOf(const store::Project& project) {
  boost::system::error_code error;
  const auto settings = boost::json::parse(project.settings, error);
  if (error || !settings.is_object()) return {};
  const auto* banner = settings.as_object().if_contains("banner");
  return banner != nullptr && banner->is_string() ? std::string(banner->as_string()) : std::string();
}

struct TrainCounts {
  std::vector<std::uint64_t> by_class;
  std::uint64_t train = 0;
  std::uint64_t test = 0;
};

TrainCounts CountLabeled(const store::Snapshot& snapshot, const store::Bitset& population) {
  TrainCounts counts;
  counts.by_class.resize(snapshot.ontology.Classes().size());
  population.ForEach([&](model::Ordinal i) {
    const model::ClassId label = snapshot.ClassOf(i);
    if (label == model::kNoClass) return;
    if (snapshot.SplitOf(i) == model::Split::kTrain) {
      ++counts.train;
      ++counts.by_class[label];
    }
    if (snapshot.SplitOf(i) == model::Split::kTest) ++counts.test;
  });
  return counts;
}

// Each rule says what is missing and what to do about it.
std::vector<Advice> AdviceFor(const store::Snapshot& snapshot, const store::Bitset& population, std::uint64_t labeled) {
  if (!population.Any())
    return {{"import_samples", "Import photographs: from a folder of this machine, a zip, or a table."}};
  const TrainCounts counts = CountLabeled(snapshot, population);
  std::vector<Advice> advice;
  if (snapshot.ontology.Classes().empty())
    advice.push_back({"add_class", "Add the classes that you want to tell apart."});
  if (labeled == 0) {
    advice.push_back(
        {"label_samples",
         "Label some samples of each class; the model trains by itself as soon as two classes have labels in train."});
    return advice;
  }
  if (counts.train == 0)
    advice.push_back({"need_train_split", "Move labeled samples to train, so that the model can learn from them."});
  if (counts.test == 0)
    advice.push_back({"need_test_split",
                      "Move some labeled samples to test, so that the model can be measured on what it has not seen."});
  std::string small;
  for (const model::Class& value : snapshot.ontology.Classes()) {
    const std::uint64_t count = counts.by_class[value.id];
    if (count > 0 && count < kProbeFolds) small += (small.empty() ? "" : ", ") + value.name;
  }
  if (!small.empty()) {
    advice.push_back(
        {"small_class", "Too few labels in train to judge: " + small +
                            ". Such classes are learnt, but never suspected or suggested; give each at least " +
                            std::to_string(kProbeFolds) + "."});
  }
  if (snapshot.suspects && !snapshot.suspects->ranking.empty()) {
    const auto undecided = static_cast<std::uint64_t>(std::count_if(
        snapshot.suspects->ranking.begin(), snapshot.suspects->ranking.end(), [&](const store::Suspect& suspect) {
          const std::uint32_t code = snapshot.labels[suspect.ordinal];
          return model::LabelClass(code) == suspect.given &&
                 model::StateOfLabel(code) != model::LabelState::kConfirmed && !snapshot.IsExcluded(suspect.ordinal);
        }));
    if (undecided > 0)
      advice.push_back({"review_suspects",
                        Counted(undecided, "label looks wrong", "labels look wrong") + ". Review them, worst first."});
  }
  return advice;
}

}  // namespace

ProjectCard Projects::CardOf(const Caller& caller, store::Project project) {
  const Entry entry = workspace_.Open(caller, project.id);
  const auto snapshot = entry->Latest();
  const store::Bitset population = snapshot->Population();
  ProjectCard card;
  card.samples = population.Count();
  population.ForEach([&](model::Ordinal i) { card.labeled += snapshot->ClassOf(i) != model::kNoClass ? 1 : 0; });
  store::Bitset excluded = *snapshot->excluded;
  card.excluded = excluded.AndNot(*snapshot->withdrawn).Count();
  card.covers = CoversOf(*snapshot, population);
  const auto latest = workspace_.Parts().log.ListChanges(project.id, 0, 1);
  card.changed_at = latest.empty() ? project.created : latest.front().at;
  card.banner = BannerOf(project);
  card.project = std::move(project);
  return card;
}

std::vector<ProjectCard> Projects::List(const Caller& caller, bool trashed) {
  std::vector<ProjectCard> cards;
  for (auto& project : workspace_.Parts().catalog.Read(
           [&](store::Reader& reader) { return store::ListProjects(reader, caller.person, trashed); })) {
    cards.push_back(CardOf(caller, std::move(project)));
  }
  std::stable_sort(cards.begin(), cards.end(),
                   [](const ProjectCard& a, const ProjectCard& b) { return a.changed_at > b.changed_at; });
  return cards;
}

ProjectCard Projects::Create(const Caller& caller, const base::OperationId& operation, const std::string& name,
                             const std::string& settings) {
  Require(caller, Role::kManager);
  const store::OperationKey key{{}, caller.person, operation, RequestDigest({"project", name})};
  auto project = workspace_.Parts().catalog.Write([&](store::Writer& writer) {
    if (const auto first = store::FindOperation(writer, key))
      return *store::FindProject(writer, caller.person, base::ProjectId(*first));
    auto made = store::CreateProject(writer, caller.person, name, settings);
    store::RememberOperation(writer, key, made.id.Text());
    return made;
  });
  return CardOf(caller, std::move(project));
}

ProjectView Projects::Get(const Caller& caller, const base::ProjectId& id) {
  Entry entry = workspace_.Open(caller, id);
  const auto snapshot = entry->Latest();
  const store::Bitset population = snapshot->Population();
  ProjectView view;
  view.as_of = snapshot->as_of;
  view.banner = BannerOf(entry.project);
  view.splits.resize(model::kSplitNames.size());
  population.ForEach([&](model::Ordinal i) { ++view.splits[snapshot->splits[i]]; });
  view.classes = CountClasses(*snapshot, population);
  view.tags = snapshot->tag_names;
  for (const store::FieldColumn& column : snapshot->fields) view.fields.push_back(column.field);
  view.runs = models_.Runs(caller, id);
  const store::ViewProgress columns = entry->View().Progress();
  view.views.emplace_back("columns",
                          ViewState{columns.snapshot, columns.head, columns.ready, columns.snapshot, columns.problem});
  for (const char* name : kViews) view.views.emplace_back(name, entry->StateOf(name));
  view.card = CardOf(caller, std::move(entry.project));
  view.advice = AdviceFor(*snapshot, population, view.card.labeled);
  return view;
}

ProjectCard Projects::Update(const Caller& caller, const base::ProjectId& id, const std::optional<std::string>& name,
                             std::optional<bool> trashed) {
  const Entry entry = workspace_.Open(caller, id, Role::kManager);
  auto project = workspace_.Parts().catalog.Write([&](store::Writer& writer) {
    if (name && *name != entry.project.name) store::RenameProject(writer, caller.person, id, *name);
    if (trashed && *trashed != entry.project.trashed.has_value()) {
      if (*trashed) {
        store::TrashProject(writer, caller.person, id);
      } else {
        store::BringBackProject(writer, caller.person, id);
      }
    }
    return *store::FindProject(writer, caller.person, id);
  });
  return CardOf(caller, std::move(project));
}

std::pair<base::SequenceNumber, std::vector<ClassCount>> Projects::Classes(const Caller& caller,
                                                                           const base::ProjectId& project) {
  const auto snapshot = workspace_.Open(caller, project)->Latest();
  return {snapshot->as_of, CountClasses(*snapshot, snapshot->Population())};
}

}  // namespace burnish::app
