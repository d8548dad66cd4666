#pragma once

#include "formats/parse/sinks.hpp"

namespace burnish::formats {

struct ArchiveLimits;

// A zip or tar (plain, gzip, bzip2, xz, zstd) on a descriptor that can seek. Gives regular files in the order of the
// archive; folders and hidden names are passed over. Links, devices, names that lead out, encrypted and oversized
// entries are problems; so is, and stops all, what unpacks to too much (before unpacking, where the archive has a
// directory). Paths are given as the archive has them.
void ParseArchive(int descriptor, ArchiveSink& sink);

// Smaller limits for tests.
struct ArchiveLimits {
  std::uint64_t entries;
  std::uint64_t entry_bytes;
  std::uint64_t unpacked_bytes;
  std::uint64_t ratio;
  std::uint64_t ratio_free_bytes;
};
void ParseArchive(int descriptor, ArchiveSink& sink, const ArchiveLimits& limits);

}  // namespace burnish::formats
