#pragma once

#include <memory>

#include "formats/parse/byte_source.hpp"

namespace burnish::formats {

// Unzips a gzip source as it is read; passes on what is not gzip as it is. Throws kInvalidArgument for damaged data.
class GzipSource final : public ByteSource {
 public:
  explicit GzipSource(ByteSource& source);
  ~GzipSource() override;
  std::size_t Read(char* to, std::size_t size) override;

 private:
  struct State;
  ByteSource& source_;
  std::unique_ptr<State> state_;
};

}  // namespace burnish::formats
