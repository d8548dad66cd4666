#include "store/blobs/file_copy.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/hash.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;

[[noreturn]] void ThrowWriteError(int error) {
  if (error == ENOSPC || error == EDQUOT)
    throw Error(ErrorCode::kStorageFull, "The disk is full. Free some space and try again.");
  throw Error(ErrorCode::kUnavailable, "The disk refused to write a copy.");
}

void ReadPieces(const std::filesystem::path& path, const std::function<void(std::span<const std::byte>)>& take) {
  const base::FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.Valid()) throw Error(ErrorCode::kNotFound, "The stored file is missing.");
  std::vector<std::byte> piece(std::size_t{1} << 20U);
  while (true) {
    const ssize_t got = read(file.Get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Error(ErrorCode::kUnavailable, "The disk refused to read a stored file.");
    if (got == 0) return;
    take(std::span(piece.data(), static_cast<std::size_t>(got)));
  }
}

void WriteAll(const base::FileDescriptor& file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = write(file.Get(), bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) ThrowWriteError(errno);
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
  }
}

}  // namespace

std::string DigestOfFile(const std::filesystem::path& file) {
  base::Digest digest;
  ReadPieces(file, [&](std::span<const std::byte> piece) { digest.Update(piece); });
  return digest.FinishHex();
}

CopiedFile CopyFileDigested(const std::filesystem::path& from, const std::filesystem::path& to) {
  const base::FileDescriptor target(open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!target.Valid()) ThrowWriteError(errno);
  base::Digest digest;
  CopiedFile copied;
  ReadPieces(from, [&](std::span<const std::byte> piece) {
    digest.Update(piece);
    copied.bytes += piece.size();
    WriteAll(target, piece);
  });
  copied.digest = digest.FinishHex();
  return copied;
}

void SyncFileSystem(const std::filesystem::path& folder) {
  const base::FileDescriptor opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.Valid() || syncfs(opened.Get()) != 0) {
    if (errno == ENOSPC || errno == EDQUOT) ThrowWriteError(errno);
    throw Error(ErrorCode::kUnavailable, "The disk failed to store the copy.");
  }
}

}  // namespace burnish::store
