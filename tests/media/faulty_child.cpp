#include "media/faulty_child.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <limits>
#include <string_view>

#include "media/decoder_protocol.hpp"

namespace burnish::media {

int FaultyDecoderMain() {
  Hello hello;
  if (ReceivePacket(kSocketDescriptor, &hello, sizeof hello, nullptr) == 0) return 0;
  const Ready ready;
  SendPacket(kSocketDescriptor, &ready, sizeof ready, -1);
  Request request;
  int file = -1;
  while (ReceivePacket(kSocketDescriptor, &request, sizeof request, &file) != 0) {
    std::array<char, 4> start{};
    const auto size = ::pread(file, start.data(), start.size(), 0);
    ::close(file);
    const std::string_view order(start.data(), static_cast<std::size_t>(size > 0 ? size : 0));
    Reply reply;
    reply.type = ContentType::kJpeg;
    reply.width = 1;
    reply.height = 1;
    if (order == "DIE!") std::abort();
    if (order == "HANG") ::pause();
    if (order == "EXIT") return 0;
    if (order == "LIE1") {
      reply.thumbnail_count = request.thumbnail_count;
      for (auto& thumbnail : reply.thumbnails) thumbnail = {1, 1, ContentType::kJpeg, {kSharedBytes - 1, ~0ULL}};
    }
    if (order == "LIE2") reply.model_input = {0, 7};
    if (order == "LIE3") reply.quality.entropy = std::numeric_limits<float>::quiet_NaN();
    SendPacket(kSocketDescriptor, &reply, order == "SHRT" ? 3 : sizeof reply, -1);
  }
  return 0;
}

}  // namespace burnish::media
