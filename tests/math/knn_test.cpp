#include "math/knn.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "math/bounded_search.hpp"
#include "math/random.hpp"

namespace burnish::math {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::FloatNear;

Matrix RandomMatrix(std::size_t rows, std::size_t width, std::uint64_t seed) {
  Matrix matrix(rows, width);
  Stream stream(seed);
  for (float& value : matrix.values) value = static_cast<float>(stream.Unit() * 2 - 1);
  return matrix;
}

Matrix Rows(std::vector<std::vector<float>> rows) {
  Matrix matrix(rows.size(), rows.front().size());
  for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(rows[i], matrix.Row(i).begin());
  return matrix;
}

double Distance(std::span<const float> a, std::span<const float> b, Metric metric) {
  double dot = 0;
  double squares_a = 0;
  double squares_b = 0;
  double difference = 0;
  for (std::size_t j = 0; j < a.size(); ++j) {
    dot += static_cast<double>(a[j]) * b[j];
    squares_a += static_cast<double>(a[j]) * a[j];
    squares_b += static_cast<double>(b[j]) * b[j];
    difference += (static_cast<double>(a[j]) - b[j]) * (static_cast<double>(a[j]) - b[j]);
  }
  return metric == Metric::kEuclidean ? std::sqrt(difference) : 1 - dot / std::sqrt(squares_a * squares_b);
}

std::vector<std::uint32_t> SlowNearest(const Matrix& rows, std::size_t query, std::size_t k, Metric metric) {
  std::vector<std::pair<double, std::uint32_t>> all;
  for (std::size_t row = 0; row < rows.rows; ++row) {
    if (row != query) all.emplace_back(Distance(rows.Row(row), rows.Row(query), metric), row);
  }
  std::ranges::sort(all);
  std::vector<std::uint32_t> nearest;
  for (std::size_t i = 0; i < k; ++i) nearest.push_back(all[i].second);
  return nearest;
}

TEST(KnnTest, EqualsThePlainSearchOnOddSizes) {
  for (const auto metric : {Metric::kCosine, Metric::kEuclidean}) {
    const auto rows = RandomMatrix(613, 37, 1);
    const auto graph = NearestNeighbours(rows, 9, metric);
    for (std::size_t row = 0; row < rows.rows; ++row) {
      ASSERT_THAT(graph.IndicesOf(row), ElementsAreArray(SlowNearest(rows, row, 9, metric))) << row;
      ASSERT_NEAR(graph.DistancesOf(row)[0], Distance(rows.Row(row), rows.Row(graph.IndicesOf(row)[0]), metric), 1e-6);
    }
  }
}

// Clouds in a few hidden directions, and a little of all others: what the search through a projection is for.
Matrix Clouds(std::size_t rows, std::size_t width, float noise) {
  constexpr std::size_t kHidden = 6;
  const auto directions = RandomMatrix(kHidden, width, 11);
  const auto centres = RandomMatrix(9, kHidden, 12);
  const auto offsets = RandomMatrix(rows, kHidden, 13);
  Matrix matrix = RandomMatrix(rows, width, 14);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < width; ++j) {
      float sum = noise * matrix.Row(i)[j];
      for (std::size_t h = 0; h < kHidden; ++h) {
        sum += (3 * centres.Row(i % 9)[h] + offsets.Row(i)[h]) * directions.Row(h)[j];
      }
      matrix.Row(i)[j] = sum;
    }
  }
  return matrix;
}

void ExpectAsThePlainSearch(const Matrix& rows, std::size_t k, Metric metric) {
  const auto graph = NearestNeighbours(rows, k, metric);
  for (std::size_t row = 0; row < rows.rows; row += 37) {
    const auto slow = SlowNearest(rows, row, k, metric);
    for (std::size_t i = 0; i < k; ++i) {
      // Where two are as far but for rounding, either may come first.
      const double far = Distance(rows.Row(row), rows.Row(slow[i]), metric);
      ASSERT_NEAR(Distance(rows.Row(row), rows.Row(graph.IndicesOf(row)[i]), metric), far, 1e-6 * (1 + far)) << row;
      ASSERT_NEAR(graph.DistancesOf(row)[i], far, 1e-5 * (1 + far)) << row;
    }
  }
}

TEST(KnnTest, ManyRowsOfFewDirectionsHaveTheNeighboursOfThePlainSearch) {
  for (const auto metric : {Metric::kCosine, Metric::kEuclidean}) {
    ExpectAsThePlainSearch(Clouds(5003, 96, 0.02F), 9, metric);
    ExpectAsThePlainSearch(Clouds(4500, 96, 0.8F), 9, metric);  // bounds too wide to help much
  }
}

TEST(KnnTest, ManyNearCopiesAreAllComparedAndOrderedByLowerIndex) {
  auto rows = Clouds(6000, 64, 0.02F);
  for (std::size_t i = 0; i < 6000; i += 2) std::ranges::copy(rows.Row(0), rows.Row(i).begin());
  std::ranges::fill(rows.Row(1), 0.0F);
  for (const auto metric : {Metric::kCosine, Metric::kEuclidean}) {
    const auto graph = NearestNeighbours(rows, 3, metric);
    EXPECT_THAT(graph.IndicesOf(0), ElementsAre(2, 4, 6));
    EXPECT_THAT(graph.IndicesOf(4000), ElementsAre(0, 2, 4));
    EXPECT_THAT(graph.DistancesOf(4000), ElementsAre(FloatNear(0, 1e-6F), FloatNear(0, 1e-6F), FloatNear(0, 1e-6F)));
  }
  ExpectAsThePlainSearch(rows, 3, Metric::kEuclidean);
  EXPECT_THAT(NearestNeighbours(rows, 3, Metric::kCosine).IndicesOf(1), ElementsAre(0, 2, 3));
}

TEST(KnnTest, ManyRowsFarFromTheOriginKeepTheirNeighbours) {
  auto rows = Clouds(4200, 64, 0.05F);
  for (float& value : rows.values) value += 50.0F;
  ExpectAsThePlainSearch(rows, 5, Metric::kEuclidean);
}

TEST(KnnTest, EuclideanSurvivesALargeCommonOffset) {
  auto rows = RandomMatrix(200, 8, 2);
  for (float& value : rows.values) value += 1000.0F;
  const auto graph = NearestNeighbours(rows, 5, Metric::kEuclidean);
  for (std::size_t row = 0; row < rows.rows; ++row) {
    ASSERT_THAT(graph.IndicesOf(row), ElementsAreArray(SlowNearest(rows, row, 5, Metric::kEuclidean)));
  }
}

TEST(KnnTest, SameBitsAtAnyNumberOfThreads) {
  RunControl one;
  one.threads = 1;
  RunControl many;
  many.threads = 5;
  for (const auto& rows : {RandomMatrix(1000, 20, 3), Clouds(5000, 64, 0.02F)}) {
    const auto alone = NearestNeighbours(rows, 7, Metric::kCosine, one);
    const auto together = NearestNeighbours(rows, 7, Metric::kCosine, many);
    EXPECT_EQ(alone.indices, together.indices);
    EXPECT_EQ(alone.distances, together.distances);
  }
}

TEST(KnnTest, ARowForWhichBoundsLeaveTooManyIsLeftToThePlainSearch) {
  const Matrix rows = NormaliseRows(RandomMatrix(5'000, 16, 21));
  Projection projection{Matrix(rows.rows, 17)};  // of 16 axes that say nothing, and a rest that holds all
  for (std::size_t row = 0; row < rows.rows; ++row) projection.rows.Row(row)[16] = 1;
  Neighbours graph{rows.rows, 3, std::vector<std::uint32_t>(rows.rows * 3, kNoNeighbour),
                   std::vector<float>(rows.rows * 3, std::numeric_limits<float>::infinity())};
  EXPECT_EQ(SearchByBounds(rows, projection, {}, Metric::kCosine, graph, {}).size(), rows.rows);
}

TEST(KnnTest, EqualRowsAreNeighboursByLowerIndexAndTheRowItselfIsNot) {
  const Matrix rows = Rows({{1, 0}, {0, 1}, {1, 0}, {1, 0}});
  const auto graph = NearestNeighbours(rows, 3, Metric::kCosine);
  EXPECT_THAT(graph.IndicesOf(0), ElementsAre(2, 3, 1));
  EXPECT_THAT(graph.DistancesOf(0), ElementsAre(0.0F, 0.0F, 1.0F));
  EXPECT_THAT(graph.IndicesOf(3), ElementsAre(0, 2, 1));
}

TEST(KnnTest, TooFewRowsLeaveMarkedPlaces) {
  const Matrix rows = Rows({{1, 0}, {0, 1}});
  const auto graph = NearestNeighbours(rows, 3, Metric::kEuclidean);
  EXPECT_THAT(graph.IndicesOf(0), ElementsAre(1, kNoNeighbour, kNoNeighbour));
  EXPECT_THAT(graph.DistancesOf(0),
              ElementsAre(FloatNear(std::sqrt(2.0F), 1e-6F), std::numeric_limits<float>::infinity(),
                          std::numeric_limits<float>::infinity()));
  EXPECT_EQ(NearestNeighbours(MatrixView{}, 3, Metric::kCosine).rows, 0U);
}

TEST(KnnTest, ARowOfZerosIsFarFromAll) {
  const Matrix rows = Rows({{0, 0}, {1, 0}, {-1, 0}});
  const auto graph = NearestNeighbours(rows, 2, Metric::kCosine);
  EXPECT_THAT(graph.IndicesOf(0), ElementsAre(1, 2));
  EXPECT_THAT(graph.DistancesOf(0), ElementsAre(1.0F, 1.0F));
  EXPECT_THAT(graph.IndicesOf(1), ElementsAre(0, 2));
}

TEST(KnnTest, SearchesOnlyAllowedRows) {
  const Matrix base = Rows({{0, 0}, {1, 0}, {2, 0}, {3, 0}});
  const Matrix query = Rows({{0.1F, 0}});
  const std::array<std::uint64_t, 1> allowed = {0b1100};
  EXPECT_THAT(FindNearest(base, query, 3, Metric::kEuclidean, allowed).indices, ElementsAre(2, 3, kNoNeighbour));
  EXPECT_THAT(FindNearest(base, query, 2, Metric::kEuclidean).indices, ElementsAre(0, 1));
}

TEST(KnnTest, StoredHalvesGiveTheSameNeighbours) {
  const auto rows = RandomMatrix(9000, 24, 4);
  std::vector<base::Half> halves(rows.values.size());
  base::ToHalf(rows.values, halves);
  const HalfMatrixView stored{halves, rows.rows, rows.width};
  const Matrix wide = Widen(stored);
  const Matrix queries = RandomMatrix(3, 24, 5);
  std::vector<std::uint64_t> allowed((rows.rows + 63) / 64, 0x5555'5555'5555'5555ULL);
  const auto slow = FindNearest(wide, queries, 12, Metric::kCosine, allowed);
  const auto fast = FindNearest(stored, queries, 12, allowed);
  EXPECT_EQ(slow.indices, fast.indices);
  EXPECT_EQ(slow.distances, fast.distances);
}

TEST(KnnTest, RefusesWhatIsNotANumberAndOtherWidths) {
  Matrix rows = Rows({{0, 1}, {1, 0}});
  EXPECT_THROW(FindNearest(rows, Rows({{1, 2, 3}}), 1, Metric::kCosine), base::Error);
  rows.values[3] = std::numeric_limits<float>::quiet_NaN();
  try {
    NearestNeighbours(rows, 1, Metric::kCosine);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.Code(), base::ErrorCode::kInvalidArgument);
    EXPECT_STREQ(error.what(), "Row 1 has a value that is not a finite number.");
  }
}

TEST(KnnTest, StopsWhenAskedAndTellsHowFarItIs) {
  std::stop_source source;
  RunControl control;
  control.stop = source.get_token();
  std::vector<double> seen;
  control.progress = [&](double fraction) { seen.push_back(fraction); };
  const auto rows = RandomMatrix(2000, 16, 6);
  NearestNeighbours(rows, 3, Metric::kCosine, control);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
  EXPECT_EQ(seen.back(), 1.0);
  source.request_stop();
  try {
    NearestNeighbours(rows, 3, Metric::kCosine, control);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.Code(), base::ErrorCode::kCancelled);
  }
}

TEST(MatrixTest, StandardisedColumnsHaveMeanZeroAndDeviationOneAndConstantOnesVanish) {
  const Matrix rows = Rows({{1, 5, 0.1F}, {3, 5, 0.1F}, {5, 5, 0.1F}});
  const Matrix standard = Standardise(rows, FitStandardisation(rows));
  EXPECT_THAT(standard.Row(0), ElementsAre(FloatNear(-1.2247449F, 1e-6F), 0, 0));
  EXPECT_THAT(standard.Row(1), ElementsAre(0, 0, 0));
}

}  // namespace
}  // namespace burnish::math
