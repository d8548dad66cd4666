#include <cstdlib>

#include "formats/parse/idx_parser.hpp"

namespace {

using namespace burnish::formats;

class Checking final : public IdxSink {
 public:
  bool TakeItem(std::uint32_t index, int label, int width, int height, int channels,
                std::span<const std::uint8_t> pixels) override {
    const auto expected =
        static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * static_cast<std::size_t>(channels);
    if (index != next_++ || label < -1 || label > 255 || pixels.size() != expected) std::abort();
    return true;
  }
  void Problem(ProblemCode, std::uint64_t, std::string_view) override {}

 private:
  std::uint32_t next_ = 0;
};

}  // namespace

// The first byte says how many bytes (times 8) are the labels' file; the rest is the pictures'.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view all(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto cut = std::min<std::size_t>(std::size_t{data[0]} * 8, all.size());
  MemorySource labels(all.substr(0, cut));
  MemorySource images(all.substr(cut));
  Checking sink;
  ParseIdx(images, cut == 0 ? nullptr : &labels, sink);
  return 0;
}
