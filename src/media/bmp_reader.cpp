// BMP (BITMAPINFOHEADER and later): file header 14 bytes, info header, palette of BGRX, rows padded to 4 bytes, from
// the bottom unless the height is negative, pixels BGR.
#include <algorithm>
#include <array>
#include <cstdint>

#include "media/pixel_reader.hpp"

namespace burnish::media {
namespace {

constexpr std::uint32_t kBitFields = 3;
constexpr int kMaxSide = 1 << 20;

struct Layout {
  std::uint32_t pixels = 0;   // offset
  std::uint32_t palette = 0;  // offset
  int width = 0;
  int height = 0;
  bool from_top = false;
  std::uint32_t bits = 0;
  std::uint32_t compression = 0;
};

std::uint32_t Little(std::span<const std::byte> bytes, std::size_t offset, int count) {
  std::uint32_t value = 0;
  for (int i = count - 1; i >= 0; --i)
    value = (value << 8U) | static_cast<std::uint32_t>(bytes[offset + static_cast<std::size_t>(i)]);
  return value;
}

Layout ReadLayout(std::span<const std::byte> bytes) {
  Layout layout;
  layout.pixels = Little(bytes, 10, 4);
  layout.palette = 14 + Little(bytes, 14, 4);
  layout.width = static_cast<int>(Little(bytes, 18, 4));
  const auto height = static_cast<std::int64_t>(static_cast<std::int32_t>(Little(bytes, 22, 4)));
  layout.from_top = height < 0;
  layout.height = static_cast<int>(std::min<std::int64_t>(height < 0 ? -height : height, kMaxSide + 1));
  layout.bits = Little(bytes, 28, 2);
  layout.compression = Little(bytes, 30, 4);
  if (layout.compression == kBitFields && layout.bits == 32 && bytes.size() >= 66) {
    // The usual masks, blue first, are the plain layout by another name.
    const bool usual =
        Little(bytes, 54, 4) == 0xFF0000 && Little(bytes, 58, 4) == 0xFF00 && Little(bytes, 62, 4) == 0xFF;
    if (usual) layout.compression = 0;
  }
  return layout;
}

std::array<std::uint8_t, 3> Colour(std::span<const std::byte> bytes, std::size_t offset) {
  return {static_cast<std::uint8_t>(bytes[offset + 2]), static_cast<std::uint8_t>(bytes[offset + 1]),
          static_cast<std::uint8_t>(bytes[offset])};
}

}  // namespace

Pixels ReadBmp(std::span<const std::byte> bytes) {
  Pixels result;
  result.code = DecodeCode::kTruncated;
  if (bytes.size() < 54) return result;
  result.code = DecodeCode::kUnsupportedFormat;
  const Layout layout = ReadLayout(bytes);
  if (layout.palette < 14 + 40 || layout.compression != 0) return result;
  if (layout.bits != 8 && layout.bits != 24 && layout.bits != 32) return result;
  result.code = DecodeCode::kDamaged;
  if (layout.width <= 0 || layout.height <= 0) return result;
  result.code = DecodeCode::kTooLarge;
  if (layout.width > kMaxSide || layout.height > kMaxSide) return result;
  const std::uint64_t row_bytes = (static_cast<std::uint64_t>(layout.width) * layout.bits + 31) / 32 * 4;
  const std::uint64_t palette_bytes = layout.bits == 8 ? 4ULL * 256 : 0;
  result.code = DecodeCode::kTruncated;
  if (layout.pixels + row_bytes * static_cast<std::uint64_t>(layout.height) > bytes.size()) return result;
  result.code = DecodeCode::kDamaged;
  if (layout.palette + palette_bytes > bytes.size()) return result;

  result.code = DecodeCode::kOk;
  result.image = {layout.width, layout.height, 3, {}};
  result.image.pixels.resize(result.image.RowBytes() * static_cast<std::size_t>(layout.height));
  std::uint8_t* out = result.image.pixels.data();
  for (int y = 0; y < layout.height; ++y) {
    const auto row = static_cast<std::uint64_t>(layout.from_top ? y : layout.height - 1 - y);
    const std::size_t start = layout.pixels + row * row_bytes;
    for (int x = 0; x < layout.width; ++x) {
      const std::size_t at = start + static_cast<std::size_t>(x) * (layout.bits / 8);
      const auto colour = layout.bits == 8 ? Colour(bytes, layout.palette + 4 * static_cast<std::size_t>(bytes[at]))
                                           : Colour(bytes, at);
      for (const auto channel : colour) *out++ = channel;
    }
  }
  return result;
}

}  // namespace burnish::media
