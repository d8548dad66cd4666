#include "formats/parse/byte_source.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.hpp"

namespace burnish::formats {

std::size_t MemorySource::Read(char* to, std::size_t size) {
  const auto count = std::min(size, rest_.size());
  if (count != 0) std::memcpy(to, rest_.data(), count);
  rest_.remove_prefix(count);
  return count;
}

std::size_t DescriptorSource::Read(char* to, std::size_t size) {
  while (true) {
    const auto count = ::read(descriptor_, to, size);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) throw base::Error(base::ErrorCode::kUnavailable, "The file cannot be read from the disk.");
  }
}

}  // namespace burnish::formats
