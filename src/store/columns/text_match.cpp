#include "store/columns/text_match.hpp"

#include <clocale>
#include <cstring>
#include <cwctype>
#include <memory>

namespace burnish::store {

namespace {

// towlower of the C.UTF-8 locale, which glibc always has; ASCII only should it not.
wint_t LowerCodePoint(wint_t code) {
  static const locale_t kLocale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return kLocale == nullptr ? code : towlower_l(code, kLocale);
}

bool IsAscii(std::string_view text) {
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0x80U) != 0) return false;
  }
  return true;
}

void FoldAscii(std::string_view text, std::string& out) {
  out.resize(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    out[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
}

// The code point at `i` and its length in bytes; length 0 where the bytes are no UTF-8.
std::pair<char32_t, std::size_t> Decode(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned char lead = byte(i);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xF0 && lead < 0xF8 ? 4
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                                                           : 0;
  if (length == 0 || i + length > text.size()) return {0, 0};
  char32_t code = length == 1 ? lead : lead & (0x7FU >> length);
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(i + k) & 0xC0U) != 0x80) return {0, 0};
    code = (code << 6U) | (byte(i + k) & 0x3FU);
  }
  return {code, length};
}

void Encode(char32_t code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0U | (code >> 6U));
    out += static_cast<char>(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0U | (code >> 12U));
    out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (code & 0x3FU));
  } else {
    out += static_cast<char>(0xF0U | (code >> 18U));
    out += static_cast<char>(0x80U | ((code >> 12U) & 0x3FU));
    out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (code & 0x3FU));
  }
}

}  // namespace

std::string FoldCase(std::string_view text) {
  std::string folded;
  if (IsAscii(text)) {
    FoldAscii(text, folded);
    return folded;
  }
  folded.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto [code, length] = Decode(text, i);
    if (length == 0) {
      folded += text[i++];
      continue;
    }
    Encode(static_cast<char32_t>(LowerCodePoint(static_cast<wint_t>(code))), folded);
    i += length;
  }
  return folded;
}

bool ContainsFolded(std::string_view text, std::string_view folded) {
  return FoldCase(text).find(folded) != std::string::npos;
}

void MatchContains(const TextColumn& column, std::string_view folded, Bitset& matches) {
  std::string lower;
  for (std::size_t c = 0; c < column.ChunkCount(); ++c) {
    const TextColumn::Chunk& chunk = column.ChunkAt(c);
    const std::size_t first = c * kChunkRows;
    const std::size_t rows = std::min(chunk.ends.size(), matches.Size() - std::min(matches.Size(), first));
    if (folded.empty()) {
      for (std::size_t i = 0; i < rows; ++i) matches.Set(first + i);
      continue;
    }
    if (!IsAscii(chunk.bytes)) {
      for (std::size_t i = 0; i < rows; ++i) {
        if (ContainsFolded(chunk.Row(i), folded)) matches.Set(first + i);
      }
      continue;
    }
    // One search over the whole arena; a hit that runs over the end of its row is none.
    FoldAscii(chunk.bytes, lower);
    std::size_t row = 0;
    for (std::size_t from = 0; from < lower.size() && row < rows;) {
      const void* hit = memmem(lower.data() + from, lower.size() - from, folded.data(), folded.size());
      if (hit == nullptr) break;
      const auto at = static_cast<std::size_t>(static_cast<const char*>(hit) - lower.data());
      while (row < rows && chunk.ends[row] <= at) ++row;
      if (row == rows) break;
      if (at + folded.size() <= chunk.ends[row]) {
        matches.Set(first + row);
        from = chunk.ends[row];
      } else {
        from = at + 1;
      }
    }
  }
}

}  // namespace burnish::store
