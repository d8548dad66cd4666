#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "formats/parse/byte_source.hpp"

namespace burnish::formats {

enum class TextEncoding : std::uint8_t { kUtf8, kUtf8Bom, kUtf16LittleEndian, kUtf16BigEndian, kWindows1252 };
// "UTF-8 with a byte order mark", for people.
std::string_view Describe(TextEncoding encoding);

// From the beginning of a file. A byte order mark decides; else UTF-8 unless its bytes speak against it. Only
// kWindows1252, which includes Latin-1, is a guess that the person is told of.
TextEncoding DetectEncoding(std::string_view start);

// Text as UTF-8, whatever it is stored as. What is invalid in UTF-16 becomes the byte 0xFF, which is in no UTF-8 text;
// UTF-8 is passed on unchecked: who takes a cell checks it.
class TextDecoder {
 public:
  explicit TextDecoder(ByteSource& source);

  TextEncoding Encoding() const noexcept { return encoding_; }
  // The decoded beginning, kLookAhead bytes at most, without taking it.
  std::string_view LookAhead() const noexcept { return buffer_; }
  // The next piece; empty at the end. Valid until the next call.
  std::string_view Next();

  static constexpr std::size_t kLookAhead = std::size_t{256} << 10U;

 private:
  void Decode(std::string_view bytes, bool last);
  void DecodeUtf16(std::string_view bytes, bool last);
  void DecodeWindows1252(std::string_view bytes);

  ByteSource& source_;
  TextEncoding encoding_ = TextEncoding::kUtf8;
  std::string raw_;     // read and not yet decoded: half a character
  std::string buffer_;  // decoded and not yet given
  std::string given_;
  std::uint16_t high_surrogate_ = 0;
  bool ended_ = false;
};

}  // namespace burnish::formats
