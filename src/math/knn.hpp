#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "math/matrix.hpp"
#include "math/parallel.hpp"

namespace burnish::math {

// Cosine: 1 - cos of the angle (rows need not be normalised; a row of zeros is at distance 1 from all).
// Euclidean: the L2 norm of the difference.
enum class Metric { kCosine, kEuclidean };

inline constexpr std::uint32_t kNoNeighbour = 0xFFFFFFFF;

// The k nearest rows of each of `rows` rows, nearest first, equal distances by lower index.
// Where fewer than k exist: kNoNeighbour at distance infinity.
struct Neighbours {
  std::size_t rows = 0;
  std::size_t k = 0;
  std::vector<std::uint32_t> indices;  // rows x k
  std::vector<float> distances;        // rows x k
  std::span<const std::uint32_t> IndicesOf(std::size_t row) const { return std::span(indices).subspan(row * k, k); }
  std::span<const float> DistancesOf(std::size_t row) const { return std::span(distances).subspan(row * k, k); }
};

// A set of rows: bit i % 64 of word i / 64. Empty: all rows.
using RowSet = std::span<const std::uint64_t>;

// Exact. Each row's own index is left out; equal rows at other indices are neighbours at distance 0.
// Distances are summed in f64. O(rows^2 * width) at worst: where few directions hold most of the rows' variation, as in
// embeddings, products of these few with a bound of the rest leave few rows to compare in full (projection.hpp).
Neighbours NearestNeighbours(MatrixView rows, std::size_t k, Metric metric, const RunControl& control = {});
// The same without a copy of the rows.
Neighbours NearestNeighbours(Matrix&& rows, std::size_t k, Metric metric, const RunControl& control = {});

// Exact: for each query its k nearest of the `allowed` rows of `base`. Nothing is left out: a query that
// stands in `base` finds itself. Throws kInvalidArgument when the widths differ.
Neighbours FindNearest(MatrixView base, MatrixView queries, std::size_t k, Metric metric, RowSet allowed = {},
                       const RunControl& control = {});

// The same straight from stored halves, for few queries over a large memory-mapped base (cosine): one pass
// over the allowed rows, no copy. "Similar to this".
Neighbours FindNearest(HalfMatrixView base, MatrixView queries, std::size_t k, RowSet allowed = {},
                       const RunControl& control = {});

// The mean of the rows after each is brought to length one: the query for "similar to these".
std::vector<float> MeanDirection(MatrixView rows);

}  // namespace burnish::math
