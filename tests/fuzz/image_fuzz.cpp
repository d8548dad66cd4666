#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "media/decode_item.hpp"
#include "media/pixel_reader.hpp"

namespace {

using namespace burnish::media;

constexpr int kSide = 64;  // pictures up to this size are kept as they are

DecodeWants Everything() {
  DecodeWants wants;
  wants.thumbnail_sides = {kSide, 2 * kSide};
  wants.content_hash = wants.perceptual_hash = wants.quality = true;
  wants.model_input = ModelInputSpec{.size = kSide, .resize = kSide};
  return wants;
}

// What a decoder child tells its parent, which shows it to people.
void Check(const Decoded& decoded, const DecodeWants& wants, const DecoderLimits& limits) {
  if (!decoded.Ok()) return;
  const auto pixels = static_cast<std::uint64_t>(decoded.width) * static_cast<std::uint64_t>(decoded.height);
  if (decoded.width <= 0 || decoded.height <= 0 || pixels > limits.pixels) std::abort();
  if (decoded.thumbnails.size() != wants.thumbnail_sides.size()) std::abort();
  for (std::size_t i = 0; i < decoded.thumbnails.size(); ++i) {
    const auto& thumbnail = decoded.thumbnails[i];
    if (thumbnail.width > wants.thumbnail_sides[i] || thumbnail.height > wants.thumbnail_sides[i]) std::abort();
    if (thumbnail.bytes.empty()) std::abort();
  }
  if (decoded.model_input.size() != std::size_t{kSide} * kSide * 3) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  StartVips();
  return 0;
}

// The whole way of a foreign picture through the decoder, whatever kind it says it is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const DecodeWants wants = Everything();
  static const DecoderLimits limits{.bytes = 1U << 20U, .pixels = 1'000'000};
  const int file = ::memfd_create("picture", MFD_CLOEXEC);
  if (::write(file, data, size) != static_cast<ssize_t>(size)) std::abort();
  Check(DecodeItem(file, wants, limits), wants, limits);
  ::close(file);
  return 0;
}
