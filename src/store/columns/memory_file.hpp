#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "store/columns/snapshot.hpp"

namespace burnish::store {

// A snapshot's columns as they lie in memory, so that a server answers soon after its start: reading them costs what
// copying costs. Attachments are not in it. Losing the file costs time, never truth; docs/columns.md draws the layout.
struct MemoryFile {
  SnapshotPtr snapshot;
  std::string operation;  // of the change at snapshot->as_of, to be compared with the log's; empty before the first
};

// Whole or not at all: written beside, flushed, renamed. Throws kStorageFull, kUnavailable.
void WriteMemoryFile(const std::filesystem::path& file, const MemoryFile& content);

// Nothing when there is no file. Throws kUnavailable when it is damaged, of another format or of another project: every
// array carries a checksum and is compared with the sizes before anything of it is used.
std::optional<MemoryFile> ReadMemoryFile(const std::filesystem::path& file, const base::ProjectId& project);

}  // namespace burnish::store
