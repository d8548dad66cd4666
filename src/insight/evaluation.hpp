#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "math/parallel.hpp"
#include "math/statistics.hpp"
#include "model/label.hpp"

namespace burnish::insight {

using model::ClassId;
using model::kNoClass;

// The samples to judge, in any order: entry i is one sample. `confidence` is that of the predicted class, in
// [0, 1], NaN where the model gave none; it may be empty. A sample counts when it has a truth and a prediction.
struct Predictions {
  std::span<const ClassId> truth;
  std::span<const ClassId> predicted;
  std::span<const float> confidence;
};

struct ClassMetrics {
  ClassId id = kNoClass;
  std::uint64_t truth_count = 0;      // n: counted samples with this truth
  std::uint64_t predicted_count = 0;  // counted samples with this prediction
  std::uint64_t correct = 0;
  double precision = 0;  // 0 when nothing was predicted so
  double recall = 0;     // 0 when no sample is so
  double f1 = 0;
  math::Interval precision_interval;  // Wilson; [0, 1] without samples
  math::Interval recall_interval;     // Wilson
  math::Interval f1_interval;  // Wilson's of q = correct / (truth_count + predicted_count - correct): F1 = 2q / (1 + q)
};

// Samples with confidence in [low, high) (the last bin includes 1).
struct CalibrationBin {
  double low = 0;
  double high = 0;
  std::uint64_t count = 0;
  double mean_confidence = 0;
  double accuracy = 0;
  math::Interval accuracy_interval;  // Wilson
};

// If only predictions with at least this confidence were used.
struct ThresholdRow {
  double threshold = 0;
  std::uint64_t count = 0;
  double coverage = 0;  // count of all counted samples with a confidence
  double accuracy = 0;
  math::Interval accuracy_interval;  // Wilson
};

struct Evaluation {
  std::uint64_t counted = 0;
  std::uint64_t without_truth = 0;       // has a prediction only
  std::uint64_t without_prediction = 0;  // has a truth only
  std::uint64_t correct = 0;
  double accuracy = 0;
  math::Interval accuracy_interval;  // Wilson
  // The mean F1 over the classes that occur among truths or predictions counted (as scikit-learn's macro average).
  double macro_f1 = 0;
  math::Interval macro_f1_interval;  // bootstrap over samples, BCa
  std::size_t classes = 0;
  std::vector<std::uint64_t> confusion;     // classes x classes, row: truth, column: prediction
  std::vector<ClassMetrics> per_class;      // one per class, by id, absent ones too
  std::vector<CalibrationBin> calibration;  // equal widths; empty without confidences
  double calibration_error = 0;             // ECE over these bins (Guo et al. 2017)
  std::vector<ThresholdRow> thresholds;     // 0, 0.05 ... 0.95, 0.99; empty without confidences
  std::uint64_t At(ClassId truth, ClassId predicted) const { return confusion[truth * classes + predicted]; }
};

struct EvaluationOptions {
  std::size_t calibration_bins = 10;
  math::BootstrapOptions bootstrap;
};

// Throws kInvalidArgument when lengths differ, or a class id is neither below `classes` nor kNoClass. Confidences
// outside [0, 1] count as none.
Evaluation Evaluate(const Predictions& predictions, std::size_t classes, const EvaluationOptions& options = {},
                    const math::RunControl& control = {});

}  // namespace burnish::insight
