#include <malloc.h>
#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <exception>
#include <span>

#include "base/files.hpp"
#include "base/hash.hpp"
#include "base/sandbox.hpp"
#include "media/decode_item.hpp"
#include "media/decoder_protocol.hpp"
#include "media/pixel_reader.hpp"

namespace burnish::media {
namespace {

// Fills the shared memory from its start, anew for each item.
class SharedWriter {
 public:
  explicit SharedWriter(std::span<std::byte> memory) : memory_(memory) {}

  // Nothing if it does not fit.
  bool Append(const void* bytes, std::size_t size, Range& range) {
    if (size > memory_.size() - used_) return false;
    if (size != 0) std::memcpy(memory_.data() + used_, bytes, size);  // empty: `bytes` may be null
    range = {used_, size};
    used_ += size;
    return true;
  }

 private:
  std::span<std::byte> memory_;
  std::size_t used_ = 0;
};

DecodeWants WantsOf(const Request& request) {
  DecodeWants wants;
  wants.thumbnail_sides.assign(request.thumbnail_sides.begin(),
                               request.thumbnail_sides.begin() + request.thumbnail_count);
  wants.content_hash = request.content_hash;
  wants.perceptual_hash = request.perceptual_hash;
  wants.quality = request.quality;
  if (request.has_model_input) wants.model_input = request.model_input;
  return wants;
}

Reply ReplyOf(const Decoded& item, std::span<std::byte> memory) {
  Reply reply;
  reply.code = item.code;
  reply.type = item.type;
  reply.width = item.width;
  reply.height = item.height;
  reply.orientation = item.orientation;
  reply.bytes = item.bytes;
  reply.has_content_hash = item.content_hash.has_value();
  reply.has_perceptual_hash = item.perceptual_hash.has_value();
  reply.has_quality = item.quality.has_value();
  if (item.content_hash) reply.content_hash = *item.content_hash;
  if (item.perceptual_hash) reply.perceptual_hash = *item.perceptual_hash;
  if (item.quality) reply.quality = *item.quality;
  SharedWriter writer(memory);
  bool fits = writer.Append(item.model_input.data(), item.model_input.size(), reply.model_input);
  for (const auto& thumbnail : item.thumbnails) {
    auto& shared = reply.thumbnails[reply.thumbnail_count++];
    shared.width = thumbnail.width;
    shared.height = thumbnail.height;
    shared.type = thumbnail.type;
    fits = fits && writer.Append(thumbnail.bytes.data(), thumbnail.bytes.size(), shared.bytes);
  }
  if (!fits) reply.code = DecodeCode::kTooLarge;
  return reply;
}

// Until the parent goes.
void Serve(std::span<std::byte> memory) {
  Request request;
  int descriptor = -1;
  while (ReceivePacket(kSocketDescriptor, &request, sizeof request, &descriptor) == sizeof request) {
    const base::FileDescriptor file(descriptor);
    DecoderLimits limits;
    limits.bytes = request.max_bytes;
    limits.pixels = request.max_pixels;
    const Reply reply = ReplyOf(DecodeItem(file.Get(), WantsOf(request), limits), memory);
    if (!SendPacket(kSocketDescriptor, &reply, sizeof reply, -1)) return;
  }
}

}  // namespace

int DecoderMain() try {
  // Keep the memory of one item for the next: giving it back and asking for it again cost a tenth of the time.
  ::mallopt(M_MMAP_THRESHOLD, 16 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 64 << 20);
  // Everything that needs files or new code comes before the sandbox.
  StartVips();
  base::HashContent({});
  void* memory = ::mmap(nullptr, kSharedBytes, PROT_READ | PROT_WRITE, MAP_SHARED, kMemoryDescriptor, 0);
  if (memory == MAP_FAILED) return 1;
  Hello hello;
  if (ReceivePacket(kSocketDescriptor, &hello, sizeof hello, nullptr) != sizeof hello) return 0;
  base::SandboxPolicy policy;
  policy.memory_bytes = hello.memory_bytes;
  const auto report = base::EnterSandbox(policy);
  const Ready ready{static_cast<std::uint32_t>(report.landlock_abi), report.seccomp ? 1U : 0U};
  if (SendPacket(kSocketDescriptor, &ready, sizeof ready, -1)) Serve({static_cast<std::byte*>(memory), kSharedBytes});
  return 0;
} catch (const std::exception& error) {
  spdlog::error("{}", error.what());
  return 1;
}

}  // namespace burnish::media
