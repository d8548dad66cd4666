#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

#include "base/error.hpp"
#include "formats/frames.hpp"

// The parent's side: whatever a broken child says must end in an error, never in more.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace burnish::formats;
  const int file = ::memfd_create("frames", MFD_CLOEXEC);
  if (::write(file, data, size) != static_cast<ssize_t>(size) || ::lseek(file, 0, SEEK_SET) != 0) std::abort();
  try {
    FrameReader reader(file, std::chrono::milliseconds(1'000));
    std::size_t columns = 0;
    while (true) {
      const auto frame = reader.Next();
      if (frame.type == FrameType::kHeader) columns = ReadHeader(FrameCursor(frame.payload)).columns.size();
      if (frame.type == FrameType::kRow && ReadRow(FrameCursor(frame.payload), columns).cells.size() != columns)
        std::abort();
    }
  } catch (const burnish::base::Error&) {
  }
  ::close(file);
  return 0;
}
