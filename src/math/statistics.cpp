#include "math/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/beta.hpp>

#include "base/error.hpp"
#include "math/multinomial.hpp"
#include "math/random.hpp"

namespace burnish::math {
namespace {

double NormalQuantile(double probability) {
  return boost::math::quantile(boost::math::normal_distribution<double>(), probability);
}

double NormalCumulative(double value) { return boost::math::cdf(boost::math::normal_distribution<double>(), value); }

void CheckCounts(std::uint64_t hits, std::uint64_t trials) {
  if (hits > trials) throw base::Error(base::ErrorCode::kInvalidArgument, "There are more hits than trials.");
}

// The acceleration of BCa from the jackknife; nothing when leaving one out never changes the statistic.
std::optional<double> Acceleration(std::span<const std::uint32_t> counts, const CountStatistic& statistic,
                                   const RunControl& control) {
  std::vector<double> values(counts.size(), 0.0);
  ParallelFor(counts.size(), 64, control, [&](std::size_t begin, std::size_t end) {
    std::vector<std::uint32_t> rest(counts.begin(), counts.end());
    for (std::size_t kind = begin; kind < end; ++kind) {
      if (counts[kind] == 0) continue;
      --rest[kind];
      values[kind] = statistic(rest);
      ++rest[kind];
    }
  });
  double total = 0;
  double mean = 0;
  for (std::size_t kind = 0; kind < counts.size(); ++kind) {
    total += counts[kind];
    mean += counts[kind] * values[kind];
  }
  mean /= total;
  double squares = 0;
  double cubes = 0;
  for (std::size_t kind = 0; kind < counts.size(); ++kind) {
    const double difference = mean - values[kind];
    squares += counts[kind] * difference * difference;
    cubes += counts[kind] * difference * difference * difference;
  }
  if (!(squares > 0)) return std::nullopt;
  return cubes / (6.0 * std::pow(squares, 1.5));
}

// The value that `share` of the sorted resamples lie below, between neighbours in proportion (type 7).
double Percentile(std::span<const double> sorted, double share) {
  const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

Interval WilsonInterval(std::uint64_t hits, std::uint64_t trials, double confidence) {
  CheckCounts(hits, trials);
  if (trials == 0) return {0, 1};
  const double z = NormalQuantile(0.5 + confidence / 2);
  const double n = static_cast<double>(trials);
  const double share = static_cast<double>(hits) / n;
  const double centre = (share + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  return {hits == 0 ? 0.0 : std::max(0.0, centre - half), hits == trials ? 1.0 : std::min(1.0, centre + half)};
}

Interval ClopperPearsonInterval(std::uint64_t hits, std::uint64_t trials, double confidence) {
  CheckCounts(hits, trials);
  const double tail = (1 - confidence) / 2;
  const auto x = static_cast<double>(hits);
  const auto n = static_cast<double>(trials);
  return {hits == 0 ? 0.0 : boost::math::ibeta_inv(x, n - x + 1, tail),
          hits == trials ? 1.0 : boost::math::ibeta_inv(x + 1, n - x, 1 - tail)};
}

McNemarResult McNemarTest(std::uint64_t first_only, std::uint64_t second_only) {
  McNemarResult result{first_only, second_only, 1, 1};
  const auto n = static_cast<double>(first_only + second_only);
  const auto fewer = static_cast<double>(std::min(first_only, second_only));
  if (n == 0) return result;
  // P(X <= fewer) for X ~ Binomial(n, 1/2), as an incomplete beta function: exact for any n.
  const double tail = fewer == n ? 1.0 : boost::math::ibeta(n - fewer, fewer + 1, 0.5);
  const double point =
      std::exp(std::lgamma(n + 1) - std::lgamma(fewer + 1) - std::lgamma(n - fewer + 1) - n * std::log(2.0));
  result.exact_p = std::min(1.0, 2 * tail);
  // Half of the observed outcome's weight; with a tie both tails meet in it.
  result.mid_p = first_only == second_only ? 1.0 - 0.5 * point : std::min(1.0, 2 * tail - point);
  return result;
}

std::vector<double> HolmAdjust(std::span<const double> p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double highest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    highest = std::max(highest, std::min(1.0, static_cast<double>(order.size() - i) * p_values[order[i]]));
    adjusted[order[i]] = highest;
  }
  return adjusted;
}

Interval BootstrapInterval(std::span<const std::uint32_t> counts, const CountStatistic& statistic,
                           const BootstrapOptions& options, const RunControl& control) {
  const double estimate = statistic(counts);
  const auto total = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  if (total == 0 || options.resamples < 1) return {estimate, estimate};
  const Multinomial resampler(counts);
  std::vector<double> values(static_cast<std::size_t>(options.resamples));
  ParallelFor(values.size(), 32, control, [&](std::size_t begin, std::size_t end) {
    std::vector<std::uint32_t> drawn(counts.size());
    for (std::size_t i = begin; i < end; ++i) {
      Stream stream(options.seed, i);
      resampler.Draw(stream, drawn);
      values[i] = statistic(drawn);
    }
  });
  std::ranges::sort(values);
  const double tail = (1 - options.confidence) / 2;
  double low = tail;
  double high = 1 - tail;
  // Ties count half (Efron and Narasimhan 2020): accuracy takes few values.
  const auto range = std::ranges::equal_range(values, estimate);
  const double below = (static_cast<double>(range.begin() - values.begin()) + 0.5 * static_cast<double>(range.size())) /
                       static_cast<double>(values.size());
  if (below > 0 && below < 1) {
    if (const auto acceleration = Acceleration(counts, statistic, control)) {
      const double bias = NormalQuantile(below);
      const auto corrected = [&](double share) {
        const double z = bias + NormalQuantile(share);
        const double divisor = 1 - *acceleration * z;
        return divisor > 0 ? NormalCumulative(bias + z / divisor) : share;
      };
      low = corrected(tail);
      high = corrected(1 - tail);
    }
  }
  return {Percentile(values, low), Percentile(values, high)};
}

}  // namespace burnish::math
