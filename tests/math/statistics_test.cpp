#include "math/statistics.hpp"

#include <array>
#include <cmath>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace burnish::math {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

double Share(std::span<const std::uint32_t> counts) {
  return static_cast<double>(counts[1]) / static_cast<double>(counts[0] + counts[1]);
}

TEST(StatisticsTest, WilsonEqualsPublishedValues) {
  // Newcombe 1998, table I: 81 of 263.
  const auto interval = WilsonInterval(81, 263);
  EXPECT_NEAR(interval.low, 0.2553, 5e-5);
  EXPECT_NEAR(interval.high, 0.3662, 5e-5);
  EXPECT_EQ(WilsonInterval(0, 20).low, 0.0);
  EXPECT_NEAR(WilsonInterval(0, 20).high, 0.1611, 5e-5);
  EXPECT_EQ(WilsonInterval(20, 20).high, 1.0);
  EXPECT_EQ(WilsonInterval(0, 0), (Interval{0, 1}));
}

TEST(StatisticsTest, ClopperPearsonEqualsPublishedValues) {
  const auto interval = ClopperPearsonInterval(81, 263);
  EXPECT_NEAR(interval.low, 0.2527, 5e-5);
  EXPECT_NEAR(interval.high, 0.3676, 5e-5);
  EXPECT_NEAR(ClopperPearsonInterval(0, 20).high, 1 - std::pow(0.025, 1.0 / 20), 1e-12);
  EXPECT_EQ(ClopperPearsonInterval(0, 0), (Interval{0, 1}));
  EXPECT_THROW(ClopperPearsonInterval(3, 2), base::Error);
}

TEST(StatisticsTest, McNemarIsTheTwoSidedBinomial) {
  const auto result = McNemarTest(1, 9);
  EXPECT_NEAR(result.exact_p, 2 * 11.0 / 1024, 1e-12);
  EXPECT_NEAR(result.mid_p, 2 * 11.0 / 1024 - 10.0 / 1024, 1e-12);
  EXPECT_EQ(McNemarTest(0, 0).exact_p, 1.0);
  EXPECT_EQ(McNemarTest(4, 4).exact_p, 1.0);
  EXPECT_NEAR(McNemarTest(4, 4).mid_p, 1 - 70.0 / 512, 1e-12);
  EXPECT_NEAR(McNemarTest(0, 6).exact_p, 2.0 / 64, 1e-12);
  EXPECT_NEAR(McNemarTest(50'000, 50'700).exact_p, std::erfc(699 / std::sqrt(2 * 100'700.0)), 1e-5);
}

TEST(StatisticsTest, HolmStepsDownAndNeverFalls) {
  const std::array p = {0.04, 0.01, 0.03, 0.9};
  EXPECT_THAT(HolmAdjust(p), ElementsAre(DoubleNear(0.09, 1e-12), DoubleNear(0.04, 1e-12), DoubleNear(0.09, 1e-12),
                                         DoubleNear(0.9, 1e-12)));
  EXPECT_TRUE(HolmAdjust({}).empty());
}

TEST(StatisticsTest, BootstrapOfAShareIsNearWilsonAtEverySize) {
  for (const std::uint32_t scale : {1U, 1000U}) {  // drawn one by one, and by kinds
    const std::array<std::uint32_t, 2> counts = {60 * scale, 140 * scale};
    const auto interval = BootstrapInterval(counts, Share, {4000, 0.95, 7});
    const auto wilson = WilsonInterval(140 * scale, 200 * scale);
    const double tolerance = 0.008 / std::sqrt(scale);
    EXPECT_NEAR(interval.low, wilson.low, tolerance);
    EXPECT_NEAR(interval.high, wilson.high, tolerance);
  }
}

TEST(StatisticsTest, BootstrapRepeatsItselfForASeedAtAnyNumberOfThreads) {
  const std::array<std::uint32_t, 2> counts = {30, 70};
  RunControl one;
  one.threads = 1;
  EXPECT_EQ(BootstrapInterval(counts, Share, {500, 0.95, 7}, one), BootstrapInterval(counts, Share, {500, 0.95, 7}));
  const std::array<std::uint32_t, 2> many = {3'000, 7'000};
  EXPECT_NE(BootstrapInterval(many, Share, {500, 0.95, 7}), BootstrapInterval(many, Share, {500, 0.95, 8}));
}

TEST(StatisticsTest, BootstrapOfACertainValueIsThatValue) {
  const std::array<std::uint32_t, 2> counts = {0, 70};
  EXPECT_EQ(BootstrapInterval(counts, Share, {}), (Interval{1, 1}));
}

TEST(StatisticsTest, BootstrapCoversTheTruthAboutAsOftenAsItSays) {
  std::mt19937_64 engine(3);
  std::binomial_distribution<std::uint32_t> draw(120, 0.85);
  int covered = 0;
  for (int trial = 0; trial < 300; ++trial) {
    const std::uint32_t hits = draw(engine);
    const std::array<std::uint32_t, 2> counts = {120 - hits, hits};
    const auto interval = BootstrapInterval(counts, Share, {600, 0.95, static_cast<std::uint64_t>(trial)});
    covered += interval.low <= 0.85 && 0.85 <= interval.high ? 1 : 0;
  }
  EXPECT_GE(covered, 274);
}

}  // namespace
}  // namespace burnish::math
