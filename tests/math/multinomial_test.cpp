#include "math/multinomial.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace burnish::math {
namespace {

using Counts = std::vector<std::uint32_t>;

struct Moments {
  std::vector<double> mean;
  std::vector<double> covariance;  // kinds x kinds
};

Moments MomentsOf(const Counts& counts, int draws) {
  const Multinomial multinomial(counts);
  const std::size_t kinds = counts.size();
  const auto total = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  Moments moments{std::vector<double>(kinds), std::vector<double>(kinds * kinds)};
  Counts drawn(kinds);
  for (int i = 0; i < draws; ++i) {
    Stream stream(5, static_cast<std::uint64_t>(i));
    multinomial.Draw(stream, drawn);
    EXPECT_EQ(std::accumulate(drawn.begin(), drawn.end(), std::uint64_t{0}), total);
    for (std::size_t a = 0; a < kinds; ++a) {
      moments.mean[a] += drawn[a] / static_cast<double>(draws);
      for (std::size_t b = 0; b < kinds; ++b) {
        moments.covariance[a * kinds + b] +=
            (static_cast<double>(drawn[a]) - counts[a]) * (static_cast<double>(drawn[b]) - counts[b]) / draws;
      }
    }
  }
  return moments;
}

TEST(MultinomialTest, MeansVariancesAndCovariancesAreThoseOfResampling) {
  constexpr int kDraws = 10'000;
  // Few (drawn one by one), some, many, and sizes far apart (drawn by kinds).
  for (const Counts& counts :
       {Counts{3, 0, 1, 6}, Counts{200, 17, 0, 1, 782}, Counts{15, 16, 90'000, 4'096, 17'000}, Counts{1, 400'000}}) {
    const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
    const auto moments = MomentsOf(counts, kDraws);
    for (std::size_t a = 0; a < counts.size(); ++a) {
      const double variance = counts[a] * (1 - counts[a] / total);
      EXPECT_NEAR(moments.mean[a], counts[a], 4.5 * std::sqrt(variance / kDraws)) << total << ", kind " << a;
      for (std::size_t b = 0; b < counts.size(); ++b) {
        const double other = counts[b] * (1 - counts[b] / total);
        const double expected = a == b ? variance : -(counts[a] * (counts[b] / total));
        // The fourth moment of a rare kind's count is larger than a normal one's.
        const double error = std::sqrt((variance * other + expected * expected + variance) / kDraws);
        EXPECT_NEAR(moments.covariance[a * counts.size() + b], expected, 4.5 * error)
            << total << ", " << a << ", " << b;
      }
    }
  }
}

// The share of draws with each count of one kind, beside the binomial's probabilities.
TEST(MultinomialTest, ACountIsBinomiallyDistributed) {
  constexpr int kDraws = 40'000;
  const Counts counts = {20, 380};
  const Multinomial multinomial(counts);
  std::vector<int> found(401, 0);
  Counts drawn(2);
  Stream stream(9);
  for (int i = 0; i < kDraws; ++i) {
    multinomial.Draw(stream, drawn);
    ++found[drawn[0]];
  }
  double chi_squared = 0;
  int bins = 0;
  for (int k = 8; k <= 34; ++k, ++bins) {
    const double log_probability =
        std::lgamma(401) - std::lgamma(k + 1) - std::lgamma(401 - k) + k * std::log(0.05) + (400 - k) * std::log(0.95);
    const double expected = kDraws * std::exp(log_probability);
    chi_squared +=
        (found[static_cast<std::size_t>(k)] - expected) * (found[static_cast<std::size_t>(k)] - expected) / expected;
  }
  EXPECT_LT(chi_squared, bins + 4 * std::sqrt(2.0 * bins));
}

TEST(MultinomialTest, ASeedDrawsTheSameOnEveryMachine) {
  Counts drawn(4);
  Stream one_by_one(1);
  Multinomial(Counts{3, 0, 2, 5}).Draw(one_by_one, drawn);
  EXPECT_THAT(drawn, testing::ElementsAre(1, 0, 2, 7));
  Stream by_kinds(1);
  Multinomial(Counts{300, 0, 21'000, 5}).Draw(by_kinds, drawn);
  EXPECT_THAT(drawn, testing::ElementsAre(293, 0, 21'005, 7));
}

TEST(MultinomialTest, NothingIsDrawnFromNothing) {
  Counts drawn(2, 7);
  Stream stream(1);
  Multinomial(Counts{0, 0}).Draw(stream, drawn);
  EXPECT_THAT(drawn, testing::ElementsAre(0, 0));
}

}  // namespace
}  // namespace burnish::math
