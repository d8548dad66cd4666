#pragma once

#include <cstddef>
#include <string_view>

namespace burnish::formats {

// Bytes from start to end, as a parser pulls them.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Up to `size` bytes; 0 only at the end. Throws kUnavailable if the disk fails.
  virtual std::size_t Read(char* to, std::size_t size) = 0;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : rest_(bytes) {}
  std::size_t Read(char* to, std::size_t size) override;

 private:
  std::string_view rest_;
};

// Does not own the descriptor.
class DescriptorSource final : public ByteSource {
 public:
  explicit DescriptorSource(int descriptor) : descriptor_(descriptor) {}
  std::size_t Read(char* to, std::size_t size) override;

 private:
  int descriptor_;
};

}  // namespace burnish::formats
