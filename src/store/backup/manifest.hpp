#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/ids.hpp"

namespace burnish::store {

// What a backup says about itself. A folder of backups is
//
//   blobs/aa/bb/<name>            bytes by content, shared by its backups
//   2026-11-23T22-30-05Z/         one backup, by the time of its moment (UTC)
//     catalog.sqlite              the catalog at that moment, as one file, without logins
//     blobs.txt                   the blobs that it needs: "<hash>  ../blobs/aa/bb/<name>" per line, by name
//     manifest.json               this structure
//     SUMS                        "<hash>  <file>" for the three above
//   lock                          held while a backup is made or read
//
// Hashes are BLAKE2b-256, so that `b2sum -l 256 -c SUMS blobs.txt` checks a backup without Burnish. A folder whose name
// ends in ".partial" is no backup.
struct BackupManifest {
  static constexpr int kFormat = 1;

  struct Project {
    base::ProjectId id;
    std::string name;
    base::SequenceNumber changes = 0;
    std::string log_hash;
    std::string digest;
    std::uint64_t samples = 0;
    // Where photographs lie that are not in the backup.
    struct Root {
      std::string name;
      std::string path;
      std::uint64_t samples = 0;
    };
    std::vector<Root> roots;
  };

  std::string burnish;  // the version that made it
  std::string made;     // 2026-11-23T22:30:05Z
  std::uint64_t catalog_bytes = 0;
  std::uint64_t blobs = 0;
  std::uint64_t blob_bytes = 0;
  std::vector<Project> projects;
};

inline constexpr const char* kBackupCatalog = "catalog.sqlite";
inline constexpr const char* kBackupBlobList = "blobs.txt";
inline constexpr const char* kBackupManifest = "manifest.json";
inline constexpr const char* kBackupSums = "SUMS";

// Into the folder of a backup that is being made: manifest, list of blobs (names, sorted), and SUMS last.
void WriteManifest(const std::filesystem::path& backup, const BackupManifest& manifest,
                   const std::vector<std::string>& blobs);

// What a backup holds, once its own files have been found to be what was written. Throws kNotFound when the folder is
// no backup, kUnavailable when a newer Burnish made it, kInternal naming the file that is missing or damaged.
struct BackupContent {
  BackupManifest manifest;
  std::vector<std::string> blobs;
};
BackupContent ReadBackup(const std::filesystem::path& backup);

}  // namespace burnish::store
