#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "math/matrix.hpp"
#include "math/parallel.hpp"

// Tall matrices times narrow ones, in passes over the rows. Used by src/math only.
namespace burnish::math {

// Rounds up to whole lanes of kLane columns.
std::size_t PadToLanes(std::size_t columns);

// `width` x `columns` numbers as lanes: lane l holds, row after row, columns [l * kLane, (l + 1) * kLane), filled with
// zeros. What the narrow kernels read.
std::vector<float> PackLanes(std::span<const float> matrix, std::size_t width, std::size_t columns);

// Walks over all rows once. For each block of rows, `products` (count x padded, row after row) holds rows * weights,
// weights being packed in lanes; `factor` may overwrite it in place, and then sums += rows' * products. `factor` gets
// (first row, count, products, bin); bins are fixed parts of the rows, each walked in order by one thread.
//
// Returns the sums as lanes (width x kLane each), in f64, added up in the order of bins: the same at any number of
// threads. With `factor` empty the products are left as they are.
using FactorFunction =
    std::function<void(std::size_t first, std::size_t count, std::span<float> products, std::size_t bin)>;
std::vector<double> PassOverRows(MatrixView rows, std::span<const float> weights, std::size_t padded,
                                 const FactorFunction& factor, const RunControl& control);
// How many bins such a pass has.
std::size_t PassBins(const MatrixView& rows, std::size_t padded);

// rows * weights alone: rows x padded.
std::vector<float> TimesNarrow(MatrixView rows, std::span<const float> weights, std::size_t padded,
                               const RunControl& control);

}  // namespace burnish::math
