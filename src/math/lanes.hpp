#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace burnish::math {

// Four numbers at once, in GCC's vector extension: every machine has instructions for four, and all give the same bits.
// Kernels that gain from wider ones are in kernels.hpp.
constexpr std::size_t kLanes = 4;
typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));
typedef std::int32_t IntLanes __attribute__((vector_size(kLanes * sizeof(float))));  // comparisons give -1 or 0

inline Lanes LoadLanes(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}

inline float Sum(Lanes lanes) { return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]); }
inline std::int32_t Sum(IntLanes lanes) { return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]); }
inline std::int32_t AnyBits(IntLanes lanes) { return (lanes[0] | lanes[1]) | (lanes[2] | lanes[3]); }

}  // namespace burnish::math
