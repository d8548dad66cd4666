#pragma once

#include <cstddef>
#include <cstdint>

#include "math/cpu.hpp"

// The inner loops of src/math, once per instruction set. Called by src/math only.
namespace burnish::math {

// Columns that the narrow kernels handle at once: one AVX-512 register of classes or components.
inline constexpr std::size_t kLane = 16;
// No kernel has a larger tile.
inline constexpr std::size_t kMaxTile = 1024;

struct KernelTable {
  CpuPath path;
  std::size_t tile_rows;
  std::size_t tile_columns;

  // tile[r * tile_columns + c] = sum over t of a[t * tile_rows + r] * b[t * tile_columns + c].
  void (*multiply_tile)(const float* a, const float* b, std::size_t depth, float* tile);

  // The same, for the few entries that exceed their row's bound: bit c of above[r] says that tile[r * tile_columns + c]
  // exceeds bounds[r]. Rows without any are not written.
  void (*multiply_tile_above)(const float* a, const float* b, std::size_t depth, const float* bounds, float* tile,
                              std::uint64_t* above);

  // out[r * out_stride + c] = sum over j of rows[r * width + j] * weights[j * kLane + c], for c < kLane.
  void (*rows_times)(const float* rows, std::size_t count, std::size_t width, const float* weights, float* out,
                     std::size_t out_stride);

  // sums[j * kLane + c] = sum over r of rows[r * width + j] * factors[r * factor_stride + c], for c < kLane.
  void (*transposed_times)(const float* rows, std::size_t count, std::size_t width, const float* factors,
                           std::size_t factor_stride, float* sums);

  float (*dot)(const float* a, const float* b, std::size_t count);

  // values[i] = exp(values[i] - shift), for arguments <= 0; 0 below -87. `count` is a multiple of kLane.
  void (*exp_shifted)(float* values, std::size_t count, float shift);
};

// The best table for this machine, chosen once.
const KernelTable& Kernels();
// Throws kInvalidArgument when the machine lacks `path`.
const KernelTable& Kernels(CpuPath path);

extern const KernelTable kPlainKernels;
#if defined(__x86_64__)
extern const KernelTable kAvx2Kernels;
extern const KernelTable kAvx512Kernels;
#endif

}  // namespace burnish::math
