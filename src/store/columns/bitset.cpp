#include "store/columns/bitset.hpp"

#include <algorithm>

namespace burnish::store {

namespace {

using Words = std::span<const std::uint64_t>;

std::size_t WordCount(std::size_t bits) { return (bits + 63) / 64; }

// Of both; `b` may be the same as `a`.
std::size_t CountCommonPlain(Words a, Words b) {
  const std::size_t shared = std::min(a.size(), b.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < shared; ++i) count += static_cast<std::size_t>(std::popcount(a[i] & b[i]));
  return count;
}

#if defined(__x86_64__)
__attribute__((target("popcnt"))) std::size_t CountCommonPopcount(Words a, Words b) {
  const std::size_t shared = std::min(a.size(), b.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < shared; ++i) count += static_cast<std::size_t>(__builtin_popcountll(a[i] & b[i]));
  return count;
}
#endif

// The processors of the last fifteen years have the instruction, but the compiler may not take it for granted.
std::size_t CountCommonWords(Words a, Words b) {
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("popcnt") != 0;
  if (has_instruction) return CountCommonPopcount(a, b);
#endif
  return CountCommonPlain(a, b);
}

}  // namespace

Bitset::Bitset(std::size_t size, bool value) : size_(size), words_(WordCount(size), value ? ~std::uint64_t{0} : 0) {
  ClearTail();
}

Bitset Bitset::Of(std::size_t size, std::span<const model::Ordinal> ordinals) {
  Bitset set(size);
  for (const model::Ordinal ordinal : ordinals) {
    if (ordinal < size) set.Set(ordinal);
  }
  return set;
}

void Bitset::Resize(std::size_t size) {
  size_ = size;
  words_.resize(WordCount(size), 0);
  ClearTail();
}

std::size_t Bitset::Count() const noexcept { return CountCommonWords(words_, words_); }

std::size_t Bitset::CountCommon(const Bitset& other) const noexcept { return CountCommonWords(words_, other.words_); }

bool Bitset::Any() const noexcept {
  return std::any_of(words_.begin(), words_.end(), [](std::uint64_t word) { return word != 0; });
}

Bitset& Bitset::operator&=(const Bitset& other) noexcept {
  const std::size_t shared = std::min(words_.size(), other.words_.size());
  for (std::size_t i = 0; i < shared; ++i) words_[i] &= other.words_[i];
  std::fill(words_.begin() + static_cast<std::ptrdiff_t>(shared), words_.end(), 0);
  return *this;
}

Bitset& Bitset::operator|=(const Bitset& other) noexcept {
  const std::size_t shared = std::min(words_.size(), other.words_.size());
  for (std::size_t i = 0; i < shared; ++i) words_[i] |= other.words_[i];
  ClearTail();
  return *this;
}

Bitset& Bitset::AndNot(const Bitset& other) noexcept {
  const std::size_t shared = std::min(words_.size(), other.words_.size());
  for (std::size_t i = 0; i < shared; ++i) words_[i] &= ~other.words_[i];
  return *this;
}

void Bitset::Flip() noexcept {
  for (std::uint64_t& word : words_) word = ~word;
  ClearTail();
}

std::vector<model::Ordinal> Bitset::Ordinals() const {
  std::vector<model::Ordinal> ordinals;
  ordinals.reserve(Count());
  ForEach([&](model::Ordinal ordinal) { ordinals.push_back(ordinal); });
  return ordinals;
}

void Bitset::ClearTail() noexcept {
  if (size_ % 64 != 0) words_.back() &= (std::uint64_t{1} << (size_ % 64)) - 1;
}

}  // namespace burnish::store
