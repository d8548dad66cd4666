#include "app/near_duplicates.hpp"

#include <gtest/gtest.h>

#include "app/test_project.hpp"

namespace burnish::app {
namespace {

using Near = store::NearDuplicateColumns::Near;

NearPairs PairsOf(const store::Snapshot& snapshot, std::vector<insight::NearPair> pairs) {
  NearPairs near;
  for (model::Ordinal i = 0; i < snapshot.Size(); ++i) near.Add(snapshot.ContentOf(i));
  near.pairs = std::move(pairs);
  return near;
}

std::vector<Near> NearOf(const store::NearDuplicateColumns& columns, model::Ordinal ordinal) {
  const auto near = columns.Of(ordinal);
  return {near.begin(), near.end()};
}

TEST(NearDuplicatesTest, EachSampleKnowsItsOwnClosestFirst) {
  TestProject project({{"a", "Shirt"}, {"b", "Shirt"}, {"c", "Coat"}, {"d", "Coat"}});
  const auto snapshot = project.Now();
  const auto columns = NearDuplicatesOf(*snapshot, PairsOf(*snapshot, {{0, 1, 0.7F}, {0, 3, 0.9F}}));
  EXPECT_EQ(NearOf(columns, 0), (std::vector<Near>{{3, 0.9F}, {1, 0.7F}}));
  EXPECT_EQ(NearOf(columns, 3), (std::vector<Near>{{0, 0.9F}}));
  EXPECT_TRUE(NearOf(columns, 2).empty());
  EXPECT_TRUE(NearOf(columns, 400).empty());
  EXPECT_EQ(columns.members.Ordinals(), (std::vector<model::Ordinal>{0, 1, 3}));
}

TEST(NearDuplicatesTest, AWithdrawnSampleIsNoDuplicateUntilItIsBack) {
  TestProject project({{"a", "Shirt"}, {"b", "Shirt"}, {"c", "Coat"}});
  const auto pairs = PairsOf(*project.Now(), {{0, 1, 0.7F}});
  store::Snapshot without = *project.Now();
  without.withdrawn = std::make_shared<const store::Bitset>(store::Bitset::Of(3, std::vector<model::Ordinal>{1}));
  EXPECT_FALSE(NearDuplicatesOf(without, pairs).members.Any());
  EXPECT_EQ(NearDuplicatesOf(*project.Now(), pairs).members.Count(), 2U);
}

TEST(NearDuplicatesTest, ACrowdIsShownByItsClosest) {
  std::vector<PlainSample> samples;
  std::vector<insight::NearPair> found;
  for (std::uint32_t i = 0; i < 60; ++i) {
    samples.push_back({"img-" + std::to_string(i), "Shirt"});
    if (i > 0) found.push_back({0, i, 0.6F + 0.001F * static_cast<float>(i)});
  }
  TestProject project(samples);
  const auto columns = NearDuplicatesOf(*project.Now(), PairsOf(*project.Now(), found));
  ASSERT_EQ(columns.Of(0).size(), 24U);
  EXPECT_EQ(columns.Of(0).front().ordinal, 59U);
  EXPECT_EQ(columns.members.Count(), 60U);
}

TEST(NearDuplicatesTest, WhatIsNotWholeIsNotRead) {
  TestProject project({{"a", "Shirt"}, {"b", "Shirt"}});
  const auto pairs = PairsOf(*project.Now(), {{0, 1, 0.75F}});
  const auto bytes = EncodeNearPairs(pairs);
  const auto back = DecodeNearPairs(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->contents, pairs.contents);
  EXPECT_EQ(back->pairs, pairs.pairs);
  EXPECT_EQ(back->position_of, pairs.position_of);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto broken = bytes;
    broken[i] ^= std::byte{1};
    EXPECT_FALSE(DecodeNearPairs(broken)) << i;
    EXPECT_FALSE(DecodeNearPairs(std::span(bytes).first(i))) << i;
  }
}

}  // namespace
}  // namespace burnish::app
