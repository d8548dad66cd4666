#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "media/decoder.hpp"

// What parent and decoder child say to each other over one SOCK_SEQPACKET pair: a Hello is answered with a Ready, then
// each Request (one descriptor attached: the file) with a Reply. Large results stand in shared memory that the child
// may write and the parent only reads. Both are the same binary, so plain structures do; the parent trusts nothing in a
// Reply.
namespace burnish::media {

inline constexpr int kSocketDescriptor = 3;
inline constexpr int kMemoryDescriptor = 4;
// Address space, not memory: pages are taken when written. Four thumbnails of 4096 x 4096 and a model input fit.
inline constexpr std::size_t kSharedBytes = 96U << 20U;

struct Hello {
  std::uint64_t memory_bytes = 0;  // the child may take this much more than it has then
};

struct Ready {
  std::uint32_t landlock_abi = 0;
  std::uint32_t seccomp = 0;
};

struct Request {
  std::uint64_t max_bytes = 0;
  std::uint64_t max_pixels = 0;
  std::uint32_t thumbnail_count = 0;
  std::array<std::int32_t, kMaxThumbnails> thumbnail_sides{};
  bool content_hash = false;
  bool perceptual_hash = false;
  bool quality = false;
  bool has_model_input = false;
  ModelInputSpec model_input;
};

struct Range {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

struct SharedThumbnail {
  std::int32_t width = 0;
  std::int32_t height = 0;
  ContentType type = ContentType::kUnknown;
  Range bytes;
};

struct Reply {
  DecodeCode code = DecodeCode::kOk;
  ContentType type = ContentType::kUnknown;
  bool has_content_hash = false;
  bool has_perceptual_hash = false;
  bool has_quality = false;
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::int32_t orientation = 1;
  std::uint64_t bytes = 0;
  base::ContentHash content_hash;
  std::uint64_t perceptual_hash = 0;
  Quality quality;
  std::uint32_t thumbnail_count = 0;
  std::array<SharedThumbnail, kMaxThumbnails> thumbnails{};
  Range model_input;
};

static_assert(std::is_trivially_copyable_v<Hello> && std::is_trivially_copyable_v<Ready> &&
              std::is_trivially_copyable_v<Request> && std::is_trivially_copyable_v<Reply>);

// Sends one packet, with a descriptor if it is not -1. False if the other side is gone.
bool SendPacket(int socket, const void* packet, std::size_t size, int descriptor);
// Waits for one packet and returns how many bytes it had, 0 at the end of the stream; what does not fit into `size` is
// lost. A descriptor that came along is stored in `descriptor` (else -1); with nullptr it is closed.
std::size_t ReceivePacket(int socket, void* packet, std::size_t size, int* descriptor);

}  // namespace burnish::media
