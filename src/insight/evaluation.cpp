#include "insight/evaluation.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "insight/class_counts.hpp"

namespace burnish::insight {
namespace {

// A cell of the confusion matrix with samples in it.
struct Cell {
  ClassId truth;
  ClassId predicted;
};

math::Interval MacroF1Interval(const Evaluation& evaluation, const math::BootstrapOptions& options,
                               const math::RunControl& control) {
  std::vector<Cell> cells;
  std::vector<std::uint32_t> counts;
  for (std::size_t i = 0; i < evaluation.confusion.size(); ++i) {
    if (evaluation.confusion[i] == 0) continue;
    cells.push_back({static_cast<ClassId>(i / evaluation.classes), static_cast<ClassId>(i % evaluation.classes)});
    counts.push_back(static_cast<std::uint32_t>(evaluation.confusion[i]));
  }
  const auto macro_f1 = [&](std::span<const std::uint32_t> drawn) {
    ClassCounts sums(evaluation.classes);
    for (std::size_t i = 0; i < cells.size(); ++i) sums.Add(cells[i].truth, cells[i].predicted, drawn[i]);
    return sums.MacroF1();
  };
  return math::BootstrapInterval(counts, macro_f1, options, control);
}

ClassMetrics MetricsOf(const ClassCounts& counts, ClassId id) {
  ClassMetrics metrics;
  metrics.id = id;
  metrics.truth_count = counts.Truth(id);
  metrics.predicted_count = counts.Predicted(id);
  metrics.correct = counts.Correct(id);
  metrics.precision = counts.Precision(id);
  metrics.recall = counts.Recall(id);
  metrics.f1 = counts.F1(id);
  metrics.precision_interval = math::WilsonInterval(metrics.correct, metrics.predicted_count);
  metrics.recall_interval = math::WilsonInterval(metrics.correct, metrics.truth_count);
  const auto concerned = metrics.truth_count + metrics.predicted_count - metrics.correct;
  const auto overlap = math::WilsonInterval(metrics.correct, concerned);
  metrics.f1_interval = {2 * overlap.low / (1 + overlap.low), 2 * overlap.high / (1 + overlap.high)};
  return metrics;
}

struct Confident {
  double confidence;
  bool correct;
};

void Calibrate(std::span<const Confident> samples, std::size_t bins, Evaluation& evaluation) {
  if (samples.empty() || bins == 0) return;
  std::vector<double> sums(bins, 0.0);
  std::vector<std::uint64_t> correct(bins, 0);
  std::vector<std::uint64_t> counts(bins, 0);
  for (const auto& sample : samples) {
    const auto bin = std::min(bins - 1, static_cast<std::size_t>(sample.confidence * static_cast<double>(bins)));
    sums[bin] += sample.confidence;
    correct[bin] += sample.correct ? 1 : 0;
    ++counts[bin];
  }
  for (std::size_t i = 0; i < bins; ++i) {
    CalibrationBin bin;
    bin.low = static_cast<double>(i) / static_cast<double>(bins);
    bin.high = static_cast<double>(i + 1) / static_cast<double>(bins);
    bin.count = counts[i];
    bin.accuracy_interval = math::WilsonInterval(correct[i], counts[i]);
    if (counts[i] > 0) {
      const auto count = static_cast<double>(counts[i]);
      bin.mean_confidence = sums[i] / count;
      bin.accuracy = static_cast<double>(correct[i]) / count;
      evaluation.calibration_error +=
          count / static_cast<double>(samples.size()) * std::abs(bin.accuracy - bin.mean_confidence);
    }
    evaluation.calibration.push_back(bin);
  }
}

constexpr std::size_t kThresholdSteps = 20;

std::vector<ThresholdRow> Thresholds(std::span<const Confident> samples) {
  if (samples.empty()) return {};
  std::vector<ThresholdRow> rows(kThresholdSteps + 1);
  for (std::size_t step = 0; step < kThresholdSteps; ++step)
    rows[step].threshold = static_cast<double>(step) / kThresholdSteps;
  rows.back().threshold = 0.99;
  // First each sample where the highest threshold is that it reaches, then all that reach higher ones too.
  std::vector<std::uint64_t> correct(rows.size(), 0);
  for (const auto& sample : samples) {
    auto highest = std::min(kThresholdSteps - 1, static_cast<std::size_t>(sample.confidence * kThresholdSteps));
    while (rows[highest].threshold > sample.confidence) --highest;
    while (highest + 1 < rows.size() && rows[highest + 1].threshold <= sample.confidence) ++highest;
    ++rows[highest].count;
    correct[highest] += sample.correct ? 1 : 0;
  }
  for (std::size_t i = rows.size() - 1; i-- > 0;) {
    rows[i].count += rows[i + 1].count;
    correct[i] += correct[i + 1];
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].coverage = static_cast<double>(rows[i].count) / static_cast<double>(samples.size());
    rows[i].accuracy_interval = math::WilsonInterval(correct[i], rows[i].count);
    if (rows[i].count > 0) rows[i].accuracy = static_cast<double>(correct[i]) / static_cast<double>(rows[i].count);
  }
  return rows;
}

}  // namespace

Evaluation Evaluate(const Predictions& predictions, std::size_t classes, const EvaluationOptions& options,
                    const math::RunControl& control) {
  CheckClassIds({predictions.truth, predictions.predicted}, classes);
  if (!predictions.confidence.empty() && predictions.confidence.size() != predictions.truth.size()) {
    throw base::Error(base::ErrorCode::kInvalidArgument, "There is not one confidence for each prediction.");
  }
  Evaluation result;
  result.classes = classes;
  result.confusion.assign(classes * classes, 0);
  ClassCounts counts(classes);
  std::vector<Confident> confident;
  for (std::size_t i = 0; i < predictions.truth.size(); ++i) {
    const auto truth = predictions.truth[i];
    const auto predicted = predictions.predicted[i];
    if (truth == kNoClass || predicted == kNoClass) {
      result.without_truth += predicted != kNoClass ? 1 : 0;
      result.without_prediction += truth != kNoClass ? 1 : 0;
      continue;
    }
    ++result.counted;
    result.correct += truth == predicted ? 1 : 0;
    ++result.confusion[truth * classes + predicted];
    counts.Add(truth, predicted, 1);
    const double confidence = predictions.confidence.empty() ? -1 : predictions.confidence[i];
    if (confidence >= 0 && confidence <= 1) confident.push_back({confidence, truth == predicted});
  }
  result.accuracy = counts.Accuracy();
  result.accuracy_interval = math::WilsonInterval(result.correct, result.counted);
  result.macro_f1 = counts.MacroF1();
  result.macro_f1_interval =
      result.counted == 0 ? math::Interval{0, 1} : MacroF1Interval(result, options.bootstrap, control);
  for (std::size_t id = 0; id < classes; ++id) result.per_class.push_back(MetricsOf(counts, static_cast<ClassId>(id)));
  Calibrate(confident, options.calibration_bins, result);
  result.thresholds = Thresholds(confident);
  return result;
}

}  // namespace burnish::insight
