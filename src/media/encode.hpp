#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "media/image.hpp"

namespace burnish::media {

// PNG of a raw array (rows from the top, interleaved, 8 bits; 1, 3 or 4 channels), for formats that carry bare pixels
// (IDX, Parquet). The same input gives the same bytes, so content hashes hold across imports.
// Throws kInvalidArgument if `pixels` has not exactly width * height * channels bytes.
std::vector<std::byte> EncodeRaw(int width, int height, int channels, std::span<const std::uint8_t> pixels);

std::vector<std::byte> EncodePng(const Image& image);
// Grey or RGB only.
std::vector<std::byte> EncodeJpeg(const Image& image, int quality);

}  // namespace burnish::media
