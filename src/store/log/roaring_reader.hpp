#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace burnish::store {

// The values of a Roaring bitmap in its portable format (github.com/RoaringBitmap/RoaringFormatSpec),
// ascending. Written here because the reader of CRoaring 0.2, which Debian 12 has, runs past the end
// of what it is given when the bytes are not a bitmap.
//
// Throws kInvalidArgument unless `bytes` hold exactly `count` values in containers that ascend;
// offsets, and the choice of containers, are not looked at.
std::vector<std::uint32_t> ReadRoaring(std::string_view bytes, std::uint32_t count);

}  // namespace burnish::store
