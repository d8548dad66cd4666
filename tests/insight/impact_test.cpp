#include "insight/impact.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace burnish::insight {
namespace {

using testing::ElementsAre;

TEST(CompareTest, NamesWhatGotBetterAndWorse) {
  const std::vector<ClassId> truth = {0, 0, 1, 1, 1, kNoClass, 0, 1};
  const std::vector<ClassId> first = {0, 1, 0, 1, 0, 1, kNoClass, 1};
  const std::vector<ClassId> second = {1, 0, 1, 1, 0, 0, 0, 1};
  const auto result = Compare(truth, first, second, 3);
  EXPECT_EQ(result.compared, 6U);
  EXPECT_EQ(result.left_out, 1U);
  EXPECT_THAT(result.better, ElementsAre(1, 2));
  EXPECT_THAT(result.worse, ElementsAre(0));
  EXPECT_EQ(result.both_right, 2U);
  EXPECT_EQ(result.both_wrong, 1U);
  EXPECT_DOUBLE_EQ(result.accuracy_first, 3.0 / 6);
  EXPECT_DOUBLE_EQ(result.accuracy_second, 4.0 / 6);
  EXPECT_LE(result.accuracy_delta.low, 1.0 / 6);
  EXPECT_GE(result.accuracy_delta.high, 1.0 / 6);
  EXPECT_DOUBLE_EQ(result.mcnemar.exact_p, 1.0);
  EXPECT_EQ(result.per_class[1].count, 4U);
  EXPECT_DOUBLE_EQ(result.per_class[1].recall_first, 0.5);
  EXPECT_DOUBLE_EQ(result.per_class[1].recall_second, 0.75);
  EXPECT_EQ(result.per_class[2].count, 0U);
  EXPECT_FALSE(result.same_predictions);
}

// `fixed` samples that only the second run has right, `broken` that only the first has, the rest right in both.
Comparison WithOutcomes(std::size_t fixed, std::size_t broken, std::size_t rest) {
  const std::vector<ClassId> truth(fixed + broken + rest, 0);
  auto first = truth;
  auto second = truth;
  for (std::size_t i = 0; i < fixed; ++i) first[i] = 1;
  for (std::size_t i = fixed; i < fixed + broken; ++i) second[i] = 1;
  return Compare(truth, first, second, 2);
}

TEST(ImpactTest, JudgesByTheExactTest) {
  EXPECT_EQ(Judge(WithOutcomes(9, 1, 50)), Verdict::kLikelyRealGain);
  EXPECT_EQ(Judge(WithOutcomes(1, 9, 50)), Verdict::kLikelyRealLoss);
  EXPECT_EQ(Judge(WithOutcomes(5, 0, 50)), Verdict::kTooSmallToTell) << "p = 0.0625";
  EXPECT_EQ(Judge(WithOutcomes(6, 0, 50)), Verdict::kLikelyRealGain) << "p = 0.03125";
  EXPECT_EQ(Judge(WithOutcomes(4, 4, 50)), Verdict::kTooSmallToTell);
  EXPECT_EQ(Judge(WithOutcomes(0, 0, 50)), Verdict::kNoChange);
  EXPECT_EQ(Judge(WithOutcomes(0, 0, 0)), Verdict::kNoChange);
  EXPECT_EQ(VerdictName(Verdict::kLikelyRealGain), "likely_real_gain");
}

TEST(ImpactTest, TheIntervalOfARealGainExcludesZero) {
  const auto comparison = WithOutcomes(30, 5, 465);
  EXPECT_GT(comparison.accuracy_delta.low, 0);
  EXPECT_GT(comparison.accuracy_delta.high, 25.0 / 500);
  EXPECT_LT(comparison.accuracy_delta.low, 25.0 / 500);
  EXPECT_EQ(WithOutcomes(0, 0, 100).accuracy_delta, (math::Interval{0, 0}));
}

TEST(ImpactTest, EditedTestLabelsGiveATwoByTwo) {
  const std::vector<ClassId> truth_before = {0, 0, 1, 1};
  const std::vector<ClassId> truth_after = {0, 1, 1, kNoClass};
  const std::vector<ClassId> predicted_before = {0, 1, 1, 1};
  const std::vector<ClassId> predicted_after = {0, 1, 0, 1};
  const auto result = MeasureImpact({truth_before, truth_after, predicted_before, predicted_after}, 2);
  EXPECT_EQ(result.labels_changed, 2U);
  EXPECT_DOUBLE_EQ(result.on_old_labels.comparison.accuracy_first, 0.75);
  EXPECT_DOUBLE_EQ(result.on_old_labels.comparison.accuracy_second, 0.5);
  EXPECT_EQ(result.on_new_labels.comparison.compared, 3U);
  EXPECT_DOUBLE_EQ(result.on_new_labels.comparison.accuracy_first, 1.0);
  EXPECT_DOUBLE_EQ(result.on_new_labels.comparison.accuracy_second, 2.0 / 3);
  EXPECT_EQ(result.on_new_labels.verdict, Verdict::kTooSmallToTell);
}

TEST(ImpactTest, RefusesOtherLengths) {
  const std::vector<ClassId> two = {0, 1};
  const std::vector<ClassId> one = {0};
  EXPECT_THROW(MeasureImpact({two, two, two, one}, 2), base::Error);
}

}  // namespace
}  // namespace burnish::insight
