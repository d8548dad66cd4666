#include "store/columns/column_scan.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace burnish::store {

namespace {

template <class T>
void MatchPlain(std::span<const T> codes, std::span<const T> wanted, std::span<std::uint64_t> words, unsigned drop) {
  ScanValues(codes, words, [&](T code) {
    bool hit = false;
    for (const T one : wanted) hit |= static_cast<T>(code >> drop) == one;
    return hit;
  });
}

#if defined(__x86_64__)

bool HasAvx2() {
  static const bool has = __builtin_cpu_supports("avx2") != 0;
  return has;
}

__attribute__((target("avx2"))) __m256i Load(const void* from) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}

// Each handles whole words only, and says how many codes that were.
__attribute__((target("avx2"))) std::size_t MatchAvx2(std::span<const std::uint8_t> codes,
                                                      std::span<const std::uint8_t> wanted,
                                                      std::span<std::uint64_t> words) {
  std::size_t i = 0;
  for (; i + 64 <= codes.size(); i += 64) {
    __m256i low = _mm256_setzero_si256();
    __m256i high = low;
    for (const std::uint8_t one : wanted) {
      const __m256i same = _mm256_set1_epi8(static_cast<char>(one));
      low = _mm256_or_si256(low, _mm256_cmpeq_epi8(Load(&codes[i]), same));
      high = _mm256_or_si256(high, _mm256_cmpeq_epi8(Load(&codes[i + 32]), same));
    }
    words[i / 64] = static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
                    static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(high))) << 32U;
  }
  return i;
}

__attribute__((target("avx2"))) std::size_t MatchAvx2(std::span<const std::uint16_t> codes,
                                                      std::span<const std::uint16_t> wanted,
                                                      std::span<std::uint64_t> words) {
  std::size_t i = 0;
  for (; i + 64 <= codes.size(); i += 64) {
    std::uint64_t word = 0;
    for (unsigned half = 0; half < 64; half += 32) {
      __m256i low = _mm256_setzero_si256();
      __m256i high = low;
      for (const std::uint16_t one : wanted) {
        const __m256i same = _mm256_set1_epi16(static_cast<short>(one));
        low = _mm256_or_si256(low, _mm256_cmpeq_epi16(Load(&codes[i + half]), same));
        high = _mm256_or_si256(high, _mm256_cmpeq_epi16(Load(&codes[i + half + 16]), same));
      }
      // The halves of two registers come out of the packing interleaved.
      const __m256i bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(low, high), 0xD8);
      word |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(bytes))) << half;
    }
    words[i / 64] = word;
  }
  return i;
}

__attribute__((target("avx2"))) std::size_t MatchAvx2(std::span<const std::uint32_t> codes,
                                                      std::span<const std::uint32_t> wanted,
                                                      std::span<std::uint64_t> words, unsigned drop) {
  const __m128i dropped = _mm_cvtsi32_si128(static_cast<int>(drop));
  std::size_t i = 0;
  for (; i + 64 <= codes.size(); i += 64) {
    std::uint64_t word = 0;
    for (unsigned part = 0; part < 64; part += 8) {
      const __m256i values = _mm256_srl_epi32(Load(&codes[i + part]), dropped);
      __m256i hit = _mm256_setzero_si256();
      for (const std::uint32_t one : wanted)
        hit = _mm256_or_si256(hit, _mm256_cmpeq_epi32(values, _mm256_set1_epi32(static_cast<int>(one))));
      word |= static_cast<std::uint64_t>(static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(hit)))) << part;
    }
    words[i / 64] = word;
  }
  return i;
}

#endif

template <class T, class... Drop>
void Match(std::span<const T> codes, std::span<const T> wanted, std::span<std::uint64_t> words, Drop... drop) {
  std::size_t done = 0;
#if defined(__x86_64__)
  if (HasAvx2()) done = MatchAvx2(codes, wanted, words, drop...);
#endif
  MatchPlain(codes.subspan(done), wanted, words.subspan(done / 64), (drop + ... + 0U));
}

}  // namespace

void MatchCodes(std::span<const std::uint8_t> codes, std::span<const std::uint8_t> wanted,
                std::span<std::uint64_t> words) {
  Match(codes, wanted, words);
}

void MatchCodes(std::span<const std::uint16_t> codes, std::span<const std::uint16_t> wanted,
                std::span<std::uint64_t> words) {
  Match(codes, wanted, words);
}

void MatchCodes(std::span<const std::uint32_t> codes, std::span<const std::uint32_t> wanted,
                std::span<std::uint64_t> words, unsigned drop) {
  Match(codes, wanted, words, drop);
}

}  // namespace burnish::store
