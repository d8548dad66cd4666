#include "math/panels.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace burnish::math {
namespace {

constexpr std::size_t kDepth = 512;

// Columns [first, first + tile) of rows [begin, end), entry after entry; missing columns are zeros.
void PackColumns(MatrixView rows, std::size_t begin, std::size_t end, std::size_t first, std::size_t tile, float* to) {
  const std::size_t present = std::min(tile, rows.width - first);
  for (std::size_t row = begin; row < end; ++row, to += tile) {
    const auto from = rows.Row(row).subspan(first, present);
    std::ranges::copy(from, to);
    std::fill(to + present, to + tile, 0.0F);
  }
}

}  // namespace

std::vector<double> GramMatrix(MatrixView rows, const RunControl& control) {
  const auto& kernels = Kernels();
  const std::size_t width = rows.width;
  const std::size_t tall = kernels.tile_rows;
  const std::size_t wide = kernels.tile_columns;
  std::vector<double> gram(width * width, 0.0);
  const std::size_t tall_count = (width + tall - 1) / tall;
  const std::size_t wide_count = (width + wide - 1) / wide;
  std::vector<float> left(tall_count * tall * kDepth);
  std::vector<float> right(wide_count * wide * kDepth);
  for (std::size_t begin = 0; begin < rows.rows; begin += kDepth) {
    const std::size_t end = std::min(rows.rows, begin + kDepth);
    ParallelFor(tall_count, 8, control, [&](std::size_t from, std::size_t to) {
      for (std::size_t i = from; i < to; ++i) PackColumns(rows, begin, end, i * tall, tall, &left[i * tall * kDepth]);
    });
    ParallelFor(wide_count, 4, control, [&](std::size_t from, std::size_t to) {
      for (std::size_t i = from; i < to; ++i) PackColumns(rows, begin, end, i * wide, wide, &right[i * wide * kDepth]);
    });
    ParallelFor(tall_count, 4, control, [&](std::size_t from, std::size_t to) {
      alignas(64) std::array<float, kMaxTile> tile;
      for (std::size_t i = from; i < to; ++i) {
        // The upper triangle, and what of the lower one shares a tile with it.
        for (std::size_t j = i * tall / wide; j < wide_count; ++j) {
          kernels.multiply_tile(&left[i * tall * kDepth], &right[j * wide * kDepth], end - begin, tile.data());
          for (std::size_t r = 0; r < std::min(tall, width - i * tall); ++r) {
            double* sums = &gram[(i * tall + r) * width + j * wide];
            for (std::size_t c = 0; c < std::min(wide, width - j * wide); ++c) sums[c] += tile[r * wide + c];
          }
        }
      }
    });
  }
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t j = 0; j < i; ++j) gram[i * width + j] = gram[j * width + i];
  }
  return gram;
}

}  // namespace burnish::math
