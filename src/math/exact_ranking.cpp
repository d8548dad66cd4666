#include "math/exact_ranking.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace burnish::math {
namespace {

// So many sums at once, added up in a fixed order at the end, no product and sum rounded as one (CMakeLists.txt): the
// same bits on every machine, whichever instructions it has.
constexpr std::size_t kSums = 8;

double Total(const std::array<double, kSums>& sums) {
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

typedef double Eight __attribute__((vector_size(kSums * sizeof(double))));
typedef float EightLoose __attribute__((vector_size(kSums * sizeof(float)), aligned(alignof(float)), may_alias));

[[gnu::always_inline]] inline double Sum(const float* a, const float* b, std::size_t count, bool differences) {
  Eight lanes = {};
  std::size_t j = 0;
  for (; j + kSums <= count; j += kSums) {
    const Eight left = __builtin_convertvector(*reinterpret_cast<const EightLoose*>(a + j), Eight);
    const Eight right = __builtin_convertvector(*reinterpret_cast<const EightLoose*>(b + j), Eight);
    const Eight difference = left - right;
    lanes += differences ? difference * difference : left * right;
  }
  std::array<double, kSums> sums;
  for (std::size_t s = 0; s < kSums; ++s) sums[s] = lanes[s];
  for (; j < count; ++j) {
    const double difference = static_cast<double>(a[j]) - b[j];
    sums[0] += differences ? difference * difference : static_cast<double>(a[j]) * b[j];
  }
  return Total(sums);
}

// The square of the distance, or the product.
using Summer = double (*)(const float* a, const float* b, std::size_t count, bool differences);

double SumPlain(const float* a, const float* b, std::size_t count, bool differences) {
  return differences ? Sum(a, b, count, true) : Sum(a, b, count, false);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) double SumAvx2(const float* a, const float* b, std::size_t count, bool differences) {
  return differences ? Sum(a, b, count, true) : Sum(a, b, count, false);
}

__attribute__((target("avx512f"))) double SumAvx512(const float* a, const float* b, std::size_t count,
                                                    bool differences) {
  return differences ? Sum(a, b, count, true) : Sum(a, b, count, false);
}
#endif

Summer ChooseSummer() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") != 0) return SumAvx512;
  if (__builtin_cpu_supports("avx2") != 0) return SumAvx2;
#endif
  return SumPlain;
}

}  // namespace

double ExactDistance(std::span<const float> a, std::span<const float> b, Metric metric) {
  static const Summer sum = ChooseSummer();
  if (metric == Metric::kEuclidean) return std::sqrt(sum(a.data(), b.data(), a.size(), true));
  return std::clamp(1.0 - sum(a.data(), b.data(), a.size(), false), 0.0, 2.0);
}

void WriteRanked(std::span<const Ranked> ranked, std::size_t row, Neighbours& result) {
  for (std::size_t i = 0; i < std::min(result.k, ranked.size()); ++i) {
    result.indices[row * result.k + i] = ranked[i].index;
    result.distances[row * result.k + i] = ranked[i].distance;
  }
}

}  // namespace burnish::math
