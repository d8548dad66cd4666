#include "math/multinomial.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

namespace burnish::math {
namespace {

// Of the most probable number's weight; what is less probable is left away.
constexpr double kNegligible = 0x1.0p-64;
constexpr unsigned kDigitBits = 5;
constexpr std::uint64_t kDigit = (1U << kDigitBits) - 1;

AliasTable PoissonTable(double mean) {
  const auto mode = static_cast<std::uint32_t>(mean);
  std::vector<double> below;
  double weight = 1;
  for (std::uint32_t k = mode; k > 0; --k) {
    weight = weight * k / mean;
    if (weight < kNegligible) break;
    below.push_back(weight);
  }
  std::vector<double> weights(below.rbegin(), below.rend());
  weight = 1;
  for (std::uint32_t k = mode; weight >= kNegligible; ++k) {
    weights.push_back(weight);
    weight = weight * mean / (k + 1.0);
  }
  return {mode - static_cast<std::uint32_t>(below.size()), std::move(weights)};
}

}  // namespace

AliasTable::AliasTable(std::uint32_t first, std::vector<double> weights) {
  bits_ = std::max(1U, static_cast<unsigned>(std::bit_width(weights.size() - 1)));
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  const std::size_t size = std::size_t{1} << bits_;
  weights.resize(size, 0.0);
  std::vector<std::uint32_t> small;
  std::vector<std::uint32_t> large;
  for (std::size_t i = 0; i < size; ++i) {
    weights[i] = weights[i] / total * static_cast<double>(size);
    (weights[i] < 1 ? small : large).push_back(static_cast<std::uint32_t>(i));
  }
  entries_.resize(size);
  while (!small.empty() && !large.empty()) {
    const std::uint32_t less = small.back();
    const std::uint32_t more = large.back();
    small.pop_back();
    entries_[less] = {static_cast<std::uint64_t>(weights[less] * 0x1.0p64), {first + more, first + less}};
    weights[more] = (weights[more] + weights[less]) - 1;
    if (weights[more] >= 1) continue;
    large.pop_back();
    small.push_back(more);
  }
  // What is left is one, but for rounding.
  for (const auto* rest : {&small, &large}) {
    for (const std::uint32_t i : *rest) entries_[i] = {0, {first + i, first + i}};
  }
}

Multinomial::Multinomial(std::span<const std::uint32_t> counts)
    : total_(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0})) {
  if (total_ == 0) return;
  kind_.emplace_back(0, std::vector<double>(counts.begin(), counts.end()));
  // Two deviations of the sum short: one draw in forty has too many, and is drawn again.
  const double short_by = 2 * std::sqrt(static_cast<double>(total_));
  const double share = 1 - short_by / static_cast<double>(total_);
  std::vector<std::pair<std::uint32_t, std::uint64_t>> means;
  for (std::size_t kind = 0; kind < counts.size(); ++kind) {
    for (unsigned shift = 0; shift < 32; shift += kDigitBits) {
      const std::uint64_t mean = counts[kind] & (kDigit << shift);
      if (mean != 0) means.emplace_back(static_cast<std::uint32_t>(kind), mean);
    }
  }
  if (2 * (static_cast<double>(means.size()) + short_by) > static_cast<double>(total_)) return;
  std::map<std::uint64_t, std::uint32_t> tables;
  for (const auto& [kind, mean] : means) {
    const auto [found, added] = tables.emplace(mean, static_cast<std::uint32_t>(poisson_.size()));
    if (added) poisson_.push_back(PoissonTable(share * static_cast<double>(mean)));
    parts_.push_back({kind, found->second});
  }
}

void Multinomial::Draw(Stream& stream, std::span<std::uint32_t> drawn) const {
  std::uint64_t sum = 0;
  do {
    std::ranges::fill(drawn, 0U);
    sum = 0;
    for (const Part& part : parts_) {
      const std::uint32_t count = poisson_[part.table].Draw(stream);
      drawn[part.kind] += count;
      sum += count;
    }
  } while (sum > total_);
  for (; sum < total_; ++sum) ++drawn[kind_.front().Draw(stream)];
}

}  // namespace burnish::math
