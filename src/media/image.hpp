#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace burnish::media {

// Pixels in memory: rows from the top, no padding, interleaved, 8 bits a channel, sRGB as the file gives it.
struct Image {
  int width = 0;
  int height = 0;
  int channels = 3;  // 1 grey, 3 RGB, 4 RGBA
  std::vector<std::uint8_t> pixels;

  std::size_t RowBytes() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(channels); }
  const std::uint8_t* Row(int y) const { return pixels.data() + static_cast<std::size_t>(y) * RowBytes(); }
  std::uint8_t* Row(int y) { return pixels.data() + static_cast<std::size_t>(y) * RowBytes(); }
};

}  // namespace burnish::media
