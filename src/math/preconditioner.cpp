#include "math/preconditioner.hpp"

#include <algorithm>
#include <mutex>

#include <cblas.h>

#include "base/error.hpp"
#include "math/kernels.hpp"
#include "math/narrow.hpp"

// LAPACK's Cholesky factor, and the inverse from it, as OpenBLAS exports them.
extern "C" {
void dpotrf_(const char* uplo, const int* n, double* a, const int* lda, int* info);
void dpotri_(const char* uplo, const int* n, double* a, const int* lda, int* info);
}

namespace burnish::math {
namespace {

// One thread of OpenBLAS, always: its sums depend on the number of threads, and two pools would fight for the cores.
void HoldOpenBlasToOneThread() {
  static std::once_flag once;
  std::call_once(once, [] { openblas_set_num_threads(1); });
}

}  // namespace

Preconditioner::Preconditioner(std::span<const double> gram, std::size_t width, std::size_t rows, double curvature,
                               double penalty)
    : inverse_(width, width), intercept_(1.0 / std::max(curvature * static_cast<double>(rows), 1e-300)) {
  HoldOpenBlasToOneThread();
  std::vector<double> hessian(gram.begin(), gram.end());
  for (double& value : hessian) value *= curvature;
  for (std::size_t j = 0; j < width; ++j) hessian[j * width + j] += penalty;
  const int n = static_cast<int>(width);
  int info = 0;
  if (n > 0) {
    dpotrf_("L", &n, hessian.data(), &n, &info);
    if (info == 0) dpotri_("L", &n, hessian.data(), &n, &info);
  }
  if (info != 0) throw base::Error(base::ErrorCode::kInternal, "The probe's values are too large to fit a model on.");
  // The lower triangle by columns is the upper one by rows.
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t j = i; j < width; ++j) {
      inverse_.Row(i)[j] = static_cast<float>(hessian[i * width + j]);
      inverse_.Row(j)[i] = inverse_.Row(i)[j];
    }
  }
}

std::vector<double> Preconditioner::Apply(std::span<const double> gradient, std::size_t classes,
                                          const RunControl& control) const {
  const std::size_t width = inverse_.width;
  const std::size_t padded = PadToLanes(classes);
  const std::vector<float> narrow(gradient.begin(), gradient.begin() + static_cast<std::ptrdiff_t>(width * classes));
  const auto products = TimesNarrow(inverse_, PackLanes(narrow, width, classes), padded, control);
  std::vector<double> result(gradient.size());
  for (std::size_t j = 0; j < width; ++j) {
    for (std::size_t k = 0; k < classes; ++k) result[j * classes + k] = products[j * padded + k];
  }
  for (std::size_t k = 0; k < classes; ++k) result[width * classes + k] = intercept_ * gradient[width * classes + k];
  return result;
}

}  // namespace burnish::math
