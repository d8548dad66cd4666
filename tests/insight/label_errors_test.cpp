#include "insight/label_errors.hpp"

#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "math/random.hpp"

namespace burnish::insight {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Data {
  math::Matrix probabilities;
  std::vector<ClassId> labels;
};

// `per_class` samples of each class with a confident and right model.
Data Clean(std::size_t classes, std::size_t per_class) {
  Data data{math::Matrix(classes * per_class, classes), {}};
  for (std::size_t i = 0; i < classes * per_class; ++i) {
    const auto label = i % classes;
    data.labels.push_back(static_cast<ClassId>(label));
    for (float& value : data.probabilities.Row(i)) value = 0.1F / static_cast<float>(classes - 1);
    data.probabilities.Row(i)[label] = 0.9F;
  }
  return data;
}

TEST(LabelErrorsTest, FindsThePlantedOnesAndNamesThePair) {
  auto data = Clean(3, 20);
  data.labels[0] = 2;   // was 0
  data.labels[30] = 2;  // was 0
  data.labels[4] = 0;   // was 1
  const auto found = FindLabelErrors(data.probabilities, data.labels);
  std::vector<std::uint32_t> positions;
  for (const auto& suspect : found.suspects) positions.push_back(suspect.position);
  EXPECT_THAT(positions, ElementsAre(0, 4, 30));
  EXPECT_EQ(found.suspects[0].given, 2);
  EXPECT_EQ(found.suspects[0].suggested, 0);
  EXPECT_FLOAT_EQ(found.suspects[0].self_confidence, 0.05F);
  EXPECT_FLOAT_EQ(found.suspects[0].normalized_margin, (0.05F - 0.9F + 1) / 2);
  ASSERT_EQ(found.pairs.size(), 2U);
  EXPECT_EQ(found.pairs[0].given, 2);
  EXPECT_EQ(found.pairs[0].suggested, 0);
  EXPECT_EQ(found.pairs[0].count, 2U);
  EXPECT_EQ(found.joint[2 * 3 + 0], 2);
  EXPECT_THAT(found.not_judged, IsEmpty());
}

TEST(LabelErrorsTest, CleanLabelsGiveNone) {
  const auto data = Clean(4, 10);
  EXPECT_THAT(FindLabelErrors(data.probabilities, data.labels).suspects, IsEmpty());
}

TEST(LabelErrorsTest, TheMostSuspectComeFirst) {
  auto data = Clean(2, 30);
  for (const std::size_t i : {2U, 10U, 20U}) data.labels[i] = 1;
  data.probabilities.Row(10)[0] = 0.99F;
  data.probabilities.Row(10)[1] = 0.01F;
  const auto found = FindLabelErrors(data.probabilities, data.labels);
  ASSERT_EQ(found.suspects.size(), 3U);
  EXPECT_EQ(found.suspects[0].position, 10U);
  EXPECT_EQ(found.suspects[1].position, 2U);
}

TEST(LabelErrorsTest, OfManyEqualMarginsTheFirstAreTaken) {
  auto data = Clean(2, 1000);
  std::vector<std::uint32_t> expected;
  std::size_t doubtful = 0;
  for (std::size_t i = 0; i < 1000; ++i) {
    const auto position = 2 * i;  // of class 0
    // 100 surely of the other class, 300 perhaps, 600 as labeled: 100 of 700 confident ones are 143 of 1,000.
    if (i % 10 > 3) continue;
    const bool sure = i % 10 == 0;
    data.probabilities.Row(position)[0] = sure ? 0.05F : 0.4F;
    data.probabilities.Row(position)[1] = sure ? 0.95F : 0.6F;
    if (sure || doubtful++ < 43) expected.push_back(static_cast<std::uint32_t>(position));
  }
  std::vector<std::uint32_t> positions;
  for (const auto& suspect : FindLabelErrors(data.probabilities, data.labels).suspects)
    positions.push_back(suspect.position);
  EXPECT_THAT(positions, testing::UnorderedElementsAreArray(expected));
}

TEST(LabelErrorsTest, ClassesWithTooFewLabelsAreNotJudgedAndNeverSuggested) {
  auto data = Clean(3, 20);
  math::Matrix wider(60, 4);  // class 3 has two samples
  for (std::size_t i = 0; i < 60; ++i) std::ranges::copy(data.probabilities.Row(i), wider.Row(i).begin());
  data.labels[0] = 3;
  data.labels[1] = 3;
  data.labels[5] = 0;  // was 2, and the model says 3 first
  std::ranges::copy(std::vector<float>{0.01F, 0.01F, 0.4F, 0.58F}, wider.Row(5).begin());
  const auto found = FindLabelErrors(wider, data.labels);
  EXPECT_THAT(found.not_judged, ElementsAre(3));
  ASSERT_EQ(found.suspects.size(), 1U);
  EXPECT_EQ(found.suspects[0].position, 5U);
  EXPECT_EQ(found.suspects[0].suggested, 2);
  EXPECT_NEAR(found.suspects[0].self_confidence, 0.01 / 0.42, 1e-6);
}

TEST(LabelErrorsTest, UnlabeledSamplesAreLeftOutAndOneClassCannotBeJudged) {
  auto data = Clean(2, 20);
  std::ranges::fill(data.labels, kNoClass);
  EXPECT_THAT(FindLabelErrors(data.probabilities, data.labels).suspects, IsEmpty());
  for (std::size_t i = 0; i < 10; ++i) data.labels[i] = 0;
  EXPECT_THAT(FindLabelErrors(data.probabilities, data.labels).suspects, IsEmpty());
  EXPECT_THAT(FindLabelErrors(math::MatrixView{}, {}).suspects, IsEmpty());
}

TEST(LabelErrorsTest, RefusesOtherSizes) {
  const auto data = Clean(2, 20);
  EXPECT_THROW(FindLabelErrors(data.probabilities, std::vector<ClassId>(3, 0)), base::Error);
  EXPECT_THROW(FindLabelErrors(data.probabilities, std::vector<ClassId>(40, 2)), base::Error);
}

}  // namespace
}  // namespace burnish::insight
