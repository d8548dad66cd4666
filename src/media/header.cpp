#include "media/header.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <vector>

namespace burnish::media {
namespace {

constexpr std::size_t kWindow = 16384;
constexpr int kMaxSegments = 10'000;  // of one file; more is an attack
constexpr std::uint16_t kOrientationTag = 0x0112;

// Big- and little-endian numbers anywhere in a source, through a window that moves.
class Reader {
 public:
  explicit Reader(const ByteSource& source) : source_(source) {}

  std::uint64_t Size() const { return source_.size; }

  // Nothing past the end.
  std::optional<std::uint8_t> Byte(std::uint64_t offset) {
    if (offset < start_ || offset - start_ >= window_.size()) {
      window_.resize(kWindow);
      window_.resize(source_.read(offset, window_));
      start_ = offset;
      if (window_.empty()) return std::nullopt;
    }
    return static_cast<std::uint8_t>(window_[offset - start_]);
  }

  std::optional<std::uint32_t> Number(std::uint64_t offset, int bytes, bool big_endian) {
    std::uint32_t value = 0;
    for (int i = 0; i < bytes; ++i) {
      const auto byte = Byte(offset + static_cast<std::uint64_t>(big_endian ? i : bytes - 1 - i));
      if (!byte) return std::nullopt;
      value = (value << 8U) | *byte;
    }
    return value;
  }
  std::optional<std::uint32_t> Big(std::uint64_t offset, int bytes) { return Number(offset, bytes, true); }
  std::optional<std::uint32_t> Little(std::uint64_t offset, int bytes) { return Number(offset, bytes, false); }

  bool Matches(std::uint64_t offset, std::string_view text) {
    for (const char c : text) {
      if (Byte(offset++) != static_cast<std::uint8_t>(c)) return false;
    }
    return true;
  }

 private:
  const ByteSource& source_;
  std::vector<std::byte> window_;
  std::uint64_t start_ = 0;
};

// `offset` is where the TIFF header of an EXIF block stands.
int ReadOrientation(Reader& reader, std::uint64_t offset) {
  const bool big = reader.Matches(offset, "MM");
  if (!big && !reader.Matches(offset, "II")) return 1;
  const auto directory = reader.Number(offset + 4, 4, big);
  if (!directory) return 1;
  const auto count = reader.Number(offset + *directory, 2, big);
  for (std::uint32_t i = 0; i < std::min(count.value_or(0), 512U); ++i) {
    const std::uint64_t entry = offset + *directory + 2 + 12ULL * i;
    if (reader.Number(entry, 2, big) != kOrientationTag) continue;
    const auto value = reader.Number(entry + 8, 2, big).value_or(1);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

bool IsFrameHeader(std::uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

// ITU T.81, annex B.
void ReadJpeg(Reader& reader, Header& header) {
  header.code = DecodeCode::kDamaged;
  std::uint64_t at = 2;
  for (int segment = 0; segment < kMaxSegments; ++segment) {
    const auto lead = reader.Byte(at);
    auto marker = reader.Byte(at + 1);
    while (lead == 0xFF && marker == 0xFF) marker = reader.Byte(++at + 1);  // fill bytes
    const auto length = reader.Big(at + 2, 2);
    if (!lead || !marker || !length) {
      header.code = DecodeCode::kTruncated;
      return;
    }
    if (*lead != 0xFF || *length < 2 || *marker == 0xD9 || *marker == 0xDA) return;
    if (*marker == 0xE1 && reader.Matches(at + 4, std::string_view("Exif\0\0", 6))) {
      header.orientation = ReadOrientation(reader, at + 10);
    }
    if (IsFrameHeader(*marker)) {
      const auto height = reader.Big(at + 5, 2);
      const auto width = reader.Big(at + 7, 2);
      if (!height || !width) {
        header.code = DecodeCode::kTruncated;
      } else if (*height != 0 && *width != 0) {
        header.code = DecodeCode::kOk;
        header.width = static_cast<int>(*width);
        header.height = static_cast<int>(*height);
      }
      return;
    }
    at += 2ULL + *length;
  }
}

void SetSize(Header& header, std::optional<std::uint32_t> width, std::optional<std::uint32_t> height) {
  constexpr std::uint32_t kLargest = 0x7FFFFFFF;
  if (!width || !height) {
    header.code = DecodeCode::kTruncated;
  } else if (*width == 0 || *height == 0 || *width > kLargest || *height > kLargest) {
    header.code = DecodeCode::kDamaged;
  } else {
    header.width = static_cast<int>(*width);
    header.height = static_cast<int>(*height);
  }
}

// PNG specification (third edition), 11.2.1; the eXIf chunk, 11.3.4.5, stands before the pixels where it is honoured.
void ReadPng(Reader& reader, Header& header) {
  SetSize(header, reader.Big(16, 4), reader.Big(20, 4));
  if (header.code != DecodeCode::kOk) return;
  if (!reader.Matches(12, "IHDR")) header.code = DecodeCode::kDamaged;
  std::uint64_t at = 8;
  for (int chunk = 0; chunk < kMaxSegments; ++chunk) {
    const auto length = reader.Big(at, 4);
    if (!length || reader.Matches(at + 4, "IDAT")) return;
    if (reader.Matches(at + 4, "eXIf")) {
      header.orientation = ReadOrientation(reader, at + 8);
      return;
    }
    at += 12ULL + *length;
  }
}

int WebpOrientation(Reader& reader) {
  std::uint64_t at = 12;
  for (int chunk = 0; chunk < kMaxSegments; ++chunk) {
    const auto length = reader.Little(at + 4, 4);
    if (!length) return 1;
    if (reader.Matches(at, "EXIF")) {
      const bool prefixed = reader.Matches(at + 8, "Exif");  // some writers keep JPEG's prefix
      return ReadOrientation(reader, at + (prefixed ? 14 : 8));
    }
    at += 8ULL + *length + (*length & 1U);
  }
  return 1;
}

// RFC 9649.
void ReadWebp(Reader& reader, Header& header) {
  if (reader.Matches(12, "VP8X")) {
    const auto width = reader.Little(24, 3);
    const auto height = reader.Little(27, 3);
    SetSize(header, width ? std::optional(*width + 1) : width, height ? std::optional(*height + 1) : height);
    if ((reader.Byte(20).value_or(0) & 0x08U) != 0) header.orientation = WebpOrientation(reader);
  } else if (reader.Matches(12, "VP8L")) {
    const auto bits = reader.Little(21, 4);
    SetSize(header, bits ? std::optional((*bits & 0x3FFFU) + 1) : bits,
            bits ? std::optional(((*bits >> 14U) & 0x3FFFU) + 1) : bits);
  } else if (reader.Matches(12, "VP8 ")) {
    const auto width = reader.Little(26, 2);
    const auto height = reader.Little(28, 2);
    SetSize(header, width ? std::optional(*width & 0x3FFFU) : width,
            height ? std::optional(*height & 0x3FFFU) : height);
  } else {
    header.code = reader.Size() < 16 ? DecodeCode::kTruncated : DecodeCode::kDamaged;
  }
}

void ReadBmp(Reader& reader, Header& header) {
  if (reader.Byte(14) == 12) {
    SetSize(header, reader.Little(18, 2), reader.Little(20, 2));
    return;
  }
  auto height = reader.Little(22, 4);
  if (height && (*height >> 31U) != 0) height = 0U - *height;  // negative: rows from the top
  SetSize(header, reader.Little(18, 4), height);
}

bool PngEndsEarly(Reader& reader) {
  std::uint64_t at = 8;
  for (;;) {
    const auto length = reader.Big(at, 4);
    if (!length || at + 12ULL + *length > reader.Size()) return true;
    if (reader.Matches(at + 4, "IEND")) return false;
    at += 12ULL + *length;
  }
}

bool BoxesEndEarly(Reader& reader) {
  std::uint64_t at = 0;
  while (at < reader.Size()) {
    const auto length = reader.Big(at, 4);
    if (!length || !reader.Byte(at + 7)) return true;
    if (*length == 0) return false;  // to the end of the file
    if (*length == 1) {
      const auto high = reader.Big(at + 8, 4);
      const auto low = reader.Big(at + 12, 4);
      if (!high || !low) return true;
      const auto large = (static_cast<std::uint64_t>(*high) << 32U) | *low;
      if (large < 16) return false;
      if (large > reader.Size() - at) return true;
      at += large;
    } else {
      if (*length < 8) return false;
      if (*length > reader.Size() - at) return true;
      at += *length;
    }
  }
  return false;
}

// An entry of a TIFF directory: a list of 16- or 32-bit numbers, in place or elsewhere.
struct TiffList {
  std::uint32_t count = 0;
  int width = 0;  // bytes a number
  std::uint64_t offset = 0;

  std::optional<std::uint32_t> At(Reader& reader, std::uint32_t index, bool big) const {
    return reader.Number(offset + static_cast<std::uint64_t>(index) * static_cast<std::uint64_t>(width), width, big);
  }
};

std::optional<TiffList> ReadTiffList(Reader& reader, std::uint64_t entry, bool big) {
  const auto type = reader.Number(entry + 2, 2, big);
  const auto count = reader.Number(entry + 4, 4, big);
  if (!count || (type != 3U && type != 4U)) return std::nullopt;
  TiffList list{*count, type == 3U ? 2 : 4, entry + 8};
  if (static_cast<std::uint64_t>(*count) * static_cast<std::uint64_t>(list.width) > 4) {
    const auto elsewhere = reader.Number(entry + 8, 4, big);
    if (!elsewhere) return std::nullopt;
    list.offset = *elsewhere;
  }
  return list;
}

// TIFF 6.0, section 2: the first directory and the strips or tiles that it names stand within the file. BigTIFF is not
// looked into.
bool TiffEndsEarly(Reader& reader) {
  const bool big = reader.Matches(0, "MM");
  if (reader.Number(2, 2, big) != 42U) return false;
  const auto directory = reader.Number(4, 4, big);
  const auto count = directory ? reader.Number(*directory, 2, big) : std::nullopt;
  if (!count) return true;
  std::optional<TiffList> offsets;
  std::optional<TiffList> sizes;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const std::uint64_t entry = *directory + 2ULL + 12ULL * i;
    const auto tag = reader.Number(entry, 2, big);
    if (!tag || !reader.Byte(entry + 11)) return true;
    if (tag == 273U || tag == 324U) offsets = ReadTiffList(reader, entry, big);
    if (tag == 279U || tag == 325U) sizes = ReadTiffList(reader, entry, big);
  }
  if (!offsets || !sizes) return false;
  for (std::uint32_t i = 0; i < std::min({offsets->count, sizes->count, 1'000'000U}); ++i) {
    const auto offset = offsets->At(reader, i, big);
    const auto size = sizes->At(reader, i, big);
    if (!offset || !size || static_cast<std::uint64_t>(*offset) + *size > reader.Size()) return true;
  }
  return false;
}

}  // namespace

ByteSource SourceOf(std::span<const std::byte> bytes) {
  return {bytes.size(), [bytes](std::uint64_t offset, std::span<std::byte> into) -> std::size_t {
            if (offset >= bytes.size()) return 0;
            const auto count = std::min<std::uint64_t>(into.size(), bytes.size() - offset);
            std::memcpy(into.data(), bytes.data() + offset, count);
            return count;
          }};
}

Header ReadHeader(const ByteSource& source) {
  Header header;
  std::array<std::byte, kSniffBytes> start{};
  const std::size_t size = source.read(0, start);
  header.type = Sniff({start.data(), size});
  if (header.type == ContentType::kEmpty) {
    header.code = DecodeCode::kEmpty;
  } else if (header.type == ContentType::kSvg) {
    header.code = DecodeCode::kSvgRefused;
  } else if (!IsImage(header.type)) {
    header.code = DecodeCode::kNotAnImage;
  } else if (!IsSupportedImage(header.type)) {
    header.code = DecodeCode::kUnsupportedFormat;
  }
  if (header.code != DecodeCode::kOk) return header;

  Reader reader(source);
  switch (header.type) {
    case ContentType::kJpeg:
      ReadJpeg(reader, header);
      break;
    case ContentType::kPng:
      ReadPng(reader, header);
      break;
    case ContentType::kGif:
      SetSize(header, reader.Little(6, 2), reader.Little(8, 2));
      break;
    case ContentType::kWebp:
      ReadWebp(reader, header);
      break;
    case ContentType::kBmp:
      ReadBmp(reader, header);
      break;
    default:
      break;
  }
  return header;
}

bool EndsEarly(ContentType type, std::span<const std::byte> bytes) {
  const auto source = SourceOf(bytes);
  Reader reader(source);
  switch (type) {
    case ContentType::kPng:
      return PngEndsEarly(reader);
    case ContentType::kWebp: {
      const auto length = reader.Little(4, 4);
      return !length || *length + 8ULL > bytes.size();
    }
    case ContentType::kGif:
      return bytes.back() != std::byte{0x3B};
    case ContentType::kTiff:
      return TiffEndsEarly(reader);
    case ContentType::kAvif:
    case ContentType::kHeic:
      return BoxesEndEarly(reader);
    default:
      return false;
  }
}

}  // namespace burnish::media
