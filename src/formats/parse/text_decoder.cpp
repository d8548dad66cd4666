#include "formats/parse/text_decoder.hpp"

#include <array>
#include <utility>

#include "formats/text.hpp"

namespace burnish::formats {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10U;
constexpr char kInvalid = static_cast<char>(0xFF);

// Unicode of 0x80..0x9F in Windows-1252 (WHATWG Encoding Standard, index-windows-1252); the rest equals Latin-1.
constexpr std::array<std::uint16_t, 32> kWindows1252High = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

void AppendUtf8(std::string& to, std::uint32_t point) {
  const auto put = [&](std::uint32_t byte) { to.push_back(static_cast<char>(byte)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0U | (point >> 6U));
    put(0x80U | (point & 0x3FU));
  } else if (point < 0x10000) {
    put(0xE0U | (point >> 12U));
    put(0x80U | ((point >> 6U) & 0x3FU));
    put(0x80U | (point & 0x3FU));
  } else {
    put(0xF0U | (point >> 18U));
    put(0x80U | ((point >> 12U) & 0x3FU));
    put(0x80U | ((point >> 6U) & 0x3FU));
    put(0x80U | (point & 0x3FU));
  }
}

std::size_t CountNul(std::string_view text, std::size_t parity) {
  std::size_t count = 0;
  for (std::size_t i = parity; i < text.size(); i += 2) count += text[i] == '\0' ? 1U : 0U;
  return count;
}

// Letters beyond ASCII that are well-formed, against bytes that are not.
bool SpeaksAgainstUtf8(std::string_view text) {
  std::size_t good = 0;
  std::size_t bad = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (static_cast<std::uint8_t>(text[i]) < 0x80) {
      ++i;
      continue;
    }
    std::size_t length = 2;
    while (length <= 4 && i + length <= text.size() && !IsUtf8(text.substr(i, length))) ++length;
    if (length <= 4 && i + length <= text.size()) {
      ++good;
      i += length;
    } else {
      bad += i + 4 <= text.size() ? 1U : 0U;  // the last few bytes may be a character that the piece cuts
      ++i;
    }
  }
  return bad > good;
}

}  // namespace

std::string_view Describe(TextEncoding encoding) {
  switch (encoding) {
    case TextEncoding::kUtf8:
      return "UTF-8";
    case TextEncoding::kUtf8Bom:
      return "UTF-8 with a byte order mark";
    case TextEncoding::kUtf16LittleEndian:
    case TextEncoding::kUtf16BigEndian:
      return "UTF-16";
    case TextEncoding::kWindows1252:
      return "Latin-1 (Windows-1252), guessed";
  }
  return "";
}

TextEncoding DetectEncoding(std::string_view start) {
  if (start.starts_with("\xEF\xBB\xBF")) return TextEncoding::kUtf8Bom;
  if (start.starts_with("\xFF\xFE")) return TextEncoding::kUtf16LittleEndian;
  if (start.starts_with("\xFE\xFF")) return TextEncoding::kUtf16BigEndian;
  // Mostly Latin text in UTF-16 has a NUL in every second byte; stray NULs do not come so often.
  const auto pairs = start.size() / 2;
  if (pairs >= 2 && CountNul(start, 1) * 10 > pairs * 7 && CountNul(start, 0) == 0)
    return TextEncoding::kUtf16LittleEndian;
  if (pairs >= 2 && CountNul(start, 0) * 10 > pairs * 7 && CountNul(start, 1) == 0)
    return TextEncoding::kUtf16BigEndian;
  return SpeaksAgainstUtf8(start) ? TextEncoding::kWindows1252 : TextEncoding::kUtf8;
}

TextDecoder::TextDecoder(ByteSource& source) : source_(source) {
  std::string start(kLookAhead, '\0');
  std::size_t size = 0;
  while (size < start.size()) {
    const auto count = source_.Read(start.data() + size, start.size() - size);
    if (count == 0) {
      ended_ = true;
      break;
    }
    size += count;
  }
  start.resize(size);
  encoding_ = DetectEncoding(start);
  std::string_view text = start;
  if (encoding_ == TextEncoding::kUtf8Bom) text.remove_prefix(3);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) text.remove_prefix(2);
  Decode(text, ended_);
}

std::string_view TextDecoder::Next() {
  while (buffer_.empty() && !ended_) {
    std::string piece(kPiece, '\0');
    piece.resize(source_.Read(piece.data(), piece.size()));
    ended_ = piece.empty();
    Decode(piece, ended_);
  }
  given_ = std::exchange(buffer_, {});
  return given_;
}

void TextDecoder::Decode(std::string_view bytes, bool last) {
  switch (encoding_) {
    case TextEncoding::kUtf8:
    case TextEncoding::kUtf8Bom:
      buffer_ += bytes;
      return;
    case TextEncoding::kWindows1252:
      DecodeWindows1252(bytes);
      return;
    case TextEncoding::kUtf16LittleEndian:
    case TextEncoding::kUtf16BigEndian:
      DecodeUtf16(bytes, last);
      return;
  }
}

void TextDecoder::DecodeWindows1252(std::string_view bytes) {
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    AppendUtf8(buffer_, byte >= 0x80 && byte < 0xA0 ? kWindows1252High[byte - 0x80U] : byte);
  }
}

void TextDecoder::DecodeUtf16(std::string_view bytes, bool last) {
  raw_ += bytes;
  const bool little = encoding_ == TextEncoding::kUtf16LittleEndian;
  std::size_t at = 0;
  for (; at + 1 < raw_.size(); at += 2) {
    const auto first = static_cast<std::uint8_t>(raw_[at]);
    const auto second = static_cast<std::uint8_t>(raw_[at + 1]);
    const auto unit = static_cast<std::uint16_t>(little ? first | (second << 8U) : (first << 8U) | second);
    const bool low = unit >= 0xDC00 && unit <= 0xDFFF;
    if (high_surrogate_ != 0) {
      const auto high = std::exchange(high_surrogate_, std::uint16_t{0});
      if (low) {
        AppendUtf8(buffer_, 0x10000U + ((static_cast<std::uint32_t>(high) - 0xD800U) << 10U) + (unit - 0xDC00U));
        continue;
      }
      buffer_.push_back(kInvalid);
    }
    if (low) {
      buffer_.push_back(kInvalid);
    } else if (unit >= 0xD800 && unit <= 0xDBFF) {
      high_surrogate_ = unit;
    } else {
      AppendUtf8(buffer_, unit);
    }
  }
  raw_.erase(0, at);
  if (last && (!raw_.empty() || high_surrogate_ != 0)) buffer_.push_back(kInvalid);
}

}  // namespace burnish::formats
