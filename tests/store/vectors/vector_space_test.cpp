#include "store/vectors/vector_space.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "base/error.hpp"
#include "store/columns/test_project.hpp"

namespace burnish::store {
namespace {

using base::Half;
using model::Ordinal;

// Samples a, b, c, ... with the vectors given; an empty vector: none yet.
struct Space {
  explicit Space(const std::vector<std::vector<float>>& vectors) {
    std::vector<SampleRow> rows;
    for (std::size_t i = 0; i < vectors.size(); ++i) rows.push_back(Row("sample-" + std::to_string(i)));
    project.Import({}, rows);
    const auto width = static_cast<std::uint32_t>(vectors[0].size());
    auto pack = std::make_shared<FixedPack>(project.Folder() / "space.fixed", width * 2);
    for (Ordinal i = 0; i < vectors.size(); ++i) {
      if (vectors[i].empty()) continue;
      std::vector<Half> halves(width);
      base::ToHalf(vectors[i], halves);
      pack->Put(project.Now()->ContentOf(i), std::as_bytes(std::span(halves)));
    }
    space.emplace("default", pack, width, *project.Now());
  }
  TestProject project;
  std::optional<VectorSpace> space;
};

std::vector<Ordinal> OrdinalsOf(const std::vector<SimilarHit>& hits) {
  std::vector<Ordinal> ordinals;
  for (const SimilarHit& hit : hits) ordinals.push_back(hit.ordinal);
  return ordinals;
}

TEST(VectorSpaceTest, FindsTheNearestByAngleAmongTheCandidatesOnly) {
  const Space s({{1, 0}, {10, 1}, {0, 2}, {-1, 0}, {}, {1, 1}});
  Bitset all(6, true);
  EXPECT_EQ(s.space->Present(), 5U);
  EXPECT_EQ(OrdinalsOf(s.space->Similar(std::vector<Ordinal>{0}, 3, all)), (std::vector<Ordinal>{0, 1, 5}));
  EXPECT_NEAR(s.space->Similar(std::vector<Ordinal>{0}, 6, all).back().score, -1, 1e-6);
  all.Reset(0);
  all.Reset(1);
  EXPECT_EQ(OrdinalsOf(s.space->Similar(std::vector<Ordinal>{0}, 2, all)), (std::vector<Ordinal>{5, 2}));
  EXPECT_THROW(s.space->Similar(std::vector<Ordinal>{4}, 2, all), base::Error);
}

TEST(VectorSpaceTest, SimilarToSeveralIsTheDirectionBetweenThem) {
  const Space s({{1, 0}, {0, 100}, {1, 1}, {1, 0.1F}, {0, 0}});
  EXPECT_EQ(s.space->Similar(std::vector<Ordinal>{0, 1}, 1, Bitset(5, true))[0].ordinal, 2U);  // length does not weigh
}

TEST(VectorSpaceTest, LargeScansOnTwoThreadsGiveTheSameAsASortOfAllScores) {
  std::mt19937 engine(1);
  std::normal_distribution<float> normal;
  std::vector<std::vector<float>> vectors(25'000, std::vector<float>(9));
  for (auto& vector : vectors) {
    for (float& value : vector) value = normal(engine);
  }
  const Space s(vectors);
  const std::vector<SimilarHit> some = s.space->Similar(std::vector<Ordinal>{7}, 50, Bitset(vectors.size(), true));
  const std::vector<SimilarHit> all = s.space->Similar(std::vector<Ordinal>{7}, 25'000, Bitset(vectors.size(), true));
  ASSERT_EQ(all.size(), vectors.size());
  EXPECT_EQ(some[0].ordinal, 7U);
  EXPECT_EQ(OrdinalsOf(some), OrdinalsOf({all.begin(), all.begin() + 50}));
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(),
                             [](const SimilarHit& a, const SimilarHit& b) { return a.score > b.score; }));
}

}  // namespace
}  // namespace burnish::store
