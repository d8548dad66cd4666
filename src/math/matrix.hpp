#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/half.hpp"
#include "math/parallel.hpp"

namespace burnish::math {

// `rows` x `width` numbers, row after row, without gaps. Lent, not owned.
struct MatrixView {
  std::span<const float> values;
  std::size_t rows = 0;
  std::size_t width = 0;
  std::span<const float> Row(std::size_t row) const { return values.subspan(row * width, width); }
};

// The same in half precision, as embeddings are stored.
struct HalfMatrixView {
  std::span<const base::Half> values;
  std::size_t rows = 0;
  std::size_t width = 0;
  std::span<const base::Half> Row(std::size_t row) const { return values.subspan(row * width, width); }
};

struct Matrix {
  std::vector<float> values;
  std::size_t rows = 0;
  std::size_t width = 0;

  Matrix() = default;
  Matrix(std::size_t row_count, std::size_t row_width)
      : values(row_count * row_width), rows(row_count), width(row_width) {}
  std::span<float> Row(std::size_t row) { return std::span(values).subspan(row * width, width); }
  std::span<const float> Row(std::size_t row) const { return std::span(values).subspan(row * width, width); }
  operator MatrixView() const { return {values, rows, width}; }  // NOLINT(google-explicit-constructor)
};

Matrix CopyOf(MatrixView view);
// f16 -> f32. Throws kInvalidArgument, naming the row, when a value is not finite.
Matrix Widen(HalfMatrixView half, const RunControl& control = {});
// The rows of `half` that `rows` names, in that order, as f32.
Matrix WidenRows(HalfMatrixView half, std::span<const std::uint32_t> rows, const RunControl& control = {});
// Rows of length one (L2). A row of zeros stays zeros.
Matrix NormaliseRows(MatrixView matrix, const RunControl& control = {});
Matrix NormaliseRows(HalfMatrixView matrix, const RunControl& control = {});
Matrix NormaliseRows(Matrix&& matrix, const RunControl& control = {});  // in its own memory

// A linear map per column, learnt once and applied to every later row: (x - mean) * scale.
// Columns that do not vary get scale 0.
struct Standardisation {
  std::vector<float> mean;
  std::vector<float> scale;
};
// Mean 0, standard deviation 1 (population) over `matrix`.
Standardisation FitStandardisation(MatrixView matrix, const RunControl& control = {});
Matrix Standardise(MatrixView matrix, const Standardisation& standardisation, const RunControl& control = {});
Matrix Standardise(Matrix&& matrix, const Standardisation& standardisation, const RunControl& control = {});

}  // namespace burnish::math
