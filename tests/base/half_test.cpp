#include "base/half.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

namespace burnish::base {
namespace {

TEST(HalfTest, KnownValues) {
  EXPECT_EQ(ToHalf(0.0F), 0x0000);
  EXPECT_EQ(ToHalf(-0.0F), 0x8000);
  EXPECT_EQ(ToHalf(1.0F), 0x3C00);
  EXPECT_EQ(ToHalf(-2.0F), 0xC000);
  EXPECT_EQ(ToHalf(65504.0F), 0x7BFF);
  EXPECT_EQ(ToHalf(65520.0F), 0x7C00);  // the tie goes to infinity
  EXPECT_EQ(ToHalf(0x1p-24F), 0x0001);
  EXPECT_EQ(ToHalf(0x1p-25F), 0x0000);  // the tie goes to even
  EXPECT_EQ(ToHalf(1.0F + 0x1p-11F), 0x3C00);
  EXPECT_EQ(ToHalf(1.0F + 3 * 0x1p-11F), 0x3C02);
  EXPECT_EQ(ToHalf(std::numeric_limits<float>::infinity()), 0x7C00);
  EXPECT_TRUE(std::isnan(ToFloat(ToHalf(std::numeric_limits<float>::quiet_NaN()))));
}

TEST(HalfTest, EveryHalfSurvivesTheWayThere) {
  for (std::uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
    const auto half = static_cast<Half>(bits);
    if (std::isnan(ToFloat(half))) continue;
    ASSERT_EQ(ToHalf(ToFloat(half)), half);
  }
}

TEST(HalfTest, TheWideCodeAgreesWithThePlain) {
  std::vector<float> values;
  for (std::uint32_t i = 0; i < 100'003; ++i) values.push_back(std::bit_cast<float>(i * 42949U));
  std::vector<Half> halves(values.size());
  ToHalf(values, halves);
  std::vector<float> back(values.size());
  ToFloat(halves, back);
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(halves[i], ToHalf(values[i])) << values[i];
    ASSERT_EQ(std::bit_cast<std::uint32_t>(back[i]), std::bit_cast<std::uint32_t>(ToFloat(halves[i])));
  }
}

}  // namespace
}  // namespace burnish::base
