#include <cstddef>
#include <cstdint>

#include "embed/onnx_file.hpp"

// Bytes that a person brings as a model: walked without a read beyond their end.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(burnish::embed::NamesOtherFiles({reinterpret_cast<const std::byte*>(data), size}));
  return 0;
}
