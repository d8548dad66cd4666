#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "math/kernels.hpp"
#include "math/matrix.hpp"

// Rows repacked for multiply_tile. Used by src/math only.
namespace burnish::math {

// Rows in panels of `tile` rows: panel p holds, entry after entry, that entry of its `tile` rows. The last panel is
// filled with zeros.
class Panels {
 public:
  Panels(std::size_t rows, std::size_t width, std::size_t tile)
      : tile_(tile), width_(width), count_((rows + tile - 1) / tile), values_(count_ * tile * width) {}

  std::size_t Count() const { return count_; }
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

// X'X (width x width, symmetric) of the rows, f32 products summed per 512 rows, then in f64.
std::vector<double> GramMatrix(MatrixView rows, const RunControl& control);

}  // namespace burnish::math
