#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "math/parallel.hpp"

namespace burnish::math {

struct Interval {
  double low = 0;
  double high = 0;
  bool operator==(const Interval&) const = default;
};

// Wilson's score interval for `hits` of `trials`. No trials: [0, 1].
Interval WilsonInterval(std::uint64_t hits, std::uint64_t trials, double confidence = 0.95);
// Clopper and Pearson's exact interval. No trials: [0, 1].
Interval ClopperPearsonInterval(std::uint64_t hits, std::uint64_t trials, double confidence = 0.95);

// McNemar's test on paired outcomes. `exact_p` (two-sided binomial) is the p that Burnish reports: it keeps its
// level at any size. `mid_p` (Fagerland, Lydersen and Laake 2013) is less cautious. Without discordant pairs both
// are 1.
struct McNemarResult {
  std::uint64_t first_only = 0;   // right in the first, wrong in the second
  std::uint64_t second_only = 0;  // wrong in the first, right in the second
  double exact_p = 1;
  double mid_p = 1;
};
McNemarResult McNemarTest(std::uint64_t first_only, std::uint64_t second_only);

// Holm's step-down adjustment: adjusted p values in the order given (Holm 1979).
std::vector<double> HolmAdjust(std::span<const double> p_values);

// A statistic of counted kinds of observations: `counts[i]` observations of kind i.
using CountStatistic = std::function<double(std::span<const std::uint32_t> counts)>;

struct BootstrapOptions {
  int resamples = 2000;
  double confidence = 0.95;
  std::uint64_t seed = 0;
};

// BCa interval (Efron 1987) of `statistic` over resamples of the observations. Observations are given as kinds
// with counts, so that equal ones cost once: paired data is a kind per combination (truth, first, second).
// Falls back to the percentile interval where BCa is not defined (no resample below, or all below, the estimate;
// no jackknife spread). Resamples are drawn by (seed, resample number): the same at any number of threads.
// `statistic` is called from several threads.
Interval BootstrapInterval(std::span<const std::uint32_t> counts, const CountStatistic& statistic,
                           const BootstrapOptions& options, const RunControl& control = {});

}  // namespace burnish::math
