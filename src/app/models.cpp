#include "app/models.hpp"

#include <algorithm>
#include <cmath>

#include "app/probabilities.hpp"
#include "app/probe.hpp"
#include "base/error.hpp"
#include "store/columns/batch.hpp"

namespace burnish::app {
namespace {

constexpr std::size_t kEvaluationsKept = 64;

// The samples to judge, side by side.
struct Judged {
  std::vector<model::Ordinal> ordinals;
  std::vector<model::ClassId> truth;
  std::vector<model::ClassId> predicted;
  std::vector<float> confidence;
};

model::Filter TestSplit() { return {model::SplitIs{{model::Split::kTest}}}; }

Judged Collect(const store::Snapshot& snapshot, const store::RunColumns& run, const store::Bitset& samples,
               double threshold) {
  Judged judged;
  const std::size_t count = samples.Count();
  judged.ordinals.reserve(count);
  judged.truth.reserve(count);
  judged.predicted.reserve(count);
  judged.confidence.reserve(count);
  samples.ForEach([&](model::Ordinal i) {
    const float confidence = run.Confidence(i);
    const bool given = threshold <= 0 || (!std::isnan(confidence) && confidence >= threshold);
    judged.ordinals.push_back(i);
    judged.truth.push_back(snapshot.ClassOf(i));
    judged.predicted.push_back(given ? run.Predicted(i) : model::kNoClass);
    judged.confidence.push_back(confidence);
  });
  return judged;
}

const store::RunColumns& RunNamed(const store::Snapshot& snapshot, const std::string& name) {
  const store::RunColumns* run = snapshot.FindRun(name);
  if (run == nullptr)
    throw base::Error(base::ErrorCode::kInvalidArgument, "There is no model run called \"" + name + "\" yet.", "run");
  return *run;
}

std::vector<model::Class> Occurring(const store::Snapshot& snapshot, const std::vector<model::ClassId>& truth,
                                    const std::vector<model::ClassId>& predicted) {
  std::vector<std::uint8_t> occurs(std::size_t{model::kNoClass} + 1, 0);
  for (const auto* list : {&truth, &predicted}) {
    for (const model::ClassId id : *list) occurs[id] = 1;
  }
  std::vector<model::Class> classes;
  for (const model::Class& value : snapshot.ontology.Classes()) {
    if (occurs[value.id] != 0) classes.push_back(value);
  }
  return classes;
}

std::string WhyNothing(const store::Snapshot& snapshot, const Judged& judged, const insight::Evaluation& evaluation,
                       bool default_filter) {
  if (evaluation.counted > 0) return {};
  if (judged.ordinals.empty() && default_filter)
    return "No sample is in test, so nothing can be measured. Move some labeled samples to test.";
  if (judged.ordinals.empty()) return "No sample matches the filter.";
  if (evaluation.without_truth == judged.ordinals.size())
    return "None of these samples has a label. Label some to measure the model on them.";
  return snapshot.Size() == 0 ? "Import samples first." : "None of these samples has both a label and a prediction.";
}

}  // namespace

void Models::Follow(OpenProject& project) {
  const Services& services = workspace_.Parts();
  const auto runs =
      services.catalog.Read([&](store::Reader& reader) { return store::ListModelRuns(reader, project.Id()); });
  for (const store::ModelRun& run : runs) {
    if (run.kind != store::RunKind::kImported) continue;
    const bool attached = project.Latest()->FindRun(run.id.Text()) != nullptr;
    if (run.withdrawn && attached) {
      project.View().Attach([&](const store::Snapshot& snapshot) { return store::WithoutRun(snapshot, run.id); });
    } else if (!run.withdrawn && !attached && run.status == store::RunStatus::kReady) {
      const auto batch = store::ReadPredictions(services.blobs.LocalPath(run.artifact));
      store::RunColumns columns = store::ToRunColumns(batch, run.id, run.name);
      if (!batch.classes.empty()) {
        const std::size_t width = batch.classes.size();
        std::vector<float> rows(columns.predicted.size() * width, store::kMissingFloat);
        for (const auto& row : batch.rows) {
          if (!row.probabilities.empty())
            std::copy(row.probabilities.begin(), row.probabilities.end(),
                      rows.begin() + static_cast<std::ptrdiff_t>(row.ordinal * width));
        }
        columns.probabilities_file = project.ArtifactFolder() / ("run-" + run.id.Text() + ".f16");
        columns.probability_classes = batch.classes;
        WriteProbabilities(columns.probabilities_file, rows);
      }
      project.View().Attach(
          [&](const store::Snapshot& snapshot) { return store::WithRun(snapshot, std::move(columns)); });
    }
  }
}

RunInfo Models::InfoOf(OpenProject& project, const store::Snapshot& snapshot, const std::string& name) {
  const store::RunColumns& columns = RunNamed(snapshot, name);
  RunInfo info;
  const auto found = workspace_.Parts().catalog.Read(
      [&](store::Reader& reader) { return store::FindModelRun(reader, project.Id(), columns.run); });
  if (found) info.run = *found;
  info.run.id = columns.run;
  info.run.name = columns.name;
  info.has_probabilities = !columns.probability_classes.empty();
  info.predictions = static_cast<std::uint64_t>(std::count_if(columns.predicted.begin(), columns.predicted.end(),
                                                              [](model::ClassId id) { return id != model::kNoClass; }));
  return info;
}

std::vector<RunInfo> Models::Runs(const Caller& caller, const base::ProjectId& project) {
  const Entry entry = workspace_.Open(caller, project);
  const auto snapshot = entry->Latest();
  std::vector<RunInfo> infos;
  for (const auto& run : snapshot->runs) infos.push_back(InfoOf(*entry.open, *snapshot, run->run.Text()));
  // The probe's present run first, then imported ones, then what is kept for comparison.
  const auto rank = [](const RunInfo& info) {
    return info.run.id.Text() == kProbeRun ? 0 : info.run.kind == store::RunKind::kImported ? 1 : 2;
  };
  std::stable_sort(infos.begin(), infos.end(), [&](const RunInfo& a, const RunInfo& b) {
    return std::pair(rank(a), -a.run.created) < std::pair(rank(b), -b.run.created);
  });
  return infos;
}

EvaluationView Models::Evaluate(const Caller& caller, const base::ProjectId& project,
                                const EvaluationRequest& request) {
  const Entry entry = workspace_.Open(caller, project);
  const auto snapshot = entry->View().AtLeast(request.at_least);
  const store::RunColumns& run = RunNamed(*snapshot, request.run);
  const EvaluationKey key{project,         run.run.Text(),      run.generation,
                          snapshot->as_of, request.filter_text, request.threshold};
  {
    const std::scoped_lock lock(mutex_);
    const auto found = evaluations_.find(key);
    if (found != evaluations_.end()) return found->second;
  }
  const model::Filter filter = request.filter.value_or(TestSplit());
  const Judged judged =
      Collect(*snapshot, run, store::Evaluate(filter, *snapshot, entry->FilterSources()), request.threshold);
  EvaluationView view;
  view.as_of = snapshot->as_of;
  view.run = InfoOf(*entry.open, *snapshot, request.run);
  view.evaluation =
      insight::Evaluate({judged.truth, judged.predicted, judged.confidence}, snapshot->ontology.Classes().size());
  view.classes = Occurring(*snapshot, judged.truth, judged.predicted);
  std::vector<std::uint64_t> not_predicted(std::size_t{model::kNoClass} + 1, 0);
  for (std::size_t i = 0; i < judged.truth.size(); ++i)
    not_predicted[judged.truth[i]] += judged.predicted[i] == model::kNoClass ? 1 : 0;
  for (const model::Class& value : view.classes) view.not_predicted.push_back(not_predicted[value.id]);
  view.sentence = WhyNothing(*snapshot, judged, view.evaluation, !request.filter);
  const std::scoped_lock lock(mutex_);
  if (evaluations_.size() >= kEvaluationsKept) evaluations_.clear();
  evaluations_[key] = view;
  return view;
}

ComparisonView Models::Compare(const Caller& caller, const base::ProjectId& project, const std::string& a,
                               const std::string& b, const std::optional<model::Filter>& filter) {
  const Entry entry = workspace_.Open(caller, project);
  const auto snapshot = entry->Latest();
  const store::RunColumns& first = RunNamed(*snapshot, a);
  const store::RunColumns& second = RunNamed(*snapshot, b);
  const store::Bitset samples = store::Evaluate(filter.value_or(TestSplit()), *snapshot, entry->FilterSources());
  const Judged before = Collect(*snapshot, first, samples, 0);
  const Judged after = Collect(*snapshot, second, samples, 0);
  ComparisonView view;
  view.as_of = snapshot->as_of;
  view.a = InfoOf(*entry.open, *snapshot, a);
  view.b = InfoOf(*entry.open, *snapshot, b);
  view.comparison =
      insight::Compare(before.truth, before.predicted, after.predicted, snapshot->ontology.Classes().size());
  view.verdict = insight::Judge(view.comparison);
  view.classes = Occurring(*snapshot, before.truth, {});
  view.better_count = view.comparison.better.size();
  view.worse_count = view.comparison.worse.size();
  for (auto* positions : {&view.comparison.better, &view.comparison.worse}) {
    if (positions->size() > kMostListed) positions->resize(kMostListed);
    for (std::uint32_t& position : *positions) position = before.ordinals[position];
  }
  return view;
}

SuspectPage Models::Suspects(const Caller& caller, const base::ProjectId& project, const SuspectQuery& query) {
  const Entry entry = workspace_.Open(caller, project);
  const auto snapshot = entry->Latest();
  SuspectPage page;
  page.as_of = snapshot->as_of;
  if (!snapshot->suspects) {
    page.sentence = entry->StateOf("suspects").sentence;
    if (page.sentence.empty()) page.sentence = "The ranking follows the probe, which is being trained.";
    return page;
  }
  const std::uint64_t generation = query.generation.value_or(snapshot->suspects->generation);
  const auto kept = entry->FindRanking(generation);
  if (!kept)
    throw base::Error(base::ErrorCode::kNotFound, "This ranking is no longer kept. Open the newest one.", "generation");
  page.ready = true;
  page.generation = generation;
  page.newest = snapshot->suspects->generation;
  const auto& ranking = kept->columns->ranking;
  std::map<std::pair<model::ClassId, model::ClassId>, std::uint64_t> pairs;
  for (std::size_t i = 0; i < ranking.size(); ++i) {
    const store::Suspect& suspect = ranking[i];
    const std::uint32_t code = snapshot->labels[suspect.ordinal];
    const bool decided = model::LabelClass(code) != suspect.given ||
                         model::StateOfLabel(code) == model::LabelState::kConfirmed ||
                         snapshot->IsExcluded(suspect.ordinal);
    if (!decided) ++pairs[{suspect.given, suspect.suggested}];
    const std::string given = snapshot->ontology.NameOf(suspect.given);
    const std::string suggested = snapshot->ontology.NameOf(suspect.suggested);
    if ((query.given && *query.given != given) || (query.suggested && *query.suggested != suggested)) continue;
    const std::uint64_t place = page.total++;
    if (!decided) ++page.remaining;
    if (place < query.offset || page.rows.size() >= query.count) continue;
    SuspectRow row{suspect.ordinal,           given,         suggested, std::nullopt,
                   model::StateOfLabel(code), suspect.score, decided,   std::nullopt};
    if (model::LabelClass(code) != model::kNoClass) row.present = snapshot->ontology.NameOf(model::LabelClass(code));
    if (!std::isnan(kept->agreement[i])) row.agreement = kept->agreement[i];
    page.rows.push_back(std::move(row));
  }
  for (const auto& [pair, count] : pairs)
    page.pairs.push_back({snapshot->ontology.NameOf(pair.first), snapshot->ontology.NameOf(pair.second), count});
  std::stable_sort(page.pairs.begin(), page.pairs.end(),
                   [](const auto& x, const auto& y) { return x.count > y.count; });
  return page;
}

}  // namespace burnish::app
