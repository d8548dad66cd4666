#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "math/matrix.hpp"
#include "math/panels.hpp"
#include "math/parallel.hpp"

namespace burnish::math {

// The inverse of the Hessian of a multinomial logistic regression on centred rows where all of K classes are equally
// probable. On weights that sum to zero over the classes, where gradient and optimum lie, that is C/K X'X + penalty I
// for each class, and C/K rows for the intercepts. (Boehning's bound of 1992 has C/2 in place of C/K: it is 5 times too
// cautious for ten classes, and took twice the steps.)
class Preconditioner {
 public:
  // `gram`: X'X, width x width. `curvature`: C/K.
  Preconditioner(std::span<const double> gram, std::size_t width, std::size_t rows, double curvature, double penalty);

  // The inverse times `gradient` ((width + 1) x classes, the last row the intercepts).
  std::vector<double> Apply(std::span<const double> gradient, std::size_t classes, const RunControl& control) const;

 private:
  Matrix inverse_;
  double intercept_;
};

}  // namespace burnish::math
