#include "math/cpu.hpp"

namespace burnish::math {

bool Supports(CpuPath path) {
#if defined(__x86_64__)
  // libgcc asks CPUID and XGETBV: the operating system must save the wide registers too.
  switch (path) {
    case CpuPath::kPlain:
      return true;
    case CpuPath::kAvx2:
      return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
    case CpuPath::kAvx512:
      return Supports(CpuPath::kAvx2) && __builtin_cpu_supports("avx512f") != 0 &&
             __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
             __builtin_cpu_supports("avx512vl") != 0;
  }
#endif
  return path == CpuPath::kPlain;
}

std::vector<CpuPath> SupportedPaths() {
  std::vector<CpuPath> paths;
  for (const auto path : {CpuPath::kPlain, CpuPath::kAvx2, CpuPath::kAvx512}) {
    if (Supports(path)) paths.push_back(path);
  }
  return paths;
}

const char* CpuPathName(CpuPath path) {
  switch (path) {
    case CpuPath::kAvx2:
      return "AVX2";
    case CpuPath::kAvx512:
      return "AVX-512";
    case CpuPath::kPlain:
      break;
  }
  return "plain";
}

}  // namespace burnish::math
