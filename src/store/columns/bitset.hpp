#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/sample.hpp"

namespace burnish::store {

// A set of ordinals below Size(), one bit each: what a filter evaluates to. 1 M samples are 125 kB.
// Bits at and above Size() are always 0.
class Bitset {
 public:
  Bitset() = default;
  explicit Bitset(std::size_t size, bool value = false);
  static Bitset Of(std::size_t size, std::span<const model::Ordinal> ordinals);  // those below `size`

  std::size_t Size() const noexcept { return size_; }
  bool Test(std::size_t i) const noexcept { return i < size_ && ((words_[i >> 6U] >> (i & 63U)) & 1U) != 0; }
  void Set(std::size_t i) noexcept { words_[i >> 6U] |= std::uint64_t{1} << (i & 63U); }
  void Reset(std::size_t i) noexcept { words_[i >> 6U] &= ~(std::uint64_t{1} << (i & 63U)); }
  void Assign(std::size_t i, bool value) noexcept { value ? Set(i) : Reset(i); }
  // New bits are 0.
  void Resize(std::size_t size);
  std::size_t Count() const noexcept;
  std::size_t CountCommon(const Bitset& other) const noexcept;
  bool Any() const noexcept;

  // A shorter operand counts as 0 beyond its end.
  Bitset& operator&=(const Bitset& other) noexcept;
  Bitset& operator|=(const Bitset& other) noexcept;
  Bitset& AndNot(const Bitset& other) noexcept;
  void Flip() noexcept;
  bool operator==(const Bitset&) const = default;

  std::span<const std::uint64_t> Words() const noexcept { return words_; }
  std::span<std::uint64_t> Words() noexcept { return words_; }
  std::vector<model::Ordinal> Ordinals() const;

  template <class Visit>
  void ForEach(Visit&& visit) const {
    for (std::size_t w = 0; w < words_.size(); ++w) {
      for (std::uint64_t word = words_[w]; word != 0; word &= word - 1) {
        visit(static_cast<model::Ordinal>((w << 6U) + static_cast<std::size_t>(std::countr_zero(word))));
      }
    }
  }

 private:
  void ClearTail() noexcept;

  std::size_t size_ = 0;
  std::vector<std::uint64_t> words_;
};

}  // namespace burnish::store
