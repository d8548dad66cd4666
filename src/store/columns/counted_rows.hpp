#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "store/columns/bitset.hpp"

namespace burnish::store {

// The samples that a facet counts. Where they are few, as ordinals too: a walk over the words of a set waits at each to
// learn whether it holds one.
class CountedRows {
 public:
  CountedRows() = default;
  explicit CountedRows(Bitset set) : set_(std::move(set)) {
    constexpr std::size_t kFew = 16;  // of which one is in the set
    if (set_.Count() < set_.Size() / kFew) few_ = set_.Ordinals();
  }

  const Bitset& Set() const noexcept { return set_; }

  // Visits those in [first, first + rows) as offsets from `first`, a multiple of 64.
  template <class Visit>
  void ForEachIn(std::size_t first, std::size_t rows, Visit&& visit) const {
    if (few_) {
      auto next = std::lower_bound(few_->begin(), few_->end(), first);
      const auto end = std::lower_bound(next, few_->end(), first + rows);
      for (; next != end; ++next) visit(*next - first);
      return;
    }
    const auto words = set_.Words();
    for (std::size_t offset = 0; offset < rows; offset += 64) {
      const std::size_t at = (first + offset) / 64;
      if (at >= words.size()) return;
      std::uint64_t word = words[at];
      const std::size_t left = rows - offset;
      if (left < 64) word &= (std::uint64_t{1} << left) - 1;
      if (word == ~std::uint64_t{0}) {
        for (std::size_t k = 0; k < 64; ++k) visit(offset + k);
        continue;
      }
      for (; word != 0; word &= word - 1) visit(offset + static_cast<std::size_t>(std::countr_zero(word)));
    }
  }

 private:
  Bitset set_;
  std::optional<std::vector<model::Ordinal>> few_;
};

}  // namespace burnish::store
