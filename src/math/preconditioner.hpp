#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "math/matrix.hpp"
#include "math/panels.hpp"
#include "math/parallel.hpp"

namespace burnish::math {

// The inverse of Boehning's bound on the Hessian of a multinomial logistic regression on centred rows. On weights
// that sum to zero over the classes, where gradient and optimum lie, the bound is C/2 X'X + penalty I for each class,
// and C/2 rows for the intercepts (Boehning 1992).
class Preconditioner {
 public:
  // `gram`: X'X, width x width.
  Preconditioner(std::span<const double> gram, std::size_t width, std::size_t rows, double c, double penalty);

  // The bound's inverse times `gradient` ((width + 1) x classes, the last row the intercepts).
  std::vector<double> Apply(std::span<const double> gradient, std::size_t classes, const RunControl& control) const;

 private:
  Matrix inverse_;
  double intercept_;
};

}  // namespace burnish::math
