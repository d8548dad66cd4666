#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace burnish::store {

// BLAKE2b-256 of a file's bytes in hex, which is what names a blob; the same as `b2sum -l 256`.
// Throws kNotFound when it cannot be opened, kUnavailable when the disk refuses.
std::string DigestOfFile(const std::filesystem::path& file);

struct CopiedFile {
  std::string digest;
  std::uint64_t bytes = 0;
};
// Copies `from` to `to` (mode 0600), which must not exist, and says what the bytes were. They are on stable storage
// only after SyncFileSystem. Throws as DigestOfFile, and kStorageFull.
CopiedFile CopyFileDigested(const std::filesystem::path& from, const std::filesystem::path& to);

// Brings everything that was written to the file system of `folder` to stable storage: one flush for many files.
void SyncFileSystem(const std::filesystem::path& folder);

}  // namespace burnish::store
