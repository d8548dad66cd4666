#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "math/kernels.hpp"
#include "math/matrix.hpp"
#include "math/parallel.hpp"

// Rows repacked for multiply_tile. Used by src/math only.
namespace burnish::math {

// Rows in panels of `tile` rows: panel p holds, entry after entry, that entry of its `tile` rows. The last panel is
// filled with zeros.
class Panels {
 public:
  Panels(std::size_t rows, std::size_t width, std::size_t tile)
      : tile_(tile), width_(width), count_((rows + tile - 1) / tile), values_(count_ * tile * width) {}

  std::size_t Count() const { return count_; }
  std::size_t Width() const { return width_; }
  const float* Panel(std::size_t panel) const { return values_.data() + panel * tile_ * width_; }
  // Puts `row` at place `place` of all rows.
  void Put(std::size_t place, std::span<const float> row) {
    float* to = values_.data() + (place / tile_) * tile_ * width_ + place % tile_;
    for (std::size_t j = 0; j < row.size(); ++j) to[j * tile_] = row[j];
  }
  // The same for a row of one entry less, and `last` behind it.
  void Put(std::size_t place, std::span<const float> row, float last) {
    Put(place, row);
    values_[((place / tile_) * width_ + row.size()) * tile_ + place % tile_] = last;
  }

 private:
  std::size_t tile_;
  std::size_t width_;
  std::size_t count_;
  std::vector<float> values_;
};

// Of the products of the first `row_count` rows with the first `column_count` columns, calls `offer(row, column,
// product)` for each that exceeds its row's bound: at first none, then what `offer` returned last for that row. `rows`
// are panels of tile_rows, `columns` of tile_columns.
template <class Offer>
void OfferProductsAbove(const Panels& rows, std::size_t row_count, const Panels& columns, std::size_t column_count,
                        const RunControl& control, Offer&& offer) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const KernelTable& kernels = Kernels();
  std::vector<float> bounds(rows.Count() * kernels.tile_rows, kInfinity);
  std::fill_n(bounds.begin(), row_count, -kInfinity);
  alignas(64) std::array<float, kMaxTile> tile;
  std::array<std::uint64_t, kMaxTile> above;
  for (std::size_t column = 0; column < columns.Count(); ++column) {
    if (column % 16 == 0) control.ThrowIfStopped();
    for (std::size_t panel = 0; panel < rows.Count(); ++panel) {
      const std::size_t first = panel * kernels.tile_rows;
      kernels.multiply_tile_above(rows.Panel(panel), columns.Panel(column), rows.Width(), &bounds[first], tile.data(),
                                  above.data());
      for (std::size_t r = 0; r < kernels.tile_rows; ++r) {
        for (std::uint64_t left = above[r]; left != 0; left &= left - 1) {
          const auto c = static_cast<std::size_t>(std::countr_zero(left));
          const float product = tile[r * kernels.tile_columns + c];
          const std::size_t place = column * kernels.tile_columns + c;
          if (place < column_count && product > bounds[first + r]) bounds[first + r] = offer(first + r, place, product);
        }
      }
    }
  }
}

// X'X (width x width, symmetric) of the rows, f32 products summed per 512 rows, then in f64.
std::vector<double> GramMatrix(MatrixView rows, const RunControl& control);

}  // namespace burnish::math
