#include "insight/neighbour_evidence.hpp"

#include <array>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace burnish::insight {
namespace {

using math::kNoNeighbour;

TEST(NeighbourEvidenceTest, CountsLabeledNeighboursThatDisagree) {
  const std::vector<ClassId> labels = {2, kNoClass, 1, 1, 2, 2};
  const std::vector<std::uint32_t> neighbours = {2, 1, 0, 4, 3, kNoNeighbour};
  const auto vote = VoteOfNeighbours(neighbours, labels, 2);
  EXPECT_EQ(vote.counted, 4U);
  EXPECT_EQ(vote.disagree, 2U);
  EXPECT_FLOAT_EQ(vote.disagreement, 0.5F);
  EXPECT_EQ(vote.most_common, 1) << "a tie goes to the class of the nearer neighbour";
  const auto none = VoteOfNeighbours({}, labels, 2);
  EXPECT_EQ(none.most_common, kNoClass);
  EXPECT_EQ(none.disagreement, 0.0F);
}

TEST(NeighbourEvidenceTest, VotesForEveryRow) {
  const math::Neighbours graph{2, 1, {1, 0}, {0.1F, 0.1F}};
  const std::vector<ClassId> labels = {0, 1};
  const auto votes = VotesOfNeighbours(graph, labels, labels);
  ASSERT_EQ(votes.size(), 2U);
  EXPECT_EQ(votes[0].most_common, 1);
  EXPECT_EQ(votes[1].disagree, 1U);
}

TEST(NeighbourEvidenceTest, NearestLabeledLeavesOutItselfTheUnlabeledAndNonCandidates) {
  const std::vector<float> values = {1, 0, 1, 0.1F, 1, 0.2F, 1, 0.3F, 1, 0.4F};
  std::vector<base::Half> halves(values.size());
  base::ToHalf(values, halves);
  const math::HalfMatrixView space{halves, 5, 2};
  const std::vector<ClassId> labels = {0, kNoClass, 1, 1, 0};
  const std::array<std::uint64_t, 1> train = {0b01111};
  const std::vector<float> query = {1, 0};
  const auto nearest = NearestLabeled(space, query, 0, train, labels, 5);
  ASSERT_EQ(nearest.size(), 2U);
  EXPECT_EQ(nearest[0].row, 2U);
  EXPECT_EQ(nearest[0].label, 1);
  EXPECT_EQ(nearest[1].row, 3U);
  EXPECT_LT(nearest[0].distance, nearest[1].distance);
  EXPECT_TRUE(NearestLabeled(space, query, 0, train, std::vector<ClassId>(5, kNoClass), 5).empty());
}

}  // namespace
}  // namespace burnish::insight
