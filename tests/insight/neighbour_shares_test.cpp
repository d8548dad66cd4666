#include "insight/neighbour_shares.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace burnish::insight {
namespace {

using math::kNoNeighbour;

TEST(NeighbourSharesTest, NearerNeighboursSayMore) {
  const math::Neighbours graph{1, 3, {2, 0, 1}, {0.1F, 0.1F, 0.15F}};
  const auto shares = SharesOfNeighbours(graph, std::vector<std::uint16_t>{1, 0, 1}, 3);
  const double far = std::exp(-1.0);
  EXPECT_NEAR(shares.Row(0)[0], far / (2 + far), 1e-5);
  EXPECT_NEAR(shares.Row(0)[1], 2 / (2 + far), 1e-5);
  EXPECT_EQ(shares.Row(0)[2], 0.0F);
}

TEST(NeighbourSharesTest, SkippedNeighboursNeitherVoteNorSetTheScale) {
  const math::Neighbours graph{2, 2, {kNoNeighbour, 0, kNoNeighbour, kNoNeighbour}, {0, 30, 0, 0}};
  const auto shares = SharesOfNeighbours(graph, std::vector<std::uint16_t>{1, 0}, 2);
  EXPECT_EQ(shares.Row(0)[1], 1.0F);
  EXPECT_EQ(shares.Row(1)[0] + shares.Row(1)[1], 0.0F);
}

TEST(NeighbourSharesTest, BlendsHalfAndHalfAndLeavesRowsWithoutNeighboursAlone) {
  math::Matrix probabilities(2, 2);
  math::Matrix shares(2, 2);
  probabilities.Row(0)[0] = 0.8F;
  probabilities.Row(0)[1] = 0.2F;
  probabilities.Row(1)[0] = 1;
  probabilities.Row(1)[1] = 0;
  shares.Row(0)[0] = 0;
  shares.Row(0)[1] = 1;
  shares.Row(1)[0] = shares.Row(1)[1] = 0;
  BlendShares(probabilities, shares);
  EXPECT_FLOAT_EQ(probabilities.Row(0)[0], 0.4F);
  EXPECT_FLOAT_EQ(probabilities.Row(0)[1], 0.6F);
  EXPECT_EQ(probabilities.Row(1)[0], 1.0F);
}

TEST(NeighbourSharesTest, RefusesWhatDoesNotFit) {
  const math::Neighbours graph{1, 1, {5}, {0.1F}};
  EXPECT_THROW(SharesOfNeighbours(graph, std::vector<std::uint16_t>{0}, 2), base::Error);
  EXPECT_THROW(SharesOfNeighbours(graph, std::vector<std::uint16_t>{2}, 2), base::Error);
  math::Matrix narrow(1, 1);
  EXPECT_THROW(BlendShares(narrow, math::Matrix(1, 2)), base::Error);
}

}  // namespace
}  // namespace burnish::insight
