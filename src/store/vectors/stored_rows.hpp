#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/half.hpp"
#include "store/artifacts/fixed_pack.hpp"

namespace burnish::store {

// Where rows of f16 lie in memory: row r starts r * stride bytes behind the first.
struct StoredRows {
  const std::byte* first = nullptr;
  std::size_t stride = 0;
  std::uint32_t dimensions = 0;
  static StoredRows Of(const FixedPack& pack);
  std::span<const base::Half> Row(std::uint32_t row) const {
    return {reinterpret_cast<const base::Half*>(first + std::size_t{row} * stride), dimensions};
  }
};

// Cosine of a row with a query of length one; 0 for a row without a direction (zeros, or not finite).
float CosineOf(std::span<const base::Half> row, std::span<const float> unit);

}  // namespace burnish::store
