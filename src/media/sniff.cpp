#include "media/sniff.hpp"

#include <algorithm>
#include <array>

namespace burnish::media {
namespace {

using namespace std::string_view_literals;

struct Magic {
  ContentType type;
  std::size_t offset;
  std::string_view bytes;
};

// In order: the first that fits wins.
constexpr std::array kMagics = {
    Magic{ContentType::kJpeg, 0, "\xFF\xD8\xFF"sv},
    Magic{ContentType::kPng, 0, "\x89PNG\r\n\x1A\n"sv},
    Magic{ContentType::kGif, 0, "GIF87a"sv},
    Magic{ContentType::kGif, 0, "GIF89a"sv},
    Magic{ContentType::kTiff, 0, "II*\0"sv},
    Magic{ContentType::kTiff, 0, "MM\0*"sv},
    Magic{ContentType::kTiff, 0, "II+\0"sv},  // BigTIFF
    Magic{ContentType::kTiff, 0, "MM\0+"sv},
    Magic{ContentType::kJpegXl, 0, "\xFF\x0A"sv},
    Magic{ContentType::kJpegXl, 0, "\0\0\0\x0CJXL \r\n\x87\n"sv},
    Magic{ContentType::kJpeg2000, 0, "\0\0\0\x0CjP  \r\n\x87\n"sv},
    Magic{ContentType::kJpeg2000, 0, "\xFF\x4F\xFF\x51"sv},
    Magic{ContentType::kIcon, 0, "\0\0\x01\0"sv},
    Magic{ContentType::kPhotoshop, 0, "8BPS"sv},
    Magic{ContentType::kOpenExr, 0, "\x76\x2F\x31\x01"sv},
    Magic{ContentType::kPdf, 0, "%PDF-"sv},
    Magic{ContentType::kZip, 0, "PK\x03\x04"sv},
    Magic{ContentType::kZip, 0, "PK\x05\x06"sv},
    Magic{ContentType::kGzip, 0, "\x1F\x8B\x08"sv},
    Magic{ContentType::kSevenZip, 0, "7z\xBC\xAF\x27\x1C"sv},
    Magic{ContentType::kParquet, 0, "PAR1"sv},
    Magic{ContentType::kSqlite, 0, "SQLite format 3\0"sv},
    Magic{ContentType::kMatroska, 0, "\x1A\x45\xDF\xA3"sv},
    Magic{ContentType::kOgg, 0, "OggS"sv},
    Magic{ContentType::kFlac, 0, "fLaC"sv},
    Magic{ContentType::kMp3, 0, "ID3"sv},
    Magic{ContentType::kElf, 0,
          "\x7F"
          "ELF"sv},
    Magic{ContentType::kTar, 257, "ustar"sv},
    Magic{ContentType::kDicom, 128, "DICM"sv},
};

struct Description {
  ContentType type;
  std::string_view media_type;
  std::string_view words;
  std::string_view extension;
};

constexpr std::string_view kOpaque = "application/octet-stream";

constexpr std::array kDescriptions = {
    Description{ContentType::kUnknown, kOpaque, "of an unknown kind", ""},
    Description{ContentType::kEmpty, kOpaque, "empty", ""},
    Description{ContentType::kJpeg, "image/jpeg", "a JPEG image", "jpg"},
    Description{ContentType::kPng, "image/png", "a PNG image", "png"},
    Description{ContentType::kGif, "image/gif", "a GIF image", "gif"},
    Description{ContentType::kWebp, "image/webp", "a WebP image", "webp"},
    Description{ContentType::kTiff, "image/tiff", "a TIFF image", "tif"},
    Description{ContentType::kBmp, "image/bmp", "a BMP image", "bmp"},
    Description{ContentType::kAvif, "image/avif", "an AVIF image", "avif"},
    Description{ContentType::kHeic, "image/heic", "an HEIC image", "heic"},
    Description{ContentType::kSvg, kOpaque, "an SVG drawing", "svg"},
    Description{ContentType::kJpegXl, kOpaque, "a JPEG XL image", "jxl"},
    Description{ContentType::kJpeg2000, kOpaque, "a JPEG 2000 image", "jp2"},
    Description{ContentType::kIcon, kOpaque, "a Windows icon", "ico"},
    Description{ContentType::kPhotoshop, kOpaque, "a Photoshop document", "psd"},
    Description{ContentType::kNetpbm, kOpaque, "a Netpbm image", "ppm"},
    Description{ContentType::kOpenExr, kOpaque, "an OpenEXR image", "exr"},
    Description{ContentType::kPdf, kOpaque, "a PDF document", "pdf"},
    Description{ContentType::kHtml, kOpaque, "an HTML page", "html"},
    Description{ContentType::kXml, kOpaque, "an XML document", "xml"},
    Description{ContentType::kZip, kOpaque, "a zip archive", "zip"},
    Description{ContentType::kGzip, kOpaque, "a gzip archive", "gz"},
    Description{ContentType::kTar, kOpaque, "a tar archive", "tar"},
    Description{ContentType::kSevenZip, kOpaque, "a 7z archive", "7z"},
    Description{ContentType::kParquet, kOpaque, "a Parquet table", "parquet"},
    Description{ContentType::kSqlite, kOpaque, "an SQLite database", "sqlite"},
    Description{ContentType::kMpeg4, kOpaque, "an MP4 video", "mp4"},
    Description{ContentType::kMatroska, kOpaque, "a Matroska video", "mkv"},
    Description{ContentType::kWave, kOpaque, "a WAV recording", "wav"},
    Description{ContentType::kOgg, kOpaque, "an Ogg recording", "ogg"},
    Description{ContentType::kFlac, kOpaque, "a FLAC recording", "flac"},
    Description{ContentType::kMp3, kOpaque, "an MP3 recording", "mp3"},
    Description{ContentType::kElf, kOpaque, "a program", "elf"},
    Description{ContentType::kText, kOpaque, "plain text", "txt"},
    Description{ContentType::kDicom, kOpaque, "a DICOM image", "dcm"},
};

constexpr bool InOrder() {
  for (std::size_t i = 0; i < kDescriptions.size(); ++i) {
    if (static_cast<std::size_t>(kDescriptions[i].type) != i) return false;
  }
  return true;
}
static_assert(InOrder(), "kDescriptions is indexed by ContentType");

const Description& Of(ContentType type) {
  const auto index = static_cast<std::size_t>(type);
  return kDescriptions[index < kDescriptions.size() ? index : 0];
}

bool Has(std::string_view text, std::size_t offset, std::string_view part) {
  return text.size() >= offset + part.size() && text.substr(offset, part.size()) == part;
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool Contains(std::string_view text, std::string_view lower_case_part) {
  return std::search(text.begin(), text.end(), lower_case_part.begin(), lower_case_part.end(),
                     [](char a, char b) { return Lower(a) == b; }) != text.end();
}

bool StartsWith(std::string_view text, std::string_view lower_case_part) {
  return text.size() >= lower_case_part.size() && Contains(text.substr(0, lower_case_part.size()), lower_case_part);
}

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

// ISO base media files (ISO 14496-12): a box "ftyp" with the brands that readers may take the file for.
ContentType SniffBrands(std::string_view text) {
  const auto length =
      static_cast<std::size_t>(static_cast<unsigned char>(text[2])) * 256 + static_cast<unsigned char>(text[3]);
  const auto end = std::min(text.size(), length);
  for (std::size_t at = 8; at + 4 <= end; at += 4) {
    if (at == 12) continue;  // the minor version
    const auto brand = text.substr(at, 4);
    if (brand == "avif" || brand == "avis") return ContentType::kAvif;
    if (brand == "heic" || brand == "heix" || brand == "heim" || brand == "heis" || brand == "hevc")
      return ContentType::kHeic;
  }
  return ContentType::kMpeg4;
}

// BMP's magic is two letters that text can begin with: its header must make sense too.
bool IsBmp(std::string_view text) {
  if (!Has(text, 0, "BM") || text.size() < 18) return false;
  const auto header = static_cast<unsigned char>(text[14]);
  return Has(text, 6, "\0\0\0\0"sv) && (header == 12 || (header >= 40 && header <= 124)) && Has(text, 15, "\0\0\0"sv);
}

bool IsNetpbm(std::string_view text) {
  return text.size() > 3 && text[0] == 'P' && text[1] >= '1' && text[1] <= '7' && IsSpace(text[2]);
}

// UTF-8 without control characters; it may be cut off within a character.
bool IsPlainText(std::string_view text) {
  int continuation = 0;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (continuation > 0) {
      if ((code & 0xC0U) != 0x80) return false;
      --continuation;
    } else if (code >= 0x80) {
      if (code < 0xC2 || code > 0xF4) return false;
      continuation = code >= 0xF0 ? 3 : code >= 0xE0 ? 2 : 1;
    } else if ((code < 0x20 && !IsSpace(c)) || code == 0x7F) {
      return false;
    }
  }
  return !text.empty();
}

ContentType SniffText(std::string_view text) {
  if (Has(text, 0, "\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  if (StartsWith(text, "<?xml") || StartsWith(text, "<svg") || StartsWith(text, "<!doctype svg") ||
      StartsWith(text, "<!--")) {
    if (Contains(text, "<svg")) return ContentType::kSvg;
    return Contains(text, "<html") ? ContentType::kHtml : ContentType::kXml;
  }
  for (const auto tag : {"<!doctype html"sv, "<html"sv, "<head"sv, "<body"sv, "<script"sv, "<iframe"sv}) {
    if (StartsWith(text, tag)) return ContentType::kHtml;
  }
  return IsPlainText(text) ? ContentType::kText : ContentType::kUnknown;
}

}  // namespace

ContentType Sniff(std::span<const std::byte> start) {
  if (start.empty()) return ContentType::kEmpty;
  const std::string_view text(reinterpret_cast<const char*>(start.data()), std::min(start.size(), kSniffBytes));
  if (Has(text, 0, "RIFF") && Has(text, 8, "WEBP")) return ContentType::kWebp;
  if (Has(text, 0, "RIFF") && Has(text, 8, "WAVE")) return ContentType::kWave;
  if (text.size() >= 12 && Has(text, 0, "\0\0"sv) && Has(text, 4, "ftyp")) return SniffBrands(text);
  const auto magic = std::find_if(kMagics.begin(), kMagics.end(),
                                  [&](const Magic& each) { return Has(text, each.offset, each.bytes); });
  if (magic != kMagics.end()) return magic->type;
  if (IsBmp(text)) return ContentType::kBmp;
  if (IsNetpbm(text)) return ContentType::kNetpbm;
  return SniffText(text);
}

bool IsSupportedImage(ContentType type) {
  switch (type) {
    case ContentType::kJpeg:
    case ContentType::kPng:
    case ContentType::kGif:
    case ContentType::kWebp:
    case ContentType::kTiff:
    case ContentType::kBmp:
    case ContentType::kAvif:
    case ContentType::kHeic:
      return true;
    default:
      return false;
  }
}

bool IsImage(ContentType type) {
  switch (type) {
    case ContentType::kSvg:
    case ContentType::kJpegXl:
    case ContentType::kJpeg2000:
    case ContentType::kIcon:
    case ContentType::kPhotoshop:
    case ContentType::kNetpbm:
    case ContentType::kOpenExr:
    case ContentType::kDicom:
      return true;
    default:
      return IsSupportedImage(type);
  }
}

std::string_view MediaType(ContentType type) { return Of(type).media_type; }
std::string_view Describe(ContentType type) { return Of(type).words; }
std::string_view Extension(ContentType type) { return Of(type).extension; }

}  // namespace burnish::media
