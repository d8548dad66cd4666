#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "media/decoder.hpp"

namespace burnish::media {

// Bytes that are read by position. `read` fills the front of its span and returns how many bytes it gave: fewer than
// asked only at the end.
struct ByteSource {
  std::uint64_t size = 0;
  std::function<std::size_t(std::uint64_t offset, std::span<std::byte> into)> read;
};
ByteSource SourceOf(std::span<const std::byte> bytes);

struct Header {
  DecodeCode code = DecodeCode::kOk;
  ContentType type = ContentType::kUnknown;
  int width =
      0;  // as stored: before `orientation` is applied; 0 if this reader leaves them to libvips (TIFF, AVIF, HEIC)
  int height = 0;
  int orientation = 1;  // EXIF 1..8
};

// Reads content type, size and orientation from the first bytes, with a handful of small reads and no library.
// Runs in the decoder child like everything that looks at foreign bytes.
Header ReadHeader(const ByteSource& source);

// Whether the file's own structure says that bytes are missing at its end (PNG, GIF, WebP, TIFF, AVIF, HEIC); false
// where the structure cannot tell.
bool EndsEarly(ContentType type, std::span<const std::byte> bytes);

}  // namespace burnish::media
