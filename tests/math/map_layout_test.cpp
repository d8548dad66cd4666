#include "math/map_layout.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "math/pca.hpp"
#include "math/random.hpp"

namespace burnish::math {
namespace {

constexpr std::size_t kClouds = 4;

// Row i belongs to cloud i % kClouds; clouds are far apart.
Matrix FarClouds(std::size_t count, std::size_t width) {
  Matrix rows(count, width);
  Stream stream(5);
  for (std::size_t i = 0; i < count; ++i) {
    Stream centre(6, i % kClouds);
    for (float& value : rows.Row(i)) value = static_cast<float>(10 * centre.Unit() + stream.Unit());
  }
  return rows;
}

std::vector<Point> MapOf(const Matrix& rows, unsigned threads = 0) {
  RunControl control;
  control.threads = threads;
  MapOptions options;
  options.seed = 1;
  options.epochs = 100;
  return LayOutMap(NearestNeighbours(rows, 10, Metric::kEuclidean), FindPrincipalComponents(rows, 2, 1).scores, options,
                   control);
}

double Gap(Point a, Point b) { return std::hypot(a.x - b.x, a.y - b.y); }

TEST(MapLayoutTest, CloudsStayTogether) {
  const auto rows = FarClouds(400, 20);
  const auto map = MapOf(rows);
  double within = 0;
  double between = 1e9;
  for (std::size_t i = 0; i < map.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (i % kClouds == j % kClouds) {
        within += Gap(map[i], map[j]) / (400.0 * 99 / 2);
      } else {
        between = std::min(between, Gap(map[i], map[j]));
      }
    }
  }
  EXPECT_GT(between, within);
  EXPECT_GT(Trustworthiness(rows, map, 10), 0.9);
}

TEST(MapLayoutTest, TwoNearEqualSamplesApartFromTheRestStayOnTheMap) {
  constexpr std::size_t kCloud = 600;
  constexpr std::size_t kPairs = 30;
  constexpr std::size_t kWidth = 32;
  Matrix rows(kCloud + 2 * kPairs, kWidth);
  Stream stream(8);
  for (std::size_t i = 0; i < kCloud; ++i) {
    for (float& value : rows.Row(i)) value = static_cast<float>(stream.Unit());
  }
  for (std::size_t i = kCloud; i < rows.rows; i += 2) {
    for (std::size_t j = 0; j < kWidth; ++j) {
      rows.Row(i)[j] = static_cast<float>(3 * stream.Unit() - 1);
      rows.Row(i + 1)[j] = rows.Row(i)[j] + static_cast<float>(0.01 * stream.Unit());
    }
  }
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    MapOptions options;
    options.seed = seed;
    const auto map =
        LayOutMap(NearestNeighbours(rows, 14, Metric::kEuclidean), FindPrincipalComponents(rows, 2, 1).scores, options);
    std::vector<double> reach;
    for (const Point& point : map) reach.push_back(Gap(point, {}));
    std::ranges::sort(reach);
    EXPECT_LT(reach.back(), 2 * reach[reach.size() / 2]);
  }
}

TEST(MapLayoutTest, SameBitsForASeedAtAnyNumberOfThreads) {
  const auto rows = FarClouds(3000, 8);
  EXPECT_EQ(MapOf(rows, 1), MapOf(rows, 0));
}

TEST(MapLayoutTest, FewPointsAndEqualPointsHavePlaces) {
  for (const std::size_t count : {0U, 1U, 2U, 3U, 5U}) {
    const auto map = MapOf(FarClouds(count, 4));
    EXPECT_EQ(map.size(), count);
    for (const auto& point : map) EXPECT_TRUE(std::isfinite(point.x) && std::isfinite(point.y));
  }
  const auto map = MapOf(Matrix(40, 4));
  for (const auto& point : map) EXPECT_TRUE(std::isfinite(point.x) && std::isfinite(point.y));
}

TEST(MapLayoutTest, ShowsThePictureAsItGrows) {
  const auto rows = FarClouds(100, 8);
  MapOptions options;
  options.epochs = 50;
  std::vector<int> seen;
  options.on_frame = [&](int epoch, int epochs, std::span<const Point> places) {
    EXPECT_EQ(epochs, 50);
    EXPECT_EQ(places.size(), 100U);
    seen.push_back(epoch);
  };
  LayOutMap(NearestNeighbours(rows, 5, Metric::kEuclidean), FindPrincipalComponents(rows, 2, 1).scores, options);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
  EXPECT_EQ(seen.back(), 50);
}

TEST(MapLayoutTest, NewPointsLandAmongTheirNeighbours) {
  const auto rows = FarClouds(400, 20);
  const auto map = MapOf(rows);
  Matrix fresh(kClouds, 20);
  for (std::size_t cloud = 0; cloud < kClouds; ++cloud) {
    for (std::size_t j = 0; j < 20; ++j)
      fresh.Row(cloud)[j] = 0.5F * (rows.Row(cloud)[j] + rows.Row(cloud + kClouds)[j]);
  }
  const auto places = PlaceNew(map, FindNearest(rows, fresh, 10, Metric::kEuclidean), {});
  for (std::size_t cloud = 0; cloud < kClouds; ++cloud) {
    const auto nearest =
        std::ranges::min_element(map, {}, [&](const Point& point) { return Gap(point, places[cloud]); });
    EXPECT_EQ(static_cast<std::size_t>(nearest - map.begin()) % kClouds, cloud);
  }
  const Neighbours none{1, 1, {kNoNeighbour}, {1.0F}};
  EXPECT_EQ(PlaceNew(map, none, {}), std::vector<Point>{Point{}});
}

TEST(MapLayoutTest, TheCurveIsUmapLearns) {
  const auto usual = FitMapCurve(0.1, 1.0);
  EXPECT_NEAR(usual.a, 1.5769, 1e-3);
  EXPECT_NEAR(usual.b, 0.8951, 1e-3);
}

TEST(MapLayoutTest, RefusesAGraphThatPointsNowhere) {
  const Neighbours graph{2, 1, {1, 7}, {0.1F, 0.1F}};
  EXPECT_THROW(LayOutMap(graph, Matrix(2, 2), {}), base::Error);
  EXPECT_THROW(LayOutMap(Neighbours{2, 1, {1, 0}, {0.1F, 0.1F}}, Matrix(3, 2), {}), base::Error);
}

TEST(PcaTest, FindsTheLongAxis) {
  Matrix rows(50, 3);
  Stream stream(8);
  for (std::size_t i = 0; i < 50; ++i) {
    const double along = static_cast<double>(i) - 24.5;
    for (std::size_t j = 0; j < 3; ++j) {
      const double axis = j == 0 ? 0.6 : (j == 1 ? -0.8 : 0.0);
      rows.Row(i)[j] = static_cast<float>(7 + along * axis + 0.01 * stream.Unit());
    }
  }
  const auto found = FindPrincipalComponents(rows, 2, 1);
  EXPECT_NEAR(found.components.Row(0)[0], -0.6, 1e-3);
  EXPECT_NEAR(found.components.Row(0)[1], 0.8, 1e-3);
  EXPECT_NEAR(found.variances[0], (50.0 * 50 - 1) / 12, 0.1);
  EXPECT_NEAR(found.scores.Row(0)[0], 24.5, 0.05);
  EXPECT_EQ(FindPrincipalComponents(Matrix(0, 3), 2, 1).scores.rows, 0U);
}

}  // namespace
}  // namespace burnish::math
