#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "math/exact_ranking.hpp"
#include "math/projection.hpp"

// The neighbour graph through a projection. Used by src/math only.
namespace burnish::math {

// Half the squares of the rows, and a little less: what Euclidean scores are lowered by. A score stays above the true
// one whatever the rounding.
std::vector<float> Penalties(std::span<const double> squares);

// Fills in the k nearest of each row, by comparing in full only the rows that the projection's bounds leave. Rows for
// which they leave too many are not filled in, but returned, in order: near copies in great number, or a part of the
// data that the axes do not fit.
std::vector<std::uint32_t> SearchByBounds(MatrixView rows, const Projection& projection,
                                          std::span<const double> squares, Metric metric, Neighbours& result,
                                          const RunControl& control);

}  // namespace burnish::math
