#include "math/exact_ranking.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace burnish::math {
namespace {

// So many sums at once, added up in a fixed order at the end: the same bits on every machine.
constexpr std::size_t kSums = 8;

double Total(const std::array<double, kSums>& sums) {
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

double SquaredDifference(const float* a, const float* b, std::size_t count) {
  std::array<double, kSums> sums{};
  std::size_t j = 0;
  for (; j + kSums <= count; j += kSums) {
    for (std::size_t s = 0; s < kSums; ++s) {
      const double difference = static_cast<double>(a[j + s]) - b[j + s];
      sums[s] += difference * difference;
    }
  }
  for (; j < count; ++j) {
    const double difference = static_cast<double>(a[j]) - b[j];
    sums[0] += difference * difference;
  }
  return Total(sums);
}

double Product(const float* a, const float* b, std::size_t count) {
  std::array<double, kSums> sums{};
  std::size_t j = 0;
  for (; j + kSums <= count; j += kSums) {
    for (std::size_t s = 0; s < kSums; ++s) sums[s] += static_cast<double>(a[j + s]) * b[j + s];
  }
  for (; j < count; ++j) sums[0] += static_cast<double>(a[j]) * b[j];
  return Total(sums);
}

}  // namespace

double ExactDistance(std::span<const float> a, std::span<const float> b, Metric metric) {
  if (metric == Metric::kEuclidean) return std::sqrt(SquaredDifference(a.data(), b.data(), a.size()));
  return std::clamp(1.0 - Product(a.data(), b.data(), a.size()), 0.0, 2.0);
}

void WriteRanked(std::span<const Ranked> ranked, std::size_t row, Neighbours& result) {
  for (std::size_t i = 0; i < std::min(result.k, ranked.size()); ++i) {
    result.indices[row * result.k + i] = ranked[i].index;
    result.distances[row * result.k + i] = ranked[i].distance;
  }
}

}  // namespace burnish::math
