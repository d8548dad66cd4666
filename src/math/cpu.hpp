#pragma once

#include <vector>

namespace burnish::math {

// The instruction sets that kernels exist for, weakest first. AMX would be the next one: a further table
// in kernels.hpp and a further name here.
enum class CpuPath { kPlain, kAvx2, kAvx512 };

// What this machine and its operating system allow.
bool Supports(CpuPath path);
// Every supported path, weakest first.
std::vector<CpuPath> SupportedPaths();
const char* CpuPathName(CpuPath path);

}  // namespace burnish::math
