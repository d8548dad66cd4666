#include "insight/impact.hpp"

#include "insight/class_counts.hpp"

namespace burnish::insight {

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kLikelyRealGain:
      return "likely_real_gain";
    case Verdict::kLikelyRealLoss:
      return "likely_real_loss";
    case Verdict::kTooSmallToTell:
      return "too_small_to_tell";
    case Verdict::kNoChange:
      break;
  }
  return "no_change";
}

Verdict Judge(const Comparison& comparison) {
  if (comparison.same_predictions) return Verdict::kNoChange;
  if (comparison.mcnemar.exact_p >= kLikelyRealLevel) return Verdict::kTooSmallToTell;
  return comparison.mcnemar.second_only > comparison.mcnemar.first_only ? Verdict::kLikelyRealGain
                                                                        : Verdict::kLikelyRealLoss;
}

TwoByTwo MeasureImpact(const ImpactInput& input, std::size_t classes, const math::BootstrapOptions& options,
                       const math::RunControl& control) {
  CheckClassIds({input.truth_before, input.truth_after, input.predicted_before, input.predicted_after}, classes);
  const auto judge = [&](std::span<const ClassId> truth) {
    Impact impact;
    impact.comparison = Compare(truth, input.predicted_before, input.predicted_after, classes, options, control);
    impact.verdict = Judge(impact.comparison);
    return impact;
  };
  TwoByTwo result;
  for (std::size_t i = 0; i < input.truth_before.size(); ++i) {
    result.labels_changed += input.truth_before[i] != input.truth_after[i] ? 1 : 0;
  }
  result.on_new_labels = judge(input.truth_after);
  result.on_old_labels = result.labels_changed == 0 ? result.on_new_labels : judge(input.truth_before);
  return result;
}

}  // namespace burnish::insight
