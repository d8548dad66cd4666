#include "math/pca.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <Eigen/Eigenvalues>
#include <Eigen/QR>

#include "math/kernels.hpp"
#include "math/narrow.hpp"
#include "math/random.hpp"

namespace burnish::math {
namespace {

constexpr int kPasses = 6;
using Basis = Eigen::MatrixXd;  // width x kLane or fewer columns

Basis Orthonormal(const Basis& basis) {
  const Eigen::HouseholderQR<Basis> factor(basis);
  return factor.householderQ() * Basis::Identity(basis.rows(), basis.cols());
}

std::vector<float> Pack(const Basis& basis) {
  std::vector<float> packed(static_cast<std::size_t>(basis.rows()) * kLane, 0.0F);
  for (Eigen::Index j = 0; j < basis.rows(); ++j) {
    for (Eigen::Index c = 0; c < basis.cols(); ++c) {
      packed[static_cast<std::size_t>(j) * kLane + static_cast<std::size_t>(c)] = static_cast<float>(basis(j, c));
    }
  }
  return packed;
}

// X'X times the basis.
Basis TimesGram(MatrixView centred, const Basis& basis, const RunControl& control) {
  const auto sums = PassOverRows(centred, Pack(basis), kLane, {}, control);
  Basis result(basis.rows(), basis.cols());
  for (Eigen::Index j = 0; j < basis.rows(); ++j) {
    for (Eigen::Index c = 0; c < basis.cols(); ++c) {
      result(j, c) = sums[static_cast<std::size_t>(j) * kLane + static_cast<std::size_t>(c)];
    }
  }
  return result;
}

// Turns each column so that its entry of largest size is positive.
void FixSigns(Basis& basis) {
  for (Eigen::Index c = 0; c < basis.cols(); ++c) {
    Eigen::Index place = 0;
    basis.col(c).cwiseAbs().maxCoeff(&place);
    if (basis(place, c) < 0) basis.col(c) *= -1;
  }
}

}  // namespace

PrincipalComponents FindPrincipalComponents(MatrixView rows, std::size_t count, std::uint64_t seed,
                                            const RunControl& control) {
  PrincipalComponents result;
  const std::size_t most = std::min(rows.rows, rows.width);
  const std::size_t kept = std::min({count, most, kLane - 4});
  auto standard = FitStandardisation(rows, control);
  std::ranges::fill(standard.scale, 1.0F);
  result.mean = standard.mean;
  result.components = Matrix(kept, rows.width);
  result.scores = Matrix(rows.rows, kept);
  if (kept == 0) return result;

  const Matrix centred = Standardise(rows, standard, control);
  Stream stream(seed);
  Basis basis(static_cast<Eigen::Index>(rows.width), static_cast<Eigen::Index>(std::min(kLane, most)));
  for (Eigen::Index i = 0; i < basis.size(); ++i) basis.data()[i] = stream.Unit() * 2 - 1;
  for (int pass = 0; pass < kPasses; ++pass) basis = Orthonormal(TimesGram(centred, Orthonormal(basis), control));

  // The best axes within the subspace found.
  const Basis small = basis.transpose() * TimesGram(centred, basis, control);
  const Eigen::SelfAdjointEigenSolver<Basis> solver(0.5 * (small + small.transpose()));
  Basis axes = basis * solver.eigenvectors().rowwise().reverse().leftCols(static_cast<Eigen::Index>(kept));
  FixSigns(axes);

  const auto scores = TimesNarrow(centred, Pack(axes), kLane, control);
  for (std::size_t c = 0; c < kept; ++c) {
    const double value = solver.eigenvalues()[solver.eigenvalues().size() - 1 - static_cast<Eigen::Index>(c)];
    result.variances.push_back(static_cast<float>(std::max(0.0, value) / static_cast<double>(rows.rows)));
    for (std::size_t j = 0; j < rows.width; ++j) {
      result.components.Row(c)[j] =
          static_cast<float>(axes(static_cast<Eigen::Index>(j), static_cast<Eigen::Index>(c)));
    }
    for (std::size_t r = 0; r < rows.rows; ++r) result.scores.Row(r)[c] = scores[r * kLane + c];
  }
  return result;
}

}  // namespace burnish::math
