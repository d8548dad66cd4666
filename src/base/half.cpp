#include "base/half.hpp"

#include <bit>
#include <cassert>
#include <cstddef>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace burnish::base {
namespace {

#if defined(__x86_64__)

constexpr int kNearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;

// Each returns how many elements it did; the plain code does the rest.
__attribute__((target("avx512f"))) std::size_t ToHalf512(const float* from, Half* to, std::size_t count) {
  std::size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i), _mm512_cvtps_ph(_mm512_loadu_ps(from + i), kNearest));
  }
  return i;
}

__attribute__((target("avx512f"))) std::size_t ToFloat512(const Half* from, float* to, std::size_t count) {
  std::size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    _mm512_storeu_ps(to + i, _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + i))));
  }
  return i;
}

__attribute__((target("avx,f16c"))) std::size_t ToHalf256(const float* from, Half* to, std::size_t count) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), _mm256_cvtps_ph(_mm256_loadu_ps(from + i), kNearest));
  }
  return i;
}

__attribute__((target("avx,f16c"))) std::size_t ToFloat256(const Half* from, float* to, std::size_t count) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    _mm256_storeu_ps(to + i, _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i))));
  }
  return i;
}

std::size_t ToHalfWide(const float* from, Half* to, std::size_t count) {
  if (__builtin_cpu_supports("avx512f")) return ToHalf512(from, to, count);
  if (__builtin_cpu_supports("f16c")) return ToHalf256(from, to, count);
  return 0;
}

std::size_t ToFloatWide(const Half* from, float* to, std::size_t count) {
  if (__builtin_cpu_supports("avx512f")) return ToFloat512(from, to, count);
  if (__builtin_cpu_supports("f16c")) return ToFloat256(from, to, count);
  return 0;
}

#else

std::size_t ToHalfWide(const float*, Half*, std::size_t) { return 0; }
std::size_t ToFloatWide(const Half*, float*, std::size_t) { return 0; }

#endif

}  // namespace

Half ToHalf(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint32_t>((bits >> 16U) & 0x8000U);
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
  if (magnitude > 0x7F800000U) return static_cast<Half>(sign | 0x7E00U | ((magnitude >> 13U) & 0x3FFU));  // NaN
  if (magnitude >= 0x47800000U) return static_cast<Half>(sign | 0x7C00U);  // 65536 and more: infinity
  if (magnitude < 0x38800000U) {
    // Below 2^-14, subnormal: adding 0.5 puts the last bit of the half at the last bit of the float, rounded by the
    // FPU.
    const float shifted = std::bit_cast<float>(magnitude) + 0.5F;
    return static_cast<Half>(sign | (std::bit_cast<std::uint32_t>(shifted) - 0x3F000000U));
  }
  // Re-bias the exponent by 127 - 15 and round the 13 bits that go, ties to even; a carry moves the exponent rightly.
  const std::uint32_t odd = (magnitude >> 13U) & 1U;
  return static_cast<Half>(sign | ((magnitude - 0x38000000U + 0xFFFU + odd) >> 13U));
}

float ToFloat(Half value) {
  const std::uint32_t sign = static_cast<std::uint32_t>(value & 0x8000U) << 16U;
  const std::uint32_t magnitude = value & 0x7FFFU;
  if (magnitude >= 0x7C00U) {
    const std::uint32_t quiet = magnitude > 0x7C00U ? 0x400000U : 0U;
    return std::bit_cast<float>(sign | 0x7F800000U | quiet | ((magnitude & 0x3FFU) << 13U));
  }
  if (magnitude < 0x400U) {
    const float scaled = static_cast<float>(magnitude) * 0x1p-24F;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(scaled));
  }
  return std::bit_cast<float>(sign | ((magnitude << 13U) + 0x38000000U));
}

void ToHalf(std::span<const float> from, std::span<Half> to) {
  assert(from.size() == to.size());
  for (std::size_t i = ToHalfWide(from.data(), to.data(), from.size()); i < from.size(); ++i) to[i] = ToHalf(from[i]);
}

void ToFloat(std::span<const Half> from, std::span<float> to) {
  assert(from.size() == to.size());
  for (std::size_t i = ToFloatWide(from.data(), to.data(), from.size()); i < from.size(); ++i) to[i] = ToFloat(from[i]);
}

}  // namespace burnish::base
