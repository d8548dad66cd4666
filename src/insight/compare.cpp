#include "insight/compare.hpp"

#include <algorithm>

#include "insight/class_counts.hpp"

namespace burnish::insight {
namespace {

// Samples with the same truth and the same two predictions count as one kind.
struct Kind {
  ClassId truth;
  ClassId first;
  ClassId second;
};

struct Kinds {
  std::vector<Kind> kinds;
  std::vector<std::uint32_t> counts;
};

Kinds GroupByOutcome(std::span<const ClassId> truth, std::span<const ClassId> first, std::span<const ClassId> second) {
  std::vector<std::uint64_t> keys;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] == kNoClass || first[i] == kNoClass || second[i] == kNoClass) continue;
    keys.push_back(std::uint64_t{truth[i]} << 32U | std::uint64_t{first[i]} << 16U | second[i]);
  }
  std::ranges::sort(keys);
  Kinds result;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i == 0 || keys[i] != keys[i - 1]) {
      result.kinds.push_back(
          {static_cast<ClassId>(keys[i] >> 32U), static_cast<ClassId>(keys[i] >> 16U), static_cast<ClassId>(keys[i])});
      result.counts.push_back(0);
    }
    ++result.counts.back();
  }
  return result;
}

struct BothCounts {
  ClassCounts first;
  ClassCounts second;
};

BothCounts CountBoth(const std::vector<Kind>& kinds, std::span<const std::uint32_t> counts, std::size_t classes) {
  BothCounts both{ClassCounts(classes), ClassCounts(classes)};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    both.first.Add(kinds[i].truth, kinds[i].first, counts[i]);
    both.second.Add(kinds[i].truth, kinds[i].second, counts[i]);
  }
  return both;
}

void AddPerClass(const Kinds& grouped, const BothCounts& both, std::size_t classes, Comparison& result) {
  std::vector<std::uint64_t> worse(classes, 0);
  std::vector<std::uint64_t> better(classes, 0);
  for (std::size_t i = 0; i < grouped.kinds.size(); ++i) {
    const auto& kind = grouped.kinds[i];
    const bool first_right = kind.first == kind.truth;
    const bool second_right = kind.second == kind.truth;
    if (first_right && !second_right) worse[kind.truth] += grouped.counts[i];
    if (!first_right && second_right) better[kind.truth] += grouped.counts[i];
  }
  std::vector<double> p_values;
  std::vector<std::size_t> judged;
  for (std::size_t id = 0; id < classes; ++id) {
    ClassDelta delta;
    delta.id = static_cast<ClassId>(id);
    delta.count = both.first.Truth(id);
    delta.recall_first = both.first.Recall(id);
    delta.recall_second = both.second.Recall(id);
    delta.precision_first = both.first.Precision(id);
    delta.precision_second = both.second.Precision(id);
    delta.f1_first = both.first.F1(id);
    delta.f1_second = both.second.F1(id);
    delta.mcnemar = math::McNemarTest(worse[id], better[id]);
    if (delta.count > 0) {
      judged.push_back(id);
      p_values.push_back(delta.mcnemar.exact_p);
    }
    result.per_class.push_back(delta);
  }
  const auto adjusted = math::HolmAdjust(p_values);
  for (std::size_t i = 0; i < judged.size(); ++i) result.per_class[judged[i]].holm_p = adjusted[i];
}

}  // namespace

Comparison Compare(std::span<const ClassId> truth, std::span<const ClassId> first, std::span<const ClassId> second,
                   std::size_t classes, const math::BootstrapOptions& options, const math::RunControl& control) {
  CheckClassIds({truth, first, second}, classes);
  Comparison result;
  result.same_predictions = true;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] == kNoClass) continue;
    if (first[i] == kNoClass || second[i] == kNoClass) {
      result.left_out += first[i] != second[i] ? 1 : 0;
      continue;
    }
    ++result.compared;
    result.same_predictions = result.same_predictions && first[i] == second[i];
    const bool first_right = first[i] == truth[i];
    const bool second_right = second[i] == truth[i];
    result.both_right += first_right && second_right ? 1 : 0;
    result.both_wrong += !first_right && !second_right ? 1 : 0;
    if (!first_right && second_right) result.better.push_back(static_cast<std::uint32_t>(i));
    if (first_right && !second_right) result.worse.push_back(static_cast<std::uint32_t>(i));
  }
  result.mcnemar = math::McNemarTest(result.worse.size(), result.better.size());

  const auto grouped = GroupByOutcome(truth, first, second);
  const auto both = CountBoth(grouped.kinds, grouped.counts, classes);
  result.accuracy_first = both.first.Accuracy();
  result.accuracy_second = both.second.Accuracy();
  result.macro_f1_first = both.first.MacroF1();
  result.macro_f1_second = both.second.MacroF1();
  AddPerClass(grouped, both, classes, result);
  if (result.compared == 0) return result;

  const auto accuracy_delta = [&](std::span<const std::uint32_t> drawn) {
    const auto counts = CountBoth(grouped.kinds, drawn, classes);
    return counts.second.Accuracy() - counts.first.Accuracy();
  };
  const auto macro_f1_delta = [&](std::span<const std::uint32_t> drawn) {
    const auto counts = CountBoth(grouped.kinds, drawn, classes);
    return counts.second.MacroF1() - counts.first.MacroF1();
  };
  result.accuracy_delta = math::BootstrapInterval(grouped.counts, accuracy_delta, options, control);
  result.macro_f1_delta = math::BootstrapInterval(grouped.counts, macro_f1_delta, options, control);
  return result;
}

}  // namespace burnish::insight
