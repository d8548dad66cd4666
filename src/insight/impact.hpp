#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "insight/compare.hpp"

namespace burnish::insight {

enum class Verdict { kLikelyRealGain, kLikelyRealLoss, kTooSmallToTell, kNoChange };
// "likely_real_gain", ...
std::string_view VerdictName(Verdict verdict);

// The level that every "likely real" stands on.
inline constexpr double kLikelyRealLevel = 0.05;

// No change: every compared prediction is the same (a stronger case of "too small to tell"; nothing compared, too).
// Likely real: exact McNemar p < 0.05, gain or loss by the sign of the difference in accuracy.
Verdict Judge(const Comparison& comparison);

// Before and after, judged by one set of labels: a column of the two-by-two.
struct Impact {
  Comparison comparison;  // first: before, second: after
  Verdict verdict = Verdict::kNoChange;
};

// One probe before and one after an edit, and the test labels before and after it. Entry i is one sample that
// is test in both states (the caller leaves out the others, and says how many).
struct TwoByTwo {
  std::uint64_t labels_changed = 0;  // samples whose truth differs, a truth gained or lost included
  Impact on_old_labels;              // old and new probe, judged by the old labels
  Impact on_new_labels;              // the same, judged by the new labels: the one to report
  // Differences between the columns mix a better model with a new yardstick: they have no p.
};

struct ImpactInput {
  std::span<const ClassId> truth_before;
  std::span<const ClassId> truth_after;
  std::span<const ClassId> predicted_before;
  std::span<const ClassId> predicted_after;
};

// Throws kInvalidArgument when lengths differ or a class id is out of range.
TwoByTwo MeasureImpact(const ImpactInput& input, std::size_t classes, const math::BootstrapOptions& options = {},
                       const math::RunControl& control = {});

}  // namespace burnish::insight
