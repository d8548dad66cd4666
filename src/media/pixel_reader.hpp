#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "media/decoder.hpp"
#include "media/image.hpp"

namespace burnish::media {

// The pixels of a foreign file, grey or RGB, flattened on white, not turned upright. They may have been scaled down on
// the way, but no side below `scale` of its size.
struct Pixels {
  DecodeCode code = DecodeCode::kOk;
  Image image;
};

// JPEG through libjpeg-turbo, which scales while it decodes. Nothing if the file is of a kind (CMYK) for ReadWithVips.
std::optional<Pixels> ReadJpeg(std::span<const std::byte> bytes, double scale);

// Uncompressed BMP of 8, 24 or 32 bits; libvips leaves BMP to ImageMagick, which is blocked.
Pixels ReadBmp(std::span<const std::byte> bytes);

// All others. StartVips comes first, once in the process.
void StartVips();
Pixels ReadWithVips(ContentType type, std::span<const std::byte> bytes, double scale);

// Width, height (as stored) and orientation of what ReadHeader leaves to libvips.
struct VipsHeader {
  DecodeCode code = DecodeCode::kOk;
  int width = 0;
  int height = 0;
  int orientation = 1;
};
VipsHeader ReadVipsHeader(ContentType type, std::span<const std::byte> bytes);

}  // namespace burnish::media
