#include "app/impact.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

#include "app/edit_outcome.hpp"
#include "base/error.hpp"

namespace burnish::app {
namespace {

void CountDifferences(ImpactView& view, const store::Snapshot& then, const store::Snapshot& now) {
  for (std::size_t i = 0; i < std::min(then.Size(), now.Size()); ++i) {
    const auto ordinal = static_cast<model::Ordinal>(i);
    const bool label = then.ClassOf(ordinal) != now.ClassOf(ordinal);
    const bool split = then.SplitOf(ordinal) != now.SplitOf(ordinal);
    const bool excluded = then.IsExcluded(ordinal) != now.IsExcluded(ordinal);
    view.labels_changed += label ? 1 : 0;
    view.splits_changed += split ? 1 : 0;
    view.excluded_changed += excluded ? 1 : 0;
    view.samples_changed += label || split || excluded ? 1 : 0;
  }
}

bool IsTest(const store::Snapshot& snapshot, model::Ordinal ordinal) {
  return snapshot.SplitOf(ordinal) == model::Split::kTest && !snapshot.IsExcluded(ordinal) &&
         !snapshot.IsWithdrawn(ordinal);
}

// Both probes on the samples that are test in both states.
void Measure(ImpactView& view, const store::Snapshot& then, const store::Snapshot& now, const store::RunColumns& before,
             const store::RunColumns& after) {
  std::vector<model::Ordinal> ordinals;
  std::vector<model::ClassId> truth_before;
  std::vector<model::ClassId> truth_after;
  std::vector<model::ClassId> predicted_before;
  std::vector<model::ClassId> predicted_after;
  std::set<model::ClassId> occurring;
  for (std::size_t i = 0; i < std::min(then.Size(), now.Size()); ++i) {
    const auto ordinal = static_cast<model::Ordinal>(i);
    if (!IsTest(then, ordinal) || !IsTest(now, ordinal)) continue;
    ordinals.push_back(ordinal);
    truth_before.push_back(then.ClassOf(ordinal));
    truth_after.push_back(now.ClassOf(ordinal));
    predicted_before.push_back(before.Predicted(ordinal));
    predicted_after.push_back(after.Predicted(ordinal));
    occurring.insert(truth_after.back());
  }
  view.result = insight::MeasureImpact({truth_before, truth_after, predicted_before, predicted_after},
                                       now.ontology.Classes().size());
  for (auto* impact : {&view.result->on_old_labels, &view.result->on_new_labels}) {
    for (auto* positions : {&impact->comparison.better, &impact->comparison.worse}) {
      for (std::uint32_t& position : *positions) position = ordinals[position];
    }
  }
  for (const model::Class& value : now.ontology.Classes()) {
    if (occurring.contains(value.id)) view.classes.push_back(value);
  }
}

std::string WhatWasDone(const ImpactView& view) {
  if (view.samples_changed == 0) return "Nothing was changed";
  if (view.labels_changed == view.samples_changed) return "Changing " + Counted(view.labels_changed, "label", "labels");
  return "Changing " + Counted(view.samples_changed, "sample", "samples");
}

std::string Percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", share * 100);
  return text;
}

std::string PText(double p) {
  char text[32];
  std::snprintf(text, sizeof text, p < 0.001 ? "p < 0.001" : p < 0.1 ? "p = %.3f" : "p = %.2f", p);
  return text;
}

}  // namespace

std::string ImpactSentence(const ImpactView& view) {
  const insight::Impact& impact = view.result->on_new_labels;
  if (impact.comparison.compared == 0)
    return "No labeled sample is in test in both states, so the effect cannot be measured. Move some labeled samples "
           "to test.";
  const std::string figures = "accuracy " + Percent(impact.comparison.accuracy_first) + " → " +
                              Percent(impact.comparison.accuracy_second) + " %";
  const std::string p = PText(impact.comparison.mcnemar.exact_p);
  switch (impact.verdict) {
    case insight::Verdict::kLikelyRealGain:
      return WhatWasDone(view) + ": " + figures + ", likely a real gain (" + p + ").";
    case insight::Verdict::kLikelyRealLoss:
      return WhatWasDone(view) + ": " + figures + ", likely a real loss (" + p + ").";
    case insight::Verdict::kTooSmallToTell:
      return WhatWasDone(view) + ": " + figures + ", too small to tell (" + p + ").";
    case insight::Verdict::kNoChange:
      break;
  }
  if (view.samples_changed == 0)
    return "Nothing was changed since " +
           (view.baseline.name == "import" ? std::string("the import") : "version " + view.baseline.name) +
           "; the model is the same.";
  return WhatWasDone(view) + ": " + figures + ", too small to tell: no prediction on test changed.";
}

ImpactView ImpactReport::Get(const Caller& caller, const base::ProjectId& project,
                             const std::optional<std::string>& wanted) {
  const Entry entry = workspace_.Open(caller, project);
  const auto now = entry->Latest();
  ImpactView view;
  view.now = now->as_of;
  view.baselines = BaselinesOf(workspace_.Parts(), *entry.open);
  if (view.baselines.empty()) {
    view.sentence = "Import samples first. From then on, this page shows what each piece of work did to the model.";
    return view;
  }
  auto chosen = view.baselines.begin();
  if (wanted)
    chosen = std::find_if(view.baselines.begin(), view.baselines.end(),
                          [&](const Baseline& baseline) { return baseline.name == *wanted; });
  if (chosen == view.baselines.end())
    throw base::Error(base::ErrorCode::kNotFound, "There is no version called \"" + *wanted + "\".", "baseline");
  view.baseline = *chosen;
  const auto then = entry->View().At(view.baseline.sequence);
  CountDifferences(view, *then, *now);
  const ViewState probe = entry->StateOf("probe");
  view.stale = probe.generation < now->as_of;
  const store::RunColumns* after = now->FindRun(std::string(kProbeRun));
  const store::RunColumns* before = now->FindRun(KeptRunOf(view.baseline.sequence).Text());
  if (after == nullptr || before == nullptr) {
    view.sentence = !probe.sentence.empty() ? probe.sentence : "The probe is being trained; this fills in by itself.";
    return view;
  }
  Measure(view, *then, *now, *before, *after);
  view.ready = true;
  view.sentence = ImpactSentence(view);
  return view;
}

}  // namespace burnish::app
