#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "store/backup/manifest.hpp"
#include "store/backup/truth.hpp"
#include "store/blobs/copy_blobs.hpp"

namespace burnish::store {

struct MadeBackup {
  std::filesystem::path folder;
  BackupManifest manifest;
  BlobCopy blobs;
};

// A folder of backups (manifest.hpp says how it looks), held by this process alone. Made when absent; what an
// interrupted backup left is removed.
class BackupFolder {
 public:
  // Throws kUnavailable when another backup is being made there, or when the folder cannot be written.
  explicit BackupFolder(const std::filesystem::path& path);

  // Backs the data folder up as it is at one moment, also while a server works with it. The backup has its name only
  // once it is whole, on stable storage, and its own bytes have been folded to the digests of its manifest. Blobs that
  // an earlier backup brought are not copied again. After a failure nothing is left that looks like a backup. Throws
  // kNotFound when there is no data, kInternal naming what is damaged, kStorageFull, kUnavailable.
  MadeBackup Make(const std::filesystem::path& data, const base::Clock& clock, const std::string& burnish);

  // The finished ones, oldest first.
  std::vector<std::filesystem::path> List() const;
  // Removes all but the newest `keep`, and the blobs that no backup needs any more. Returns how many backups went.
  std::size_t Prune(std::size_t keep);

 private:
  std::filesystem::path Blobs() const { return path_ / "blobs"; }
  // Catalog, blobs and manifest into `partial`.
  MadeBackup Fill(const std::filesystem::path& data, const std::filesystem::path& partial, BackupManifest manifest);
  void RemoveUnneededBlobs();

  std::filesystem::path path_;
  base::FileDescriptor lock_;
};

// Makes `target`, which must be absent or empty, the data folder that was backed up, and proves it by the digests of
// the manifest. `target` is there only when all of it is right. Throws kConflict when it holds something, as ReadBackup
// does, and naming what is damaged.
BackupManifest RestoreBackup(const std::filesystem::path& backup, const std::filesystem::path& target);

// What a check found; `problems` has one sentence each, which names the project.
struct CheckReport {
  std::vector<FoldedProject> projects;
  std::uint64_t blobs = 0;
  std::vector<std::string> problems;
};
// Reads all of the truth, also while a server works with it: SQLite's pages, the hash chains of logs and audits, every
// blob that is named, each project made anew, the digests of its versions. `scratch`: an empty folder for a copy of the
// catalog. Throws as CopyCatalog when not even that can be made.
CheckReport CheckData(const std::filesystem::path& data, const std::filesystem::path& scratch);
// The same for a backup, and that it is what its manifest says. Throws as ReadBackup.
CheckReport CheckBackup(const std::filesystem::path& backup, const std::filesystem::path& scratch);

}  // namespace burnish::store
