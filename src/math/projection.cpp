#include "math/projection.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>

#include <Eigen/Eigenvalues>
#include <Eigen/QR>

#include "math/kernels.hpp"
#include "math/narrow.hpp"
#include "math/panels.hpp"
#include "math/random.hpp"

namespace burnish::math {
namespace {

constexpr std::size_t kFewestRows = 4096;
constexpr std::size_t kSampleRows = 2048;  // the axes are those of so many rows
constexpr int kPasses = 4;
constexpr std::array<std::size_t, 4> kAxes = {16, 32, 64, 128};  // what may be chosen: whole lanes
// The choice is made on so many rows, sought among at most so many.
constexpr std::size_t kTrialQueries = 16;
constexpr std::size_t kTrialRows = 65'536;
// The work on one pair beyond its product, and on one entry of a candidate compared in full, in products of the tiles.
constexpr double kScanWork = 24;
constexpr double kEntryWork = 16;
// Not worth its overhead above this share of the whole work.
constexpr double kWorthwhile = 0.8;

std::vector<std::uint32_t> Spread(std::size_t count, std::size_t rows) {
  std::vector<std::uint32_t> chosen;
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(static_cast<std::uint32_t>(i * rows / count));
  return chosen;
}

using Basis = Eigen::MatrixXd;  // width x axes

Basis Orthonormal(const Basis& basis) {
  const Eigen::HouseholderQR<Basis> factor(basis);
  return factor.householderQ() * Basis::Identity(basis.rows(), basis.cols());
}

// The strongest directions of a sample (not centred), strongest first, by subspace iteration.
Basis StrongestAxes(MatrixView rows, std::size_t count, const RunControl& control) {
  Matrix sample(kSampleRows, rows.width);
  const auto chosen = Spread(kSampleRows, rows.rows);
  for (std::size_t i = 0; i < chosen.size(); ++i) std::ranges::copy(rows.Row(chosen[i]), sample.Row(i).begin());
  const auto sums = GramMatrix(sample, control);
  const auto width = static_cast<Eigen::Index>(rows.width);
  const Eigen::Map<const Basis> gram(sums.data(), width, width);
  Stream stream(0);
  Basis basis(width, static_cast<Eigen::Index>(count));
  for (Eigen::Index i = 0; i < basis.size(); ++i) basis.data()[i] = stream.Unit() * 2 - 1;
  basis = Orthonormal(basis);
  for (int pass = 0; pass < kPasses; ++pass) {
    control.ThrowIfStopped();
    basis = Orthonormal(gram * basis);
  }
  const Basis small = basis.transpose() * (gram * basis);
  const Eigen::SelfAdjointEigenSolver<Basis> solver(0.5 * (small + small.transpose()));
  return basis * solver.eigenvectors().rowwise().reverse();
}

// All rows in these axes: rows x axes.
Matrix Coordinates(MatrixView rows, const Basis& axes, const RunControl& control) {
  const auto count = static_cast<std::size_t>(axes.cols());
  std::vector<float> flat;
  for (Eigen::Index j = 0; j < axes.rows(); ++j) {
    for (Eigen::Index c = 0; c < axes.cols(); ++c) flat.push_back(static_cast<float>(axes(j, c)));
  }
  Matrix result;
  result.rows = rows.rows;
  result.width = count;
  result.values = TimesNarrow(rows, PackLanes(flat, rows.width, count), count, control);
  return result;
}

// The bound of each row's rest under each choice of axes.
using Rests = std::vector<std::array<float, kAxes.size()>>;

Rests BoundRests(MatrixView rows, MatrixView coordinates, const RunControl& control) {
  Rests rests(rows.rows);
  ParallelFor(rows.rows, 256, control, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      double whole = 0;
      for (const float value : rows.Row(row)) whole += static_cast<double>(value) * value;
      double covered = 0;
      std::size_t axis = 0;
      for (std::size_t choice = 0; choice < kAxes.size() && kAxes[choice] <= coordinates.width; ++choice) {
        for (; axis < kAxes[choice]; ++axis) {
          covered += static_cast<double>(coordinates.Row(row)[axis]) * coordinates.Row(row)[axis];
        }
        // What projection.hpp says of rounding.
        const double slack =
            4.5 * std::sqrt(static_cast<double>(axis)) * static_cast<double>(rows.width + 64) * 0x1.0p-24;
        const double rest = std::sqrt(std::max(0.0, whole - covered) + slack * whole);
        // Rounded up, but nothing is left of a row of zeros.
        rests[row][choice] =
            rest > 0 ? std::nextafter(static_cast<float>(rest), std::numeric_limits<float>::infinity()) : 0.0F;
      }
    }
  });
  return rests;
}

struct Trial {
  MatrixView rows;
  MatrixView coordinates;
  const Rests& rests;
  std::span<const double> squares;
  std::vector<std::uint32_t> among;

  float Penalty(std::size_t row) const { return squares.empty() ? 0.0F : static_cast<float>(squares[row] / 2); }
};

// How many rows each choice of axes leaves as candidates for the k nearest of `query`.
std::array<std::size_t, kAxes.size()> Candidates(const Trial& trial, std::size_t query, std::size_t k) {
  const auto& kernels = Kernels();
  std::vector<float> scores;
  for (const auto row : trial.among) {
    if (row == query) continue;
    scores.push_back(kernels.dot(trial.rows.Row(query).data(), trial.rows.Row(row).data(), trial.rows.width) -
                     trial.Penalty(row));
  }
  const auto place = scores.begin() + static_cast<std::ptrdiff_t>(k - 1);
  std::ranges::nth_element(scores, place, std::greater<>());
  const float bound = *place;
  std::array<std::size_t, kAxes.size()> counts{};
  for (const auto row : trial.among) {
    float sum = -trial.Penalty(row);
    std::size_t axis = 0;
    for (std::size_t choice = 0; choice < kAxes.size() && kAxes[choice] <= trial.coordinates.width; ++choice) {
      sum += kernels.dot(&trial.coordinates.Row(query)[axis], &trial.coordinates.Row(row)[axis], kAxes[choice] - axis);
      axis = kAxes[choice];
      if (sum + trial.rests[query][choice] * trial.rests[row][choice] >= bound) ++counts[choice];
    }
  }
  return counts;
}

// The choice of least work, if it is worthwhile.
std::optional<std::size_t> ChooseAxes(const Trial& trial, std::size_t k, const RunControl& control) {
  const auto queries = Spread(kTrialQueries, trial.rows.rows);
  std::array<std::array<std::size_t, kAxes.size()>, kTrialQueries> counts;
  ParallelFor(kTrialQueries, 1, control,
              [&](std::size_t query, std::size_t) { counts[query] = Candidates(trial, queries[query], k); });
  const auto rows = static_cast<double>(trial.rows.rows);
  const auto width = static_cast<double>(trial.rows.width);
  double least = kWorthwhile * rows * width;
  std::optional<std::size_t> best;
  for (std::size_t choice = 0; choice < kAxes.size() && kAxes[choice] <= trial.coordinates.width; ++choice) {
    double candidates = 0;
    for (const auto& of_query : counts) candidates += static_cast<double>(of_query[choice]) / kTrialQueries;
    candidates *= rows / static_cast<double>(trial.among.size());
    const double work = rows * (static_cast<double>(kAxes[choice]) + kScanWork) + candidates * width * kEntryWork;
    if (work >= least) continue;
    least = work;
    best = choice;
  }
  return best;
}

}  // namespace

std::optional<Projection> FindProjection(MatrixView rows, std::span<const double> squares, std::size_t k,
                                         const RunControl& control) {
  const std::size_t most = rows.width / 3;
  if (rows.rows < kFewestRows || most < kAxes.front() || k == 0 || k >= kFewestRows / 2) return std::nullopt;
  std::size_t count = 0;
  for (const auto axes : kAxes) count = axes <= most ? axes : count;
  const Matrix coordinates = Coordinates(rows, StrongestAxes(rows, count, control), control);
  const Rests rests = BoundRests(rows, coordinates, control);
  const Trial trial{rows, coordinates, rests, squares, Spread(std::min(kTrialRows, rows.rows), rows.rows)};
  const auto choice = ChooseAxes(trial, k, control);
  if (!choice) return std::nullopt;
  const std::size_t axes = kAxes[*choice];
  Projection projection{Matrix(rows.rows, axes + 1)};
  ParallelFor(rows.rows, 1024, control, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      std::ranges::copy(coordinates.Row(row).first(axes), projection.rows.Row(row).begin());
      projection.rows.Row(row)[axes] = rests[row][*choice];
    }
  });
  return projection;
}

}  // namespace burnish::math
