#include "insight/near_duplicates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/error.hpp"

namespace burnish::insight {
namespace {

// Pictures by hash and by the angle of a two-dimensional embedding.
struct Pictures {
  std::vector<std::uint64_t> hashes;
  std::vector<float> values;

  void Add(std::uint64_t hash, double angle) {
    hashes.push_back(hash);
    values.push_back(static_cast<float>(std::cos(angle)));
    values.push_back(static_cast<float>(std::sin(angle)));
  }
  math::Matrix Rows() const {
    math::Matrix rows(hashes.size(), 2);
    rows.values = values;
    return rows;
  }
};

constexpr std::uint32_t kPhotograph = 480;

std::vector<NearPair> Find(const Pictures& pictures, std::size_t known = 0, std::uint32_t side = kPhotograph) {
  const std::vector<float> least(pictures.hashes.size(), LeastNearScore(side));
  return FindNearDuplicates(pictures.hashes, least, pictures.Rows(), known);
}

std::string Describe(const std::vector<NearPair>& pairs) {
  std::string text;
  for (const NearPair& pair : pairs) text += std::to_string(pair.first) + "-" + std::to_string(pair.second) + " ";
  return text;
}

constexpr std::uint64_t kFar = 0xFFFFFFFF;  // half of the bits

TEST(NearDuplicatesTest, HashAndEmbeddingTogetherDecide) {
  Pictures pictures;
  pictures.Add(0, 0);
  pictures.Add(0b111, 0.3);      // close in both
  pictures.Add(0b1, 1.5);        // the hash alone is close
  pictures.Add(kFar, 0.01);      // the embedding alone is close
  pictures.Add(0x3FFFF, 0.001);  // 18 bits off, which an all but equal embedding makes good
  const auto pairs = Find(pictures);
  EXPECT_EQ(Describe(pairs), "0-1 0-4 1-4 3-4 ");
  EXPECT_NEAR(pairs[0].score, std::cos(0.3) - 3.0 / 64, 1e-6);
}

TEST(NearDuplicatesTest, PicturesOfFewPixelsMustBeCloser) {
  Pictures pictures;
  pictures.Add(0, 0);
  pictures.Add(0xFF, 0.3);
  pictures.Add(kFar, 1.5);
  pictures.Add(kFar, 1.5);
  EXPECT_EQ(Describe(Find(pictures)), "0-1 2-3 ");
  EXPECT_EQ(Describe(Find(pictures, 0, 28)), "2-3 ");
  const std::vector<float> one_is_small = {LeastNearScore(kPhotograph), LeastNearScore(28), LeastNearScore(28),
                                           LeastNearScore(kPhotograph)};
  EXPECT_EQ(Describe(FindNearDuplicates(pictures.hashes, one_is_small, pictures.Rows())), "2-3 ");
}

TEST(NearDuplicatesTest, EqualPicturesScoreOne) {
  Pictures pictures;
  pictures.Add(42, 1);
  pictures.Add(42, 1);
  const auto pairs = Find(pictures);
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_NEAR(pairs[0].score, 1, 1e-6);
}

TEST(NearDuplicatesTest, WhatWasComparedBeforeIsLeftOut) {
  std::mt19937_64 random(3);
  Pictures pictures;
  for (int i = 0; i < 60; ++i) pictures.Add(random() & 0xF0F0F0F0F0F0F0F0U, static_cast<double>(random() % 628) / 100);
  const auto all = Find(pictures);
  ASSERT_FALSE(all.empty());
  const auto later = Find(pictures, 40);
  EXPECT_FALSE(later.empty());
  for (const NearPair& pair : later) EXPECT_GE(pair.second, 40U);
  EXPECT_TRUE(Find(pictures, 60).empty());
}

TEST(NearDuplicatesTest, ManyEqualHashesAreLinkedWithoutEveryPair) {
  Pictures pictures;
  for (int i = 0; i < 2'000; ++i) pictures.Add(7, 0);
  const auto pairs = Find(pictures);
  EXPECT_LT(pairs.size(), 2'000U * 50);
  std::vector<std::uint32_t> group(2'000, 0);
  for (std::uint32_t i = 0; i < group.size(); ++i) group[i] = i;
  for (const NearPair& pair : pairs) group[pair.second] = std::min(group[pair.second], group[pair.first]);
  EXPECT_THAT(group, testing::Each(0U));
}

TEST(NearDuplicatesTest, SizesMustFit) {
  Pictures pictures;
  pictures.Add(1, 0);
  EXPECT_TRUE(FindNearDuplicates({}, {}, {}).empty());
  EXPECT_TRUE(Find(pictures).empty());
  EXPECT_THROW(FindNearDuplicates({}, {}, pictures.Rows()), base::Error);
  EXPECT_THROW(FindNearDuplicates(pictures.hashes, {}, pictures.Rows()), base::Error);
  EXPECT_THROW(Find(pictures, 2), base::Error);
}

}  // namespace
}  // namespace burnish::insight
