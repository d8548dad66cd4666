#include "math/matrix.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace burnish::math {
namespace {

constexpr std::size_t kRowGrain = 256;

void RequireFinite(std::span<const float> row, std::size_t number) {
  for (const float value : row) {
    if (!std::isfinite(value)) {
      throw base::Error(base::ErrorCode::kInvalidArgument,
                        "Row " + std::to_string(number) + " has a value that is not a finite number.");
    }
  }
}

void NormaliseRow(std::span<float> row) {
  double sum = 0;
  for (const float value : row) sum += static_cast<double>(value) * value;
  if (sum == 0) return;
  const double scale = 1.0 / std::sqrt(sum);
  for (float& value : row) value = static_cast<float>(value * scale);
}

// The sum of term(column, value) in each column. Fixed parts of the rows are summed by one thread each, then added up
// in order: the same at any number of threads.
template <class Term>
std::vector<double> ColumnSums(MatrixView matrix, const RunControl& control, const Term& term) {
  constexpr std::size_t kParts = 32;
  const std::size_t rows = std::max<std::size_t>((matrix.rows + kParts - 1) / kParts, 1);
  const std::size_t parts = (matrix.rows + rows - 1) / rows;
  std::vector<std::vector<double>> sums(parts);
  ParallelFor(parts, 1, control, [&](std::size_t part, std::size_t) {
    std::vector<double> own(matrix.width, 0.0);
    for (std::size_t row = part * rows; row < std::min(matrix.rows, (part + 1) * rows); ++row) {
      const auto values = matrix.Row(row);
      for (std::size_t j = 0; j < matrix.width; ++j) own[j] += term(j, values[j]);
    }
    sums[part] = std::move(own);
  });
  std::vector<double> total(matrix.width, 0.0);
  for (const auto& own : sums) {
    for (std::size_t j = 0; j < matrix.width; ++j) total[j] += own[j];
  }
  return total;
}

}  // namespace

Matrix CopyOf(MatrixView view) {
  Matrix matrix(view.rows, view.width);
  std::ranges::copy(view.values, matrix.values.begin());
  return matrix;
}

Matrix Widen(HalfMatrixView half, const RunControl& control) {
  Matrix wide(half.rows, half.width);
  ParallelFor(half.rows, kRowGrain, control, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      base::ToFloat(half.Row(row), wide.Row(row));
      RequireFinite(wide.Row(row), row);
    }
  });
  return wide;
}

Matrix WidenRows(HalfMatrixView half, std::span<const std::uint32_t> rows, const RunControl& control) {
  Matrix wide(rows.size(), half.width);
  ParallelFor(rows.size(), kRowGrain, control, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (rows[i] >= half.rows) {
        throw base::Error(base::ErrorCode::kInvalidArgument, "There is no row " + std::to_string(rows[i]) + ".");
      }
      base::ToFloat(half.Row(rows[i]), wide.Row(i));
      RequireFinite(wide.Row(i), rows[i]);
    }
  });
  return wide;
}

Matrix NormaliseRows(MatrixView matrix, const RunControl& control) { return NormaliseRows(CopyOf(matrix), control); }

Matrix NormaliseRows(HalfMatrixView matrix, const RunControl& control) {
  return NormaliseRows(Widen(matrix, control), control);
}

Matrix NormaliseRows(Matrix&& matrix, const RunControl& control) {
  Matrix unit = std::move(matrix);
  ParallelFor(unit.rows, kRowGrain, control, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      RequireFinite(unit.Row(row), row);
      NormaliseRow(unit.Row(row));
    }
  });
  return unit;
}

Standardisation FitStandardisation(MatrixView matrix, const RunControl& control) {
  Standardisation result{std::vector<float>(matrix.width, 0.0F), std::vector<float>(matrix.width, 0.0F)};
  if (matrix.rows == 0) return result;
  auto mean = ColumnSums(matrix, control, [](std::size_t, float value) { return static_cast<double>(value); });
  for (double& value : mean) value /= static_cast<double>(matrix.rows);
  const auto squares = ColumnSums(matrix, control, [&](std::size_t j, float value) {
    const double off = value - mean[j];
    return off * off;
  });
  for (std::size_t j = 0; j < matrix.width; ++j) {
    const double deviation = std::sqrt(squares[j] / static_cast<double>(matrix.rows));
    result.mean[j] = static_cast<float>(mean[j]);
    // Below this the column is constant but for rounding.
    const bool varies = deviation > 1e-6 * std::abs(mean[j]) && deviation > 0;
    result.scale[j] = varies ? static_cast<float>(1.0 / deviation) : 0.0F;
  }
  return result;
}

Matrix Standardise(MatrixView matrix, const Standardisation& standardisation, const RunControl& control) {
  return Standardise(CopyOf(matrix), standardisation, control);
}

Matrix Standardise(Matrix&& matrix, const Standardisation& standardisation, const RunControl& control) {
  if (standardisation.mean.size() != matrix.width || standardisation.scale.size() != matrix.width) {
    throw base::Error(base::ErrorCode::kInvalidArgument, "The standardisation was learnt on rows of another width.");
  }
  Matrix result = std::move(matrix);
  ParallelFor(result.rows, kRowGrain, control, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const auto values = result.Row(row);
      for (std::size_t j = 0; j < result.width; ++j) {
        values[j] = (values[j] - standardisation.mean[j]) * standardisation.scale[j];
      }
    }
  });
  return result;
}

}  // namespace burnish::math
