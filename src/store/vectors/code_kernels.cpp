#include "store/vectors/code_kernels.hpp"

#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace burnish::store {
namespace {

using base::Half;

// Codes are asked for this long before they are compared: named slots lie anywhere.
constexpr std::size_t kAhead = 12;

void DifferencesPlain(const std::uint64_t* codes, std::size_t words, const std::uint32_t* slots, std::size_t count,
                      const std::uint64_t* planes, std::uint32_t* out) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t* code = codes + (slots == nullptr ? i : slots[i]) * words;
    std::uint32_t sum = 0;
    for (std::size_t p = 0; p < kPlanes; ++p) {
      std::uint32_t bits = 0;
      for (std::size_t w = 0; w < words; ++w) {
        bits += static_cast<std::uint32_t>(std::popcount(code[w] ^ planes[p * words + w]));
      }
      sum += bits << p;
    }
    out[i] = sum;
  }
}

Product MultiplyPlain(const Half* row, const float* query, std::size_t count) {
  Product product;
  for (std::size_t i = 0; i < count; ++i) {
    const float value = base::ToFloat(row[i]);
    product.dot += value * query[i];
    product.square += value * value;
  }
  return product;
}

void DotsPlain(const std::int8_t* first, std::size_t rows, const std::int16_t* query, std::size_t count,
               std::int32_t* out) {
  for (std::size_t r = 0; r < rows; ++r) {
    std::int32_t dot = 0;
    for (std::size_t i = 0; i < count; ++i) dot += std::int32_t{first[r * count + i]} * query[i];
    out[r] = dot;
  }
}

std::int32_t FineDotPlain(const std::uint8_t* code, const std::int8_t* query, std::size_t width) {
  std::int32_t dot = 0;
  for (std::size_t i = 0; i < width; i += 64, code += 32, query += 64) {
    for (std::size_t j = 0; j < 32; ++j) dot += (code[j] & 15) * query[j] + (code[j] >> 4) * query[32 + j];
  }
  return dot;
}

constexpr CodeKernels kPlain = {"plain", DifferencesPlain, MultiplyPlain, DotsPlain, FineDotPlain};

#if defined(__x86_64__)

__attribute__((target("popcnt"))) void DifferencesPopcount(const std::uint64_t* codes, std::size_t words,
                                                           const std::uint32_t* slots, std::size_t count,
                                                           const std::uint64_t* planes, std::uint32_t* out) {
  for (std::size_t i = 0; i < count; ++i) {
    if (slots != nullptr && i + kAhead < count) __builtin_prefetch(codes + slots[i + kAhead] * words);
    const std::uint64_t* code = codes + (slots == nullptr ? i : slots[i]) * words;
    std::uint64_t sum = 0;
    for (std::size_t p = 0; p < kPlanes; ++p) {
      std::uint64_t bits = 0;
      for (std::size_t w = 0; w < words; ++w) {
        bits += static_cast<std::uint64_t>(__builtin_popcountll(code[w] ^ planes[p * words + w]));
      }
      sum += bits << p;
    }
    out[i] = static_cast<std::uint32_t>(sum);
  }
}

__attribute__((target("avx2,fma,f16c"))) float SumOf(__m256 values) {
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(values), _mm256_extractf128_ps(values, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

__attribute__((target("avx2,fma,f16c"))) Product MultiplyAvx2(const Half* row, const float* query, std::size_t count) {
  __m256 dot[2] = {_mm256_setzero_ps(), _mm256_setzero_ps()};
  __m256 square[2] = {_mm256_setzero_ps(), _mm256_setzero_ps()};
  std::size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    for (std::size_t k = 0; k < 2; ++k) {
      const __m256 value = _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(row + i + 8 * k)));
      dot[k] = _mm256_fmadd_ps(value, _mm256_loadu_ps(query + i + 8 * k), dot[k]);
      square[k] = _mm256_fmadd_ps(value, value, square[k]);
    }
  }
  const Product rest = MultiplyPlain(row + i, query + i, count - i);
  return {SumOf(_mm256_add_ps(dot[0], dot[1])) + rest.dot, SumOf(_mm256_add_ps(square[0], square[1])) + rest.square};
}

__attribute__((target("avx2"))) std::int32_t SumOf(__m256i values) {
  __m128i four = _mm_add_epi32(_mm256_castsi256_si128(values), _mm256_extracti128_si256(values, 1));
  four = _mm_add_epi32(four, _mm_shuffle_epi32(four, _MM_SHUFFLE(1, 0, 3, 2)));
  four = _mm_add_epi32(four, _mm_shuffle_epi32(four, _MM_SHUFFLE(2, 3, 0, 1)));
  return _mm_cvtsi128_si32(four);
}

__attribute__((target("avx2"))) void DotsAvx2(const std::int8_t* first, std::size_t rows, const std::int16_t* query,
                                              std::size_t count, std::int32_t* out) {
  for (std::size_t r = 0; r < rows; ++r) {
    const std::int8_t* row = first + r * count;
    __m256i sum = _mm256_setzero_si256();
    for (std::size_t i = 0; i < count; i += 16) {
      const __m256i values = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(row + i)));
      const __m256i piece = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(query + i));
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(values, piece));
    }
    out[r] = SumOf(sum);
  }
}

// Levels of at most 15 with bytes: a pair's sum stays far below 16 bits.
__attribute__((target("avx2"))) std::int32_t FineDotAvx2(const std::uint8_t* code, const std::int8_t* query,
                                                         std::size_t width) {
  const __m256i nibble = _mm256_set1_epi8(15);
  const __m256i ones = _mm256_set1_epi16(1);
  __m256i sum = _mm256_setzero_si256();
  for (std::size_t i = 0; i < width; i += 64, code += 32, query += 64) {
    const __m256i both = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(code));
    const __m256i low = _mm256_and_si256(both, nibble);
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(both, 4), nibble);
    const __m256i pairs =
        _mm256_add_epi16(_mm256_maddubs_epi16(low, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(query))),
                         _mm256_maddubs_epi16(high, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(query + 32))));
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, ones));
  }
  return SumOf(sum);
}

constexpr CodeKernels kAvx2 = {"AVX2", DifferencesPopcount, MultiplyAvx2, DotsAvx2, FineDotAvx2};

#pragma GCC diagnostic push
// GCC's own headers name a register that they do not set (its bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#define BURNISH_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq,avx2,fma,f16c")))

BURNISH_AVX512 inline __m512i DiffersIn(__m512i code, const std::uint64_t* plane) {
  return _mm512_popcnt_epi64(_mm512_xor_si512(code, _mm512_loadu_si512(plane)));
}

// Eight words at once; the planes of up to 512 numbers stay in registers.
BURNISH_AVX512 void DifferencesOfEightWords(const std::uint64_t* codes, const std::uint32_t* slots, std::size_t count,
                                            const std::uint64_t* planes, std::uint32_t* out) {
  for (std::size_t i = 0; i < count; ++i) {
    if (slots != nullptr && i + kAhead < count) __builtin_prefetch(codes + std::size_t{slots[i + kAhead]} * 8);
    const __m512i code = _mm512_loadu_si512(codes + (slots == nullptr ? i : slots[i]) * 8);
    __m512i sum = DiffersIn(code, planes + (kPlanes - 1) * 8);
    for (std::size_t p = kPlanes - 1; p-- > 0;) {
      sum = _mm512_add_epi64(_mm512_add_epi64(sum, sum), DiffersIn(code, planes + p * 8));
    }
    out[i] = static_cast<std::uint32_t>(_mm512_reduce_add_epi64(sum));
  }
}

BURNISH_AVX512 void DifferencesAvx512(const std::uint64_t* codes, std::size_t words, const std::uint32_t* slots,
                                      std::size_t count, const std::uint64_t* planes, std::uint32_t* out) {
  if (words == 8) return DifferencesOfEightWords(codes, slots, count, planes, out);
  for (std::size_t i = 0; i < count; ++i) {
    if (slots != nullptr && i + kAhead < count) {
      const std::uint64_t* next = codes + slots[i + kAhead] * words;
      for (std::size_t w = 0; w < words; w += 8) __builtin_prefetch(next + w);
    }
    const std::uint64_t* code = codes + (slots == nullptr ? i : slots[i]) * words;
    __m512i sums[kPlanes] = {};
    for (std::size_t w = 0; w < words; w += 8) {
      const auto some = static_cast<__mmask8>(words - w >= 8 ? 0xFFU : (1U << (words - w)) - 1U);
      const __m512i part = _mm512_maskz_loadu_epi64(some, code + w);
      for (std::size_t p = 0; p < kPlanes; ++p) {
        const __m512i plane = _mm512_maskz_loadu_epi64(some, planes + p * words + w);
        sums[p] = _mm512_add_epi64(sums[p], _mm512_popcnt_epi64(_mm512_xor_si512(part, plane)));
      }
    }
    __m512i sum = sums[kPlanes - 1];
    for (std::size_t p = kPlanes - 1; p-- > 0;) sum = _mm512_add_epi64(_mm512_add_epi64(sum, sum), sums[p]);
    out[i] = static_cast<std::uint32_t>(_mm512_reduce_add_epi64(sum));
  }
}

BURNISH_AVX512 Product MultiplyAvx512(const Half* row, const float* query, std::size_t count) {
  __m512 dot[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()};
  __m512 square[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()};
  std::size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    for (std::size_t k = 0; k < 2; ++k) {
      const __m512 value = _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(row + i + 16 * k)));
      dot[k] = _mm512_fmadd_ps(value, _mm512_loadu_ps(query + i + 16 * k), dot[k]);
      square[k] = _mm512_fmadd_ps(value, value, square[k]);
    }
  }
  const Product rest = MultiplyPlain(row + i, query + i, count - i);
  return {_mm512_reduce_add_ps(_mm512_add_ps(dot[0], dot[1])) + rest.dot,
          _mm512_reduce_add_ps(_mm512_add_ps(square[0], square[1])) + rest.square};
}

BURNISH_AVX512 inline __m512i AddProducts(__m512i sum, const std::int8_t* row, __m512i piece) {
  const __m512i values = _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(row)));
  return _mm512_add_epi32(sum, _mm512_madd_epi16(values, piece));
}

// Two rows at once: each piece of the query is read once for both.
BURNISH_AVX512 void DotsAvx512(const std::int8_t* first, std::size_t rows, const std::int16_t* query, std::size_t count,
                               std::int32_t* out) {
  for (std::size_t r = 0; r < rows; r += 2) {
    const std::int8_t* one = first + r * count;
    const std::int8_t* other = r + 1 < rows ? one + count : one;
    __m512i sums[4] = {};
    for (std::size_t i = 0; i < count; i += 64) {
      const __m512i low = _mm512_loadu_si512(query + i);
      const __m512i high = _mm512_loadu_si512(query + i + 32);
      sums[0] = AddProducts(sums[0], one + i, low);
      sums[1] = AddProducts(sums[1], one + i + 32, high);
      sums[2] = AddProducts(sums[2], other + i, low);
      sums[3] = AddProducts(sums[3], other + i + 32, high);
    }
    out[r] = _mm512_reduce_add_epi32(_mm512_add_epi32(sums[0], sums[1]));
    if (r + 1 < rows) out[r + 1] = _mm512_reduce_add_epi32(_mm512_add_epi32(sums[2], sums[3]));
  }
}

BURNISH_AVX512 std::int32_t FineDotAvx512(const std::uint8_t* code, const std::int8_t* query, std::size_t width) {
  const __m512i nibble = _mm512_set1_epi8(15);
  const __m512i ones = _mm512_set1_epi16(1);
  __m512i sum = _mm512_setzero_si512();
  for (std::size_t i = 0; i < width; i += 64, code += 32, query += 64) {
    const __m256i both = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(code));
    const __m512i levels =
        _mm512_and_si512(_mm512_inserti64x4(_mm512_castsi256_si512(both), _mm256_srli_epi16(both, 4), 1), nibble);
    sum = _mm512_add_epi32(sum, _mm512_madd_epi16(_mm512_maddubs_epi16(levels, _mm512_loadu_si512(query)), ones));
  }
  return _mm512_reduce_add_epi32(sum);
}

#undef BURNISH_AVX512
#pragma GCC diagnostic pop

constexpr CodeKernels kAvx512 = {"AVX-512", DifferencesAvx512, MultiplyAvx512, DotsAvx512, FineDotAvx512};

bool HasAvx2() {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0 &&
         __builtin_cpu_supports("f16c") != 0 && __builtin_cpu_supports("popcnt") != 0;
}

bool HasAvx512() {
  return HasAvx2() && __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
         __builtin_cpu_supports("avx512vpopcntdq") != 0;
}

#endif

}  // namespace

std::vector<const CodeKernels*> SupportedCodeKernels() {
  std::vector<const CodeKernels*> supported = {&kPlain};
#if defined(__x86_64__)
  if (HasAvx2()) supported.push_back(&kAvx2);
  if (HasAvx512()) supported.push_back(&kAvx512);
#endif
  return supported;
}

const CodeKernels& ChooseCodeKernels() {
  static const CodeKernels& chosen = *SupportedCodeKernels().back();
  return chosen;
}

}  // namespace burnish::store
