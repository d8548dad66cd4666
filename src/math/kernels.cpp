#include "math/kernels.hpp"

#include <string>

#include "base/error.hpp"

namespace burnish::math {

const KernelTable& Kernels(CpuPath path) {
  if (!Supports(path)) {
    throw base::Error(base::ErrorCode::kInvalidArgument,
                      std::string("This machine has no ") + CpuPathName(path) + " instructions.");
  }
#if defined(__x86_64__)
  if (path == CpuPath::kAvx512) return kAvx512Kernels;
  if (path == CpuPath::kAvx2) return kAvx2Kernels;
#endif
  return kPlainKernels;
}

const KernelTable& Kernels() {
  static const KernelTable& best = Kernels(SupportedPaths().back());
  return best;
}

}  // namespace burnish::math
