#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "media/image.hpp"
#include "media/sniff.hpp"

namespace burnish::media {

using Bytes = std::vector<std::byte>;

Bytes ToBytes(std::string_view text);
Bytes Cut(Bytes bytes, double share);  // the front of it
Bytes Join(const Bytes& first, const Bytes& second);

// A smooth coloured picture: red grows to the right, green downwards, blue is constant.
Image Gradient(int width, int height);
Image Filled(int width, int height, std::vector<std::uint8_t> colour);
// Coloured noise, always the same.
Image Noise(int width, int height);

// The gradient's file in any format that libvips writes: "webp", "tif[compression=none]", "avif", "heic", "gif", ...
Bytes Save(const Image& image, const std::string& suffix);
// A JPEG with this EXIF orientation (1..8) whose stored pixels are `image`.
Bytes JpegWithOrientation(const Image& image, int orientation);
// A PNG that declares this size and holds no pixels.
Bytes PngOfSize(std::uint32_t width, std::uint32_t height);
// 24 bits, from the bottom.
Bytes Bmp(const Image& image);

}  // namespace burnish::media
