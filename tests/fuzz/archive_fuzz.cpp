#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

#include "formats/file_set.hpp"
#include "formats/parse/archive_parser.hpp"

namespace {

using namespace burnish::formats;

constexpr ArchiveLimits kLimits = {100, 1U << 20U, 4U << 20U, 200, 1U << 20U};

class Checking final : public ArchiveSink {
 public:
  bool BeginFile(std::string_view path) override {
    ProblemCode why{};
    if (open_ || !CleanPath(path, why)) std::abort();
    open_ = true;
    return true;
  }
  bool Data(std::span<const std::byte> bytes) override {
    total_ += bytes.size();
    if (!open_ || total_ > kLimits.unpacked_bytes) std::abort();
    return true;
  }
  bool EndFile() override {
    if (!open_) std::abort();
    open_ = false;
    return true;
  }
  void Problem(ProblemCode, std::uint64_t, std::string_view) override {}

 private:
  bool open_ = false;
  std::uint64_t total_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const int file = ::memfd_create("archive", MFD_CLOEXEC);
  if (::write(file, data, size) != static_cast<ssize_t>(size)) std::abort();
  Checking sink;
  ParseArchive(file, sink, kLimits);
  ::close(file);
  return 0;
}
