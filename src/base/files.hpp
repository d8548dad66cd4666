#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace burnish::base {

// Owns a file descriptor; closes it once.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) noexcept : fd_(fd) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int Get() const noexcept { return fd_; }
  bool Valid() const noexcept { return fd_ >= 0; }
  int Release() noexcept;

 private:
  int fd_ = -1;
};

// Writes `bytes` to a temporary name beside `path`, fsyncs, renames, fsyncs the folder. After it
// returns the file is whole and on stable storage; before, `path` is as it was.
// Throws kStorageFull when there is no room, kUnavailable for other failures of the disk.
void WriteFileDurably(const std::filesystem::path& path, std::span<const std::byte> bytes);
// As above for a file that `write` fills itself under the temporary name it is given.
void PublishFileDurably(const std::filesystem::path& path,
                        const std::function<void(const std::filesystem::path&)>& write);
void SyncFolder(const std::filesystem::path& folder);

// The whole file. Throws kNotFound, or kTooLarge above `limit` bytes.
std::string ReadFile(const std::filesystem::path& path, std::size_t limit = std::size_t{1} << 30U);

// Opens `relative` for reading strictly below `root`: no "..", no absolute path, no symbolic link
// that leaves the root (openat2 with RESOLVE_BENEATH). Throws kNotFound with a sentence that names
// `relative`, never the root. Refuses what is not a regular file.
FileDescriptor OpenBeneath(const std::filesystem::path& root, const std::string& relative);

// The bytes of an open regular file. Throws kTooLarge above `limit`.
std::string ReadAll(const FileDescriptor& file, std::size_t limit);

}  // namespace burnish::base
