#include "base/files.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.hpp"
#include "base/failpoint.hpp"

namespace burnish::base {
namespace {

[[noreturn]] void ThrowDiskError(int error, const std::string& doing) {
  if (error == ENOSPC || error == EDQUOT)
    throw Error(ErrorCode::kStorageFull, "The disk is full; nothing was saved. Free some space and try again.");
  throw Error(ErrorCode::kUnavailable, "The disk refused to " + doing + " (" + std::strerror(error) + ").");
}

std::filesystem::path TemporaryBeside(const std::filesystem::path& path) {
  static std::atomic<unsigned> counter{0};
  auto name = path;
  name += ".tmp-" + std::to_string(getpid()) + "-" + std::to_string(counter.fetch_add(1));
  return name;
}

void SyncFile(const std::filesystem::path& path) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.Valid()) ThrowDiskError(errno, "open a new file");
  BURNISH_FAILPOINT("files.fsync.before");
  if (!BURNISH_SEEDED_BUG("files.no_fsync") && fsync(file.Get()) != 0) ThrowDiskError(errno, "store a file");
  BURNISH_FAILPOINT("files.fsync.after");
}

void WriteWhole(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  const FileDescriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.Valid()) ThrowDiskError(errno, "create a file");
  while (!bytes.empty()) {
    const ssize_t wrote = write(file.Get(), bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) ThrowDiskError(errno, "write a file");
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
  }
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) close(fd_);
}

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.Release()) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) close(fd_);
    fd_ = other.Release();
  }
  return *this;
}

int FileDescriptor::Release() noexcept { return std::exchange(fd_, -1); }

void SyncFolder(const std::filesystem::path& folder) {
  const FileDescriptor file(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.Valid()) ThrowDiskError(errno, "open a folder");
  BURNISH_FAILPOINT("files.fsync_folder.before");
  if (fsync(file.Get()) != 0) ThrowDiskError(errno, "store a folder");
  BURNISH_FAILPOINT("files.fsync_folder.after");
}

void PublishFileDurably(const std::filesystem::path& path,
                        const std::function<void(const std::filesystem::path&)>& write) {
  const auto temporary = TemporaryBeside(path);
  try {
    write(temporary);
    SyncFile(temporary);
    BURNISH_FAILPOINT("files.rename.before");
    if (rename(temporary.c_str(), path.c_str()) != 0) ThrowDiskError(errno, "rename a file");
    BURNISH_FAILPOINT("files.rename.after");
  } catch (...) {
    unlink(temporary.c_str());
    throw;
  }
  SyncFolder(path.parent_path());
}

void WriteFileDurably(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  PublishFileDurably(path, [bytes](const std::filesystem::path& temporary) { WriteWhole(temporary, bytes); });
}

std::string ReadAll(const FileDescriptor& file, std::size_t limit) {
  struct stat info {};
  if (fstat(file.Get(), &info) != 0) ThrowDiskError(errno, "read a file");
  if (static_cast<std::size_t>(info.st_size) > limit)
    throw Error(ErrorCode::kTooLarge, "The file is larger than this step allows.");
  std::string bytes(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = pread(file.Get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) ThrowDiskError(errno, "read a file");
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

std::string ReadFile(const std::filesystem::path& path, std::size_t limit) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.Valid()) throw Error(ErrorCode::kNotFound, "There is no file of this name.", path.filename().string());
  return ReadAll(file, limit);
}

FileDescriptor OpenBeneath(const std::filesystem::path& root, const std::string& relative) {
  const Error not_found(ErrorCode::kNotFound,
                        "\"" + relative + "\" is not a file below the chosen folder, or it can no longer be read.",
                        relative);
  if (relative.empty() || relative.find('\0') != std::string::npos) throw not_found;
  const FileDescriptor folder(open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder.Valid()) throw not_found;
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  FileDescriptor file(static_cast<int>(syscall(SYS_openat2, folder.Get(), relative.c_str(), &how, sizeof how)));
  struct stat info {};
  if (!file.Valid() || fstat(file.Get(), &info) != 0 || !S_ISREG(info.st_mode)) throw not_found;
  return file;
}

}  // namespace burnish::base
