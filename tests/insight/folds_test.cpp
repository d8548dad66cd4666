#include "insight/folds.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace burnish::insight {
namespace {

using model::Split;
using testing::Each;
using testing::ElementsAre;

base::ContentHash Content(std::uint8_t number) {
  base::ContentHash hash;
  hash.bytes[3] = number;
  return hash;
}

struct Samples {
  std::vector<base::ContentHash> content;
  std::vector<ClassId> labels;
};

Samples Distinct(std::size_t count, std::size_t classes) {
  Samples samples;
  for (std::size_t i = 0; i < count; ++i) {
    samples.content.push_back(Content(static_cast<std::uint8_t>(i)));
    samples.labels.push_back(static_cast<ClassId>(i % classes));
  }
  return samples;
}

TEST(FoldsTest, EveryClassIsSpreadEvenly) {
  const auto samples = Distinct(103, 3);
  const auto folds = AssignFolds(samples.content, samples.labels, {});
  for (ClassId id = 0; id < 3; ++id) {
    std::array<int, 5> counts{};
    for (std::size_t i = 0; i < folds.size(); ++i) counts[folds[i]] += samples.labels[i] == id ? 1 : 0;
    const auto [least, most] = std::ranges::minmax(counts);
    EXPECT_LE(most - least, 1);
  }
}

TEST(FoldsTest, DependOnContentAndSeedNotOnOrder) {
  auto samples = Distinct(50, 2);
  const auto folds = AssignFolds(samples.content, samples.labels, {5, 1});
  std::ranges::reverse(samples.content);
  std::ranges::reverse(samples.labels);
  auto reversed = AssignFolds(samples.content, samples.labels, {5, 1});
  std::ranges::reverse(reversed);
  EXPECT_EQ(folds, reversed);
  std::ranges::reverse(samples.content);
  std::ranges::reverse(samples.labels);
  EXPECT_NE(folds, AssignFolds(samples.content, samples.labels, {5, 2}));
}

TEST(FoldsTest, EqualBytesShareAFoldEvenUnderTwoLabelsAndTheUnlabeledHaveNone) {
  auto samples = Distinct(40, 2);
  samples.content[7] = samples.content[12];
  samples.content[31] = samples.content[12];
  samples.labels[9] = kNoClass;
  const auto folds = AssignFolds(samples.content, samples.labels, {});
  EXPECT_EQ(folds[7], folds[12]);
  EXPECT_EQ(folds[31], folds[12]);
  EXPECT_EQ(folds[9], kNoFold);
}

TEST(FoldsTest, AnEditMovesNobodyWhoHadAFold) {
  auto samples = Distinct(60, 3);
  samples.labels[5] = kNoClass;
  const auto before = AssignFolds(samples.content, samples.labels, {});
  samples.labels[0] = 2;
  samples.labels[5] = 1;
  const auto after = AssignFolds(samples.content, samples.labels, {}, before);
  for (std::size_t i = 0; i < 60; ++i) {
    if (i != 5) {
      EXPECT_EQ(after[i], before[i]) << i;
    }
  }
  EXPECT_LT(after[5], 5);
}

TEST(FoldsTest, ASmallClassFillsSomeFoldsOnly) {
  auto samples = Distinct(30, 1);
  samples.labels[0] = samples.labels[1] = samples.labels[2] = 4;
  const auto folds = AssignFolds(samples.content, samples.labels, {});
  EXPECT_NE(folds[0], folds[1]);
  EXPECT_NE(folds[0], folds[2]);
  EXPECT_NE(folds[1], folds[2]);
  EXPECT_THROW(AssignFolds(samples.content, samples.labels, {1, 0}), base::Error);
}

TEST(SplitTest, KeepsSharesOfEachClassAndEqualBytesTogether) {
  auto samples = Distinct(200, 2);
  samples.content[10] = samples.content[20];
  samples.labels[199] = 7;  // the only one of its class
  const auto splits = SuggestSplit(samples.content, samples.labels, {0.7, 0.1, 0.2}, 3);
  EXPECT_EQ(splits[10], splits[20]);
  EXPECT_EQ(splits[199], Split::kTrain);
  for (ClassId id = 0; id < 2; ++id) {
    int test = 0;
    int validation = 0;
    for (std::size_t i = 0; i < 200; ++i) {
      test += samples.labels[i] == id && splits[i] == Split::kTest ? 1 : 0;
      validation += samples.labels[i] == id && splits[i] == Split::kValidation ? 1 : 0;
    }
    EXPECT_NEAR(test, 20, 1);
    EXPECT_NEAR(validation, 10, 1);
  }
  EXPECT_THAT(SuggestSplit(samples.content, samples.labels, {1, 0, 0}, 3), Each(Split::kTrain));
  EXPECT_THROW(SuggestSplit(samples.content, samples.labels, {0.7, 0.1, 0.1}, 3), base::Error);
}

}  // namespace
}  // namespace burnish::insight
