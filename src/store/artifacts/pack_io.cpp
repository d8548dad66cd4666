#include "store/artifacts/pack_io.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "base/log.hpp"

namespace burnish::store {

namespace {
[[noreturn]] void FailIo(const char* doing) {
  const int error = errno;
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
    throw base::Error(base::ErrorCode::kStorageFull,
                      "There is no room left on the disk for thumbnails and other derived files.");
  }
  throw base::Error(base::ErrorCode::kUnavailable,
                    std::string("A file of derived data could not be used while ") + doing + " it.");
}
}  // namespace

base::FileDescriptor OpenPackFile(const std::filesystem::path& path) {
  base::FileDescriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file.Valid()) FailIo("opening");
  return file;
}

std::uint64_t PackFileSize(const base::FileDescriptor& file) {
  struct stat status {};
  if (fstat(file.Get(), &status) != 0) FailIo("measuring");
  return static_cast<std::uint64_t>(status.st_size);
}

std::size_t ReadAt(const base::FileDescriptor& file, std::uint64_t offset, std::span<std::byte> bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count =
        pread(file.Get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) FailIo("reading");
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

bool ReadAtHand(const base::FileDescriptor& file, std::uint64_t offset, std::span<std::byte> bytes) {
  const iovec whole{bytes.data(), bytes.size()};
  const ssize_t count = preadv2(file.Get(), &whole, 1, static_cast<off_t>(offset), RWF_NOWAIT);
  return count >= 0 && static_cast<std::size_t>(count) == bytes.size();
}

void WriteAt(const base::FileDescriptor& file, std::uint64_t offset, std::span<const std::byte> bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count =
        pwrite(file.Get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) FailIo("writing");
    done += static_cast<std::size_t>(count);
  }
}

void SyncPack(const base::FileDescriptor& file) {
  BURNISH_FAILPOINT("pack.sync.before");
  if (fdatasync(file.Get()) != 0) FailIo("saving");
  BURNISH_FAILPOINT("pack.sync.after");
}

void CutPack(const base::FileDescriptor& file, std::uint64_t size) {
  if (ftruncate(file.Get(), static_cast<off_t>(size)) != 0) FailIo("cutting");
}

void SetPackAside(const std::filesystem::path& path) {
  for (int i = 1; i < 100; ++i) {
    const std::filesystem::path aside = path.string() + ".broken-" + std::to_string(i);
    if (std::filesystem::exists(aside)) continue;
    std::filesystem::rename(path, aside);
    spdlog::warn("{} is no pack of ours: set aside", path.filename().string());
    return;
  }
  std::filesystem::remove(path);
}

}  // namespace burnish::store
