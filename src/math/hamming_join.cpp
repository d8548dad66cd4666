#include "math/hamming_join.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <mutex>
#include <string>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "base/error.hpp"

namespace burnish::math {
namespace {

constexpr unsigned kWords = 4;
constexpr std::size_t kBuckets = 1U << 16U;

unsigned WordOf(std::uint64_t code, unsigned word) { return static_cast<unsigned>(code >> (16 * word)) & 0xFFFFU; }

// A pair at distance <= r has a word w at distance <= budget[w] if the budgets + 1 add up to r + 1: were every word
// further apart, the sum would pass r. For r = 8 that is 2, 1, 1, 1: fewer neighbours to visit than r / 4 = 2 in
// each. Below r = 3 some words have no budget at all (-1).
std::array<int, kWords> BudgetsFor(unsigned radius) {
  std::array<int, kWords> budgets{};
  budgets.fill(-1);
  for (unsigned i = 0; i <= radius; ++i) ++budgets[i % kWords];
  return budgets;
}

// Writes the positions in [0, count) of codes within `radius` of `code`, ascending, and returns how many.
using Scan = std::size_t (*)(std::uint64_t code, const std::uint64_t* codes, std::size_t count, unsigned radius,
                             std::uint32_t* hits);

std::size_t ScanFrom(std::size_t from, std::size_t found, std::uint64_t code, const std::uint64_t* codes,
                     std::size_t count, unsigned radius, std::uint32_t* hits) {
  for (std::size_t i = from; i < count; ++i) {
    hits[found] = static_cast<std::uint32_t>(i);
    found += static_cast<unsigned>(std::popcount(code ^ codes[i])) <= radius ? 1 : 0;
  }
  return found;
}

std::size_t ScanPlain(std::uint64_t code, const std::uint64_t* codes, std::size_t count, unsigned radius,
                      std::uint32_t* hits) {
  return ScanFrom(0, 0, code, codes, count, radius, hits);
}

#if defined(__x86_64__)
std::size_t AddHits(unsigned mask, std::size_t at, std::size_t found, std::uint32_t* hits) {
  for (; mask != 0; mask &= mask - 1) hits[found++] = static_cast<std::uint32_t>(at) + std::countr_zero(mask);
  return found;
}

// Population count by nibbles: W. Mula, N. Kurz, D. Lemire, "Faster population counts using AVX2 instructions".
__attribute__((target("avx2"))) std::size_t ScanAvx2(std::uint64_t code, const std::uint64_t* codes, std::size_t count,
                                                     unsigned radius, std::uint32_t* hits) {
  const auto table =
      _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const auto low = _mm256_set1_epi8(15);
  const auto own = _mm256_set1_epi64x(static_cast<long long>(code));
  const auto limit = _mm256_set1_epi64x(static_cast<long long>(radius) + 1);
  std::size_t found = 0;
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    const auto bits = _mm256_xor_si256(own, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(codes + i)));
    const auto bytes = _mm256_add_epi8(_mm256_shuffle_epi8(table, _mm256_and_si256(bits, low)),
                                       _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(bits, 4), low)));
    const auto near = _mm256_cmpgt_epi64(limit, _mm256_sad_epu8(bytes, _mm256_setzero_si256()));
    found = AddHits(static_cast<unsigned>(_mm256_movemask_pd(_mm256_castsi256_pd(near))), i, found, hits);
  }
  return ScanFrom(i, found, code, codes, count, radius, hits);
}

__attribute__((target("avx512f,avx512vpopcntdq"))) std::size_t ScanAvx512(std::uint64_t code,
                                                                          const std::uint64_t* codes, std::size_t count,
                                                                          unsigned radius, std::uint32_t* hits) {
  const auto own = _mm512_set1_epi64(static_cast<long long>(code));
  const auto limit = _mm512_set1_epi64(static_cast<long long>(radius));
  std::size_t found = 0;
  for (std::size_t i = 0; i < count; i += 8) {
    const auto left = std::min<std::size_t>(8, count - i);
    const auto lanes = static_cast<__mmask8>((1U << left) - 1U);
    const auto others = _mm512_maskz_loadu_epi64(lanes, codes + i);
    const auto distance = _mm512_popcnt_epi64(_mm512_xor_si512(own, others));
    found = AddHits(_mm512_mask_cmple_epu64_mask(lanes, distance, limit), i, found, hits);
  }
  return found;
}
#endif

Scan ScanFor(CpuPath path) {
#if defined(__x86_64__)
  if (path == CpuPath::kAvx512 && __builtin_cpu_supports("avx512vpopcntdq") != 0) return ScanAvx512;
  if (path != CpuPath::kPlain) return ScanAvx2;
#endif
  return ScanPlain;
}

// The codes in order of one of their words; starts[b] to starts[b + 1] are those whose word is b.
struct Buckets {
  std::vector<std::uint32_t> starts;
  std::vector<std::uint64_t> codes;
  std::vector<std::uint32_t> positions;
};

Buckets BucketsOf(const std::vector<std::uint64_t>& codes, unsigned word) {
  Buckets buckets{std::vector<std::uint32_t>(kBuckets + 1), std::vector<std::uint64_t>(codes.size()),
                  std::vector<std::uint32_t>(codes.size())};
  for (const auto code : codes) ++buckets.starts[WordOf(code, word) + 1];
  for (std::size_t b = 0; b < kBuckets; ++b) buckets.starts[b + 1] += buckets.starts[b];
  auto next = buckets.starts;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const auto to = next[WordOf(codes[i], word)]++;
    buckets.codes[to] = codes[i];
    buckets.positions[to] = static_cast<std::uint32_t>(i);
  }
  return buckets;
}

std::vector<unsigned> MasksWithin(int budget) {
  std::vector<unsigned> masks;
  for (unsigned mask = 0; mask < kBuckets; ++mask) {
    if (std::popcount(mask) <= budget) masks.push_back(mask);
  }
  return masks;
}

class Joiner {
 public:
  Joiner(HammingJoin& join, unsigned radius, std::size_t max_pairs, Scan scan)
      : join_(join), radius_(radius), max_pairs_(max_pairs), scan_(scan), budgets_(BudgetsFor(radius)) {}

  void Run(const RunControl& control) {
    for (unsigned word = 0; word < kWords && budgets_[word] >= 0; ++word) {
      const auto buckets = BucketsOf(join_.codes, word);
      const auto masks = MasksWithin(budgets_[word]);
      const auto part = control.Part(word / double{kWords}, (word + 1) / double{kWords});
      // Over codes, not buckets: one bucket may hold nearly all of them.
      ParallelFor(join_.codes.size(), 1024, part,
                  [&](std::size_t begin, std::size_t end) { Keep(Find(buckets, masks, word, begin, end)); });
    }
    std::sort(join_.pairs.begin(), join_.pairs.end());
  }

 private:
  std::vector<ClosePair> Find(const Buckets& buckets, const std::vector<unsigned>& masks, unsigned word,
                              std::size_t begin, std::size_t end) const {
    std::vector<ClosePair> found;
    std::vector<std::uint32_t> hits;
    for (std::size_t i = begin; i < end; ++i) {
      const auto code = buckets.codes[i];
      const auto own = WordOf(code, word);
      for (const auto mask : masks) {
        const auto other = own ^ mask;
        if (other < own) continue;  // seen from the other side
        const std::size_t from = mask == 0 ? i + 1 : buckets.starts[other];
        const std::size_t count = buckets.starts[other + 1] - from;
        if (hits.size() < count + 1) hits.resize(count + 1);
        const auto near = scan_(code, buckets.codes.data() + from, count, radius_, hits.data());
        for (std::size_t h = 0; h < near; ++h) Add(buckets, word, i, from + hits[h], found);
      }
      if (found.size() > max_pairs_) ThrowTooMany();
    }
    return found;
  }

  // A pair that an earlier word finds as well is that word's.
  void Add(const Buckets& buckets, unsigned word, std::size_t a, std::size_t b, std::vector<ClosePair>& found) const {
    const auto bits = buckets.codes[a] ^ buckets.codes[b];
    for (unsigned earlier = 0; earlier < word; ++earlier) {
      if (std::popcount(WordOf(bits, earlier)) <= budgets_[earlier]) return;
    }
    const auto [first, second] = std::minmax(buckets.positions[a], buckets.positions[b]);
    found.push_back({first, second, static_cast<std::uint32_t>(std::popcount(bits))});
  }

  void Keep(const std::vector<ClosePair>& found) {
    const std::lock_guard lock(mutex_);
    if (join_.pairs.size() + found.size() > max_pairs_) ThrowTooMany();
    join_.pairs.insert(join_.pairs.end(), found.begin(), found.end());
  }

  [[noreturn]] void ThrowTooMany() const {
    throw base::Error(base::ErrorCode::kTooLarge,
                      "More than " + std::to_string(max_pairs_) + " pairs of hashes lie within the radius.");
  }

  HammingJoin& join_;
  const unsigned radius_;
  const std::size_t max_pairs_;
  const Scan scan_;
  const std::array<int, kWords> budgets_;
  std::mutex mutex_;  // guards join_.pairs
};

}  // namespace

HammingJoin JoinWithin(std::span<const std::uint64_t> hashes, unsigned radius, std::size_t max_pairs,
                       const RunControl& control) {
  return JoinWithin(hashes, radius, max_pairs, control, SupportedPaths().back());
}

HammingJoin JoinWithin(std::span<const std::uint64_t> hashes, unsigned radius, std::size_t max_pairs,
                       const RunControl& control, CpuPath path) {
  if (radius > kMaxHammingRadius) {
    throw base::Error(base::ErrorCode::kInvalidArgument,
                      "The radius of a hash join must be at most " + std::to_string(kMaxHammingRadius) + ".");
  }
  HammingJoin join;
  join.codes.assign(hashes.begin(), hashes.end());
  std::sort(join.codes.begin(), join.codes.end());
  join.codes.erase(std::unique(join.codes.begin(), join.codes.end()), join.codes.end());
  join.code_of.reserve(hashes.size());
  for (const auto hash : hashes) {
    const auto at = std::lower_bound(join.codes.begin(), join.codes.end(), hash);
    join.code_of.push_back(static_cast<std::uint32_t>(at - join.codes.begin()));
  }
  Joiner(join, radius, max_pairs, ScanFor(path)).Run(control);
  return join;
}

}  // namespace burnish::math
