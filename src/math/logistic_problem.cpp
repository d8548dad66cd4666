#include "math/logistic_problem.hpp"

#include <algorithm>
#include <cmath>

#include "math/kernels.hpp"
#include "math/narrow.hpp"

namespace burnish::math {

Problem::Problem(MatrixView centred, std::span<const std::uint16_t> labels, std::size_t classes,
                 std::span<const std::uint8_t> included, double c)
    : rows_(centred), included_(included), c_(c), place_of_class_(classes, kAbsent) {
  std::vector<bool> occurs(classes, false);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (!Counts(i)) continue;
    occurs[labels[i]] = true;
    ++count_;
  }
  for (std::size_t k = 0; k < classes; ++k) {
    if (!occurs[k]) continue;
    place_of_class_[k] = static_cast<std::uint16_t>(class_of_place_.size());
    class_of_place_.push_back(static_cast<std::uint16_t>(k));
  }
  targets_.resize(labels.size(), 0);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (Counts(i)) targets_[i] = place_of_class_[labels[i]];
  }
  padded_ = PadToLanes(Present());
}

double Problem::Evaluate(std::span<const double> theta, std::span<double> gradient, const RunControl& control) const {
  const std::size_t present = Present();
  const std::size_t weights = Width() * present;
  const std::vector<float> narrow(theta.begin(), theta.end());
  std::vector<float> intercepts(padded_, kNever);
  std::copy(narrow.begin() + static_cast<std::ptrdiff_t>(weights), narrow.end(), intercepts.begin());
  const std::size_t bins = PassBins(rows_, padded_);
  std::vector<double> losses(bins, 0.0);
  std::vector<double> intercept_sums(bins * present, 0.0);
  const auto factor = [&](std::size_t first, std::size_t count, std::span<float> products, std::size_t bin) {
    for (std::size_t r = 0; r < count; ++r) {
      const auto row = products.subspan(r * padded_, padded_);
      if (!Counts(first + r)) {
        std::ranges::fill(row, 0.0F);
        continue;
      }
      losses[bin] += LossAndResidual(row, intercepts, targets_[first + r]);
      for (std::size_t k = 0; k < present; ++k) intercept_sums[bin * present + k] += row[k];
    }
  };
  const auto packed = PackLanes(std::span(narrow).first(weights), Width(), present);
  const auto sums = PassOverRows(rows_, packed, padded_, factor, control);
  for (std::size_t j = 0; j < Width(); ++j) {
    for (std::size_t k = 0; k < present; ++k) {
      const double sum = sums[(k / kLane) * Width() * kLane + j * kLane + k % kLane];
      gradient[j * present + k] = c_ * sum + Penalty() * theta[j * present + k];
    }
  }
  for (std::size_t k = 0; k < present; ++k) {
    double sum = 0;
    for (std::size_t bin = 0; bin < bins; ++bin) sum += intercept_sums[bin * present + k];
    gradient[weights + k] = c_ * sum;
  }
  const double squares = Inner(theta.first(weights), theta.first(weights));
  return c_ * std::accumulate(losses.begin(), losses.end(), 0.0) + 0.5 * Penalty() * squares;
}

double Problem::LossAndResidual(std::span<float> row, std::span<const float> intercepts, std::size_t target) const {
  for (std::size_t k = 0; k < row.size(); ++k) row[k] += intercepts[k];
  const float highest = *std::max_element(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(Present()));
  const double below = static_cast<double>(highest) - row[target];
  Kernels().exp_shifted(row.data(), row.size(), highest);
  double sum = 0;
  for (std::size_t k = 0; k < Present(); ++k) sum += row[k];
  const auto scale = static_cast<float>(1.0 / sum);
  for (std::size_t k = 0; k < Present(); ++k) row[k] *= scale;
  row[target] -= 1.0F;
  return std::log(sum) + below;
}

}  // namespace burnish::math
