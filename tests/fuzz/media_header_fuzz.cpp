// All that our own code, rather than a library, reads in foreign pictures.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "media/header.hpp"
#include "media/pixel_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace burnish::media;
  const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
  const Header header = ReadHeader(SourceOf(bytes));
  if (header.orientation < 1 || header.orientation > 8 || header.width < 0 || header.height < 0) std::abort();
  if (header.code == DecodeCode::kOk) {
    EndsEarly(header.type, bytes);
    if (header.type == ContentType::kBmp) ReadBmp(bytes);
  }
  return 0;
}
