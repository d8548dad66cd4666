#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "base/files.hpp"

namespace burnish::store {

// Whole reads and writes at an offset; throw kStorageFull or kUnavailable.
base::FileDescriptor OpenPackFile(const std::filesystem::path& path);
std::uint64_t PackFileSize(const base::FileDescriptor& file);
// Short only at the end of the file.
std::size_t ReadAt(const base::FileDescriptor& file, std::uint64_t offset, std::span<std::byte> bytes);
// False unless all of it is in memory: then nothing waits for a disk.
bool ReadAtHand(const base::FileDescriptor& file, std::uint64_t offset, std::span<std::byte> bytes);
void WriteAt(const base::FileDescriptor& file, std::uint64_t offset, std::span<const std::byte> bytes);
void SyncPack(const base::FileDescriptor& file);
void CutPack(const base::FileDescriptor& file, std::uint64_t size);
// Renames a file that is no pack to "<name>.broken-<n>".
void SetPackAside(const std::filesystem::path& path);

}  // namespace burnish::store
