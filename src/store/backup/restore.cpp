#include <sys/stat.h>

#include <system_error>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "store/backup/backup.hpp"
#include "store/backup/reading.hpp"
#include "store/blobs/file_copy.hpp"

namespace burnish::store {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;

void RefuseUsed(const fs::path& target) {
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(target, ignored))) return;
  if (fs::is_directory(target, ignored) && fs::is_empty(target, ignored)) return;
  throw Error(ErrorCode::kConflict,
              "The folder " + target.string() +
                  " is not empty, and nothing in it is overwritten. Name a folder that is not there yet.");
}

void Fill(const fs::path& backup, const BackupContent& content, const fs::path& work) {
  const auto blobs = OpenFolderBlobStore(backup.parent_path() / "blobs");
  CopyBlobs(*blobs, content.blobs, work / "blobs");
  CopyFileDigested(backup / kBackupCatalog, work / "catalog.sqlite");
  CopyFileDigested(backup / kBackupCatalog, work / "check.sqlite");
  Truth truth(work / "check.sqlite", work / "blobs");
  const auto problems = Differences(content.manifest, truth.FoldAll());
  if (!problems.empty()) throw Error(ErrorCode::kInternal, problems.front() + " Nothing was restored.");
}

}  // namespace

BackupManifest RestoreBackup(const fs::path& backup, const fs::path& target) {
  RefuseUsed(target);
  const base::FileDescriptor lock = LockForReading(backup);
  const BackupContent content = ReadBackup(backup);
  const fs::path work = target.parent_path() / ("." + target.filename().string() + ".restoring");
  std::error_code failed;
  fs::create_directories(target.parent_path(), failed);
  fs::remove_all(work, failed);
  if (mkdir(work.c_str(), 0700) != 0)
    throw Error(ErrorCode::kUnavailable, "The data folder cannot be made. Check the rights of " +
                                             target.parent_path().string() + " and the space there.");
  try {
    Fill(backup, content, work);
    SyncFileSystem(work);
    BURNISH_FAILPOINT("restore.rename.before");
    fs::rename(work, target, failed);
    if (failed) throw Error(ErrorCode::kUnavailable, "The disk refused to give the data folder its name.");
    base::SyncFolder(target.parent_path());
  } catch (...) {
    fs::remove_all(work, failed);
    throw;
  }
  return content.manifest;
}

}  // namespace burnish::store
