#include "math/hamming_join.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <random>

#include "base/error.hpp"

namespace burnish::math {
namespace {

constexpr std::size_t kNoLimit = 10'000'000;

// Random codes, and copies of some with up to twelve bits flipped.
std::vector<std::uint64_t> CodesWithCopies(std::size_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint64_t> codes;
  for (std::size_t i = 0; i < count; ++i) {
    auto code = i % 2 == 0 ? random() : codes[random() % i];
    for (auto flips = i % 2 == 0 ? 0 : random() % 13; flips > 0; --flips) code ^= 1ULL << (random() % 64);
    codes.push_back(code);
  }
  return codes;
}

std::vector<ClosePair> ByComparingAll(const std::vector<std::uint64_t>& codes, unsigned radius) {
  std::vector<ClosePair> pairs;
  for (std::uint32_t i = 0; i < codes.size(); ++i) {
    for (std::uint32_t j = i + 1; j < codes.size(); ++j) {
      const auto distance = static_cast<std::uint32_t>(std::popcount(codes[i] ^ codes[j]));
      if (distance <= radius) pairs.push_back({i, j, distance});
    }
  }
  return pairs;
}

TEST(HammingJoinTest, EveryPathAndRadiusFindsWhatComparingAllFinds) {
  for (const auto path : SupportedPaths()) {
    for (unsigned radius = 0; radius <= kMaxHammingRadius; ++radius) {
      const auto hashes = CodesWithCopies(600, radius + 1);
      const auto join = JoinWithin(hashes, radius, kNoLimit, {}, path);
      EXPECT_EQ(join.pairs, ByComparingAll(join.codes, radius)) << CpuPathName(path) << ", radius " << radius;
      for (std::size_t i = 0; i < hashes.size(); ++i) EXPECT_EQ(join.codes[join.code_of[i]], hashes[i]);
    }
  }
}

TEST(HammingJoinTest, CodesThatShareMostBitsAreFoundOnEveryPath) {
  std::vector<std::uint64_t> hashes;
  for (std::uint64_t i = 0; i < 1000; ++i) hashes.push_back(i << 13U);
  for (const auto path : SupportedPaths()) {
    const auto join = JoinWithin(hashes, 3, kNoLimit, {}, path);
    EXPECT_EQ(join.pairs, ByComparingAll(join.codes, 3)) << CpuPathName(path);
  }
}

TEST(HammingJoinTest, OneThreadAndSeveralAnswerTheSame) {
  const auto hashes = CodesWithCopies(5000, 7);
  EXPECT_EQ(JoinWithin(hashes, 8, kNoLimit, {1, {}, {}}).pairs, JoinWithin(hashes, 8, kNoLimit, {4, {}, {}}).pairs);
}

TEST(HammingJoinTest, EqualHashesAreOneCodeAndNoPairs) {
  std::vector<std::uint64_t> hashes(200'000, 42);
  hashes.push_back(43);
  const auto join = JoinWithin(hashes, 8, 1);
  EXPECT_EQ(join.codes, (std::vector<std::uint64_t>{42, 43}));
  EXPECT_EQ(join.pairs, (std::vector<ClosePair>{{0, 1, 1}}));
}

TEST(HammingJoinTest, NothingInGivesNothingOut) { EXPECT_TRUE(JoinWithin({}, 8, kNoLimit).pairs.empty()); }

TEST(HammingJoinTest, MorePairsThanAllowedAndTooWideARadiusAreRefused) {
  std::vector<std::uint64_t> hashes;
  for (std::uint64_t i = 0; i < 256; ++i) hashes.push_back(i);
  const auto code_of = [&](unsigned radius, std::size_t limit) {
    try {
      JoinWithin(hashes, radius, limit);
    } catch (const base::Error& error) {
      return error.Code();
    }
    return base::ErrorCode::kInternal;
  };
  EXPECT_EQ(code_of(8, 100), base::ErrorCode::kTooLarge);
  EXPECT_EQ(code_of(kMaxHammingRadius + 1, 100), base::ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace burnish::math
