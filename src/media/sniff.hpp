#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace burnish::media {

// What bytes are, by their own beginning; names and declared types are never asked.
// Values are stored (artifacts) and travel to the decoder: append only.
enum class ContentType : std::uint8_t {
  kUnknown = 0,
  kEmpty,
  kJpeg,
  kPng,
  kGif,
  kWebp,
  kTiff,
  kBmp,
  kAvif,
  kHeic,
  kSvg,
  kJpegXl,
  kJpeg2000,
  kIcon,
  kPhotoshop,
  kNetpbm,
  kOpenExr,
  kPdf,
  kHtml,
  kXml,
  kZip,
  kGzip,
  kTar,
  kSevenZip,
  kParquet,
  kSqlite,
  kMpeg4,
  kMatroska,
  kWave,
  kOgg,
  kFlac,
  kMp3,
  kElf,
  kText,
  kDicom,
};

// How many bytes from the start Sniff can make use of.
inline constexpr std::size_t kSniffBytes = 4096;

ContentType Sniff(std::span<const std::byte> start);

// An image that the decoder reads.
bool IsSupportedImage(ContentType type);
// Some kind of picture, supported or not.
bool IsImage(ContentType type);
// "image/jpeg"; "application/octet-stream" for what must never be shown by a browser.
std::string_view MediaType(ContentType type);
// With its article, for sentences: "a JPEG image", "an HTML page", "of an unknown kind".
std::string_view Describe(ContentType type);
// The usual file extension without dot: "jpg"; empty for kUnknown and kEmpty.
std::string_view Extension(ContentType type);

}  // namespace burnish::media
