#include "insight/evaluation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "math/random.hpp"

namespace burnish::insight {
namespace {

using testing::ElementsAre;

TEST(EvaluationTest, CountsOnALiteral) {
  const std::vector<ClassId> truth = {0, 0, 0, 1, 1, kNoClass, 2};
  const std::vector<ClassId> predicted = {0, 0, 1, 1, 0, 1, kNoClass};
  const auto result = Evaluate({truth, predicted, {}}, 4);
  EXPECT_EQ(result.counted, 5U);
  EXPECT_EQ(result.without_truth, 1U);
  EXPECT_EQ(result.without_prediction, 1U);
  EXPECT_EQ(result.correct, 3U);
  EXPECT_DOUBLE_EQ(result.accuracy, 0.6);
  EXPECT_EQ(result.accuracy_interval, math::WilsonInterval(3, 5));
  EXPECT_EQ(result.At(0, 0), 2U);
  EXPECT_EQ(result.At(0, 1), 1U);
  EXPECT_EQ(result.At(1, 0), 1U);
  EXPECT_EQ(result.At(1, 1), 1U);
  EXPECT_DOUBLE_EQ(result.per_class[0].precision, 2.0 / 3);
  EXPECT_DOUBLE_EQ(result.per_class[0].recall, 2.0 / 3);
  EXPECT_DOUBLE_EQ(result.per_class[1].f1, 0.5);
  // Classes 2 and 3 do not occur among the counted.
  EXPECT_DOUBLE_EQ(result.macro_f1, (2.0 / 3 + 0.5) / 2);
  EXPECT_EQ(result.per_class[3].truth_count, 0U);
  EXPECT_EQ(result.per_class[3].recall_interval, (math::Interval{0, 1}));
  EXPECT_LE(result.macro_f1_interval.low, result.macro_f1);
  EXPECT_GE(result.macro_f1_interval.high, result.macro_f1);
  EXPECT_TRUE(result.calibration.empty());
  EXPECT_TRUE(result.thresholds.empty());
}

TEST(EvaluationTest, TheIntervalOfF1HoldsItsValue) {
  const std::vector<ClassId> truth = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1};
  const std::vector<ClassId> predicted = {0, 0, 0, 0, 0, 1, 1, 1, 1, 0};
  for (const auto& metrics : Evaluate({truth, predicted, {}}, 2).per_class) {
    EXPECT_LT(metrics.f1_interval.low, metrics.f1);
    EXPECT_GT(metrics.f1_interval.high, metrics.f1);
  }
}

TEST(EvaluationTest, CalibrationAndThresholds) {
  const std::vector<ClassId> truth = {0, 0, 0, 0, 0};
  const std::vector<ClassId> predicted = {0, 1, 0, 0, 0};
  const std::vector<float> confidence = {1.0F, 0.55F, 0.58F, 0.05F, std::numeric_limits<float>::quiet_NaN()};
  const auto result = Evaluate({truth, predicted, confidence}, 2);
  ASSERT_EQ(result.calibration.size(), 10U);
  EXPECT_EQ(result.calibration[5].count, 2U);
  EXPECT_NEAR(result.calibration[5].mean_confidence, 0.565, 1e-6);
  EXPECT_DOUBLE_EQ(result.calibration[5].accuracy, 0.5);
  EXPECT_EQ(result.calibration[9].count, 1U) << "1 belongs to the last bin";
  EXPECT_NEAR(result.calibration_error, (0.065 * 2 + 0.95 + 0) / 4, 1e-6);
  ASSERT_EQ(result.thresholds.size(), 21U);
  EXPECT_DOUBLE_EQ(result.thresholds[0].coverage, 1.0);
  EXPECT_DOUBLE_EQ(result.thresholds[0].accuracy, 0.75);
  EXPECT_DOUBLE_EQ(result.thresholds[12].threshold, 0.6);
  EXPECT_EQ(result.thresholds[12].count, 1U);
  EXPECT_DOUBLE_EQ(result.thresholds[12].accuracy, 1.0);
}

TEST(EvaluationTest, EachThresholdKeepsWhatReachesIt) {
  std::vector<ClassId> truth;
  std::vector<ClassId> predicted;
  std::vector<float> confidence;
  for (int i = 0; i <= 400; ++i) {  // each threshold itself, and just beside it
    for (const float off : {-1e-6F, 0.0F, 1e-6F}) {
      truth.push_back(0);
      predicted.push_back(static_cast<ClassId>(i % 3 == 0 ? 1 : 0));
      confidence.push_back(std::clamp(static_cast<float>(i) / 400 + off, 0.0F, 1.0F));
    }
  }
  const auto result = Evaluate({truth, predicted, confidence}, 2);
  ASSERT_EQ(result.thresholds.size(), 21U);
  for (const ThresholdRow& row : result.thresholds) {
    std::uint64_t count = 0;
    std::uint64_t correct = 0;
    for (std::size_t i = 0; i < confidence.size(); ++i) {
      if (static_cast<double>(confidence[i]) < row.threshold) continue;
      ++count;
      correct += predicted[i] == 0 ? 1 : 0;
    }
    EXPECT_EQ(row.count, count) << row.threshold;
    EXPECT_DOUBLE_EQ(row.accuracy, static_cast<double>(correct) / static_cast<double>(count)) << row.threshold;
  }
}

TEST(EvaluationTest, NothingToCountIsNoError) {
  const auto result = Evaluate({}, 3);
  EXPECT_EQ(result.counted, 0U);
  EXPECT_EQ(result.accuracy_interval, (math::Interval{0, 1}));
  EXPECT_EQ(result.per_class.size(), 3U);
}

TEST(EvaluationTest, RefusesUnknownClassesAndOtherLengths) {
  const std::vector<ClassId> two = {0, 1};
  const std::vector<ClassId> one = {0};
  const std::vector<ClassId> unknown = {0, 5};
  EXPECT_THROW(Evaluate({two, one, {}}, 2), base::Error);
  EXPECT_THROW(Evaluate({two, unknown, {}}, 2), base::Error);
}

}  // namespace
}  // namespace burnish::insight
