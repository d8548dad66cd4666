#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "math/matrix.hpp"
#include "math/parallel.hpp"

// What a fit minimises. Used by src/math only.
namespace burnish::math {

// Stands for minus infinity in the logits of the columns that fill up a lane.
inline constexpr float kNever = -1e30F;

inline double Inner(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// What is fitted: the rows that count, with the classes that occur among them as 0 .. present - 1.
class Problem {
 public:
  // `included` may be empty: all rows.
  Problem(MatrixView centred, std::span<const std::uint16_t> labels, std::size_t classes,
          std::span<const std::uint8_t> included, double c);

  std::size_t Present() const { return class_of_place_.size(); }
  const std::vector<std::uint16_t>& ClassOfPlace() const { return class_of_place_; }
  std::size_t Count() const { return count_; }
  std::size_t Width() const { return rows_.width; }
  std::size_t Size() const { return (Width() + 1) * Present(); }
  double C() const { return c_; }
  // scikit-learn's two-class fit has one vector w = W[1] - W[0] with W[1] = -W[0], so that ||w||^2 = 2 ||W||^2.
  double Penalty() const { return Present() == 2 ? 2.0 : 1.0; }

  // The objective at `theta` ((width + 1) x present, the last row the intercepts) and its gradient.
  double Evaluate(std::span<const double> theta, std::span<double> gradient, const RunControl& control) const;

 private:
  static constexpr std::uint16_t kAbsent = 0xFFFF;

  bool Counts(std::size_t row) const { return included_.empty() || included_[row] != 0; }

  // Turns a row's logits into probabilities less the one-hot target; returns the log-loss.
  double LossAndResidual(std::span<float> row, std::span<const float> intercepts, std::size_t target) const;

  MatrixView rows_;
  std::span<const std::uint8_t> included_;
  double c_;
  std::vector<std::uint16_t> place_of_class_;
  std::vector<std::uint16_t> class_of_place_;
  std::vector<std::uint16_t> targets_;
  std::size_t count_ = 0;
  std::size_t padded_ = 0;
};

}  // namespace burnish::math
