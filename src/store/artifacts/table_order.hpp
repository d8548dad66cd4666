#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "base/hash.hpp"

namespace burnish::store {

// Calls visit(i) for each of the keys, in about the order in which a flat table of them has its places: many look-ups
// then walk over the table once, while in any other order each waits for a page of its own.
template <class Visit>
void VisitInTableOrder(std::span<const base::ContentHash> keys, Visit&& visit) {
  constexpr unsigned kBits = 12;
  const auto part_of = [](const base::ContentHash& key) {
    return std::hash<base::ContentHash>{}(key) >> (8 * sizeof(std::size_t) - kBits);
  };
  std::array<std::uint32_t, (1U << kBits) + 1> begins{};
  for (const base::ContentHash& key : keys) ++begins[part_of(key) + 1];
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  std::vector<std::uint32_t> order(keys.size());
  for (std::uint32_t i = 0; i < keys.size(); ++i) order[begins[part_of(keys[i])]++] = i;
  for (const std::uint32_t i : order) visit(i);
}

}  // namespace burnish::store
