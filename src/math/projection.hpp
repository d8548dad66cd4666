#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "math/matrix.hpp"
#include "math/parallel.hpp"

// Short rows whose products bound the products of long ones. Used by src/math only.
namespace burnish::math {

// Row i is (Q'x_i, r_i): the first `width - 1` entries are x_i in few orthonormal axes, and r_i is at least the length
// of what these axes leave of x_i, rounding included. By Cauchy and Schwarz, for all i and j:
//
//   p_i . p_j - 2 r_i r_j  <=  x_i . x_j  <=  p_i . p_j
//
// as summed in f32. The room for rounding is in r: with m axes and rows of w numbers, a coordinate is off by at most
// w u |x| (u = 2^-24), the vector of all by e = sqrt(m) w u |x|, so that the coordinates' product and the square of the
// rest are each off by at most 2 e |x||y|, and the sum of m + 1 products by (m + 1) u |x||y|: together below
// 4.5 sqrt(m) (w + 64) u |x||y|.
struct Projection {
  Matrix rows;
  float Rest(std::size_t row) const { return rows.values[(row + 1) * rows.width - 1]; }
};

// On the strongest axes of a sample of the rows: few enough that finding the k nearest of each row through them, with
// the candidates that the bounds leave compared in full, is less work than comparing all in full. None where it is not,
// as when all directions are alike. `squares` are the rows' squared lengths where the search is by Euclidean distance,
// and empty where it is by the angle. The same for any number of threads.
std::optional<Projection> FindProjection(MatrixView rows, std::span<const double> squares, std::size_t k,
                                         const RunControl& control);

}  // namespace burnish::math
