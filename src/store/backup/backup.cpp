#include "store/backup/backup.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <iterator>
#include <set>
#include <system_error>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "base/log.hpp"
#include "store/blobs/file_copy.hpp"
#include "store/catalog/catalog_copy.hpp"

namespace burnish::store {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;

std::string TimeText(base::Micros at, const char* form) {
  const std::time_t seconds = at / 1'000'000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, form, &parts)};
}

void MakePrivateFolder(const fs::path& folder) {
  std::error_code failed;
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), failed);
  if (mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return;
  if (errno == ENOSPC) throw Error(ErrorCode::kStorageFull, "The disk is full. Free some space and try again.");
  throw Error(ErrorCode::kUnavailable,
              "The folder for backups cannot be made. Check the rights of " + folder.parent_path().string() + ".");
}

// SQLite makes files of its own beside a catalog, with the rights of whoever opens it.
void RequireOwnData(const fs::path& data) {
  struct stat info {};
  if (stat((data / "catalog.sqlite").c_str(), &info) != 0) {
    throw Error(ErrorCode::kNotFound,
                "There is no Burnish data in this folder. Name the one that the server uses with --data.");
  }
  if (info.st_uid != geteuid())
    throw Error(ErrorCode::kPermissionDenied,
                "The data folder belongs to another user. Run this as the user who runs Burnish.");
}

std::vector<std::string> NamesOf(const std::vector<NamedBlob>& blobs) {
  std::vector<std::string> names;
  names.reserve(blobs.size());
  for (const NamedBlob& blob : blobs) names.push_back(blob.name);
  return names;
}

// Those that many projects need, and that cannot be derived: worth a look each time. Damaged copies go, to be made
// anew.
void DropDamaged(const BlobStore& copies, const fs::path& folder, const std::vector<NamedBlob>& blobs) {
  for (const NamedBlob& blob : blobs) {
    if (!copies.Has(blob.name)) continue;
    try {
      copies.Verify(blob.name);
    } catch (const Error& damaged) {
      spdlog::warn("backup: {} in the folder of backups was damaged and is copied anew", blob.name);
      fs::remove(BlobPath(folder, blob.name));
    }
  }
}

BackupManifest::Project ProjectOf(const FoldedProject& folded) {
  BackupManifest::Project project{folded.id,     folded.name,    folded.head, folded.log_hash,
                                  folded.digest, folded.samples, {}};
  for (const auto& root : folded.roots) project.roots.push_back({root.name, root.path, root.samples});
  return project;
}

// A backup whose list cannot be trusted stops the tidying: it may need any of the blobs.
std::set<std::string> NamesIn(const fs::path& backup) {
  BackupContent content = ReadBackup(backup);
  return {std::make_move_iterator(content.blobs.begin()), std::make_move_iterator(content.blobs.end())};
}

void Rename(const fs::path& from, const fs::path& to) {
  std::error_code failed;
  fs::rename(from, to, failed);
  if (failed) throw Error(ErrorCode::kUnavailable, "The disk refused to rename a backup.");
}

void Add(BlobCopy& to, const BlobCopy& more) {
  to.copied += more.copied;
  to.copied_bytes += more.copied_bytes;
  to.present += more.present;
}

}  // namespace

BackupFolder::BackupFolder(const fs::path& path) : path_(path) {
  MakePrivateFolder(path_);
  lock_ = base::FileDescriptor(open((path_ / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock_.Valid())
    throw Error(ErrorCode::kUnavailable, "The folder for backups cannot be written. Check its owner and rights.");
  if (flock(lock_.Get(), LOCK_EX | LOCK_NB) != 0)
    throw Error(ErrorCode::kUnavailable,
                "Another backup is being made in this folder, or read from it. Wait until it has ended.");
  for (const auto& entry : fs::directory_iterator(path_)) {
    std::error_code ignored;
    if (entry.path().extension() == ".partial") fs::remove_all(entry.path(), ignored);
  }
}

MadeBackup BackupFolder::Make(const fs::path& data, const base::Clock& clock, const std::string& burnish) {
  RequireOwnData(data);
  const base::Micros now = clock.Now();
  std::string name = TimeText(now, "%Y-%m-%dT%H-%M-%SZ");
  for (int again = 2; fs::exists(path_ / name); ++again)
    name = TimeText(now, "%Y-%m-%dT%H-%M-%SZ-") + std::to_string(again);
  const fs::path partial = path_ / (name + ".partial");
  MakePrivateFolder(partial);
  try {
    BackupManifest manifest;
    manifest.burnish = burnish;
    manifest.made = TimeText(now, "%Y-%m-%dT%H:%M:%SZ");
    MadeBackup made = Fill(data, partial, std::move(manifest));
    SyncFileSystem(path_);
    BURNISH_FAILPOINT("backup.rename.before");
    made.folder = path_ / name;
    Rename(partial, made.folder);
    base::SyncFolder(path_);
    BURNISH_FAILPOINT("backup.rename.after");
    return made;
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(partial, ignored);
    fs::remove_all(Blobs() / "arriving", ignored);
    throw;
  }
}

MadeBackup BackupFolder::Fill(const fs::path& data, const fs::path& partial, BackupManifest manifest) {
  CopyCatalog(data / "catalog.sqlite", partial / kBackupCatalog, Logins::kForget);
  CopyFileDigested(partial / kBackupCatalog, partial / "check.sqlite");
  MadeBackup made{{}, std::move(manifest), {}};
  std::vector<NamedBlob> needed;
  {
    const auto source = OpenFolderBlobStore(data / "blobs");
    Truth truth(partial / "check.sqlite", Blobs());
    needed = truth.RowBlobs();
    DropDamaged(truth.Blobs(), Blobs(), needed);
    Add(made.blobs, CopyBlobs(*source, NamesOf(needed), Blobs()));
    BURNISH_FAILPOINT("backup.blobs_copied");
    for (const base::ProjectId& project : truth.Projects()) {
      FoldedProject folded = truth.Fold(project);
      if (!folded.problems.empty())
        throw Error(ErrorCode::kInternal, "The project \"" + folded.name + "\" is damaged: " + folded.problems.front() +
                                              " Nothing was backed up; 'burnish verify' lists what is wrong.");
      Add(made.blobs, CopyBlobs(*source, NamesOf(Unique(folded.photographs)), Blobs()));
      made.manifest.projects.push_back(ProjectOf(folded));
      needed.insert(needed.end(), std::make_move_iterator(folded.photographs.begin()),
                    std::make_move_iterator(folded.photographs.end()));
    }
  }
  needed = Unique(std::move(needed));
  made.manifest.catalog_bytes = fs::file_size(partial / kBackupCatalog);
  made.manifest.blobs = needed.size();
  for (const NamedBlob& blob : needed) made.manifest.blob_bytes += fs::file_size(BlobPath(Blobs(), blob.name));
  WriteManifest(partial, made.manifest, NamesOf(needed));
  return made;
}

std::vector<fs::path> BackupFolder::List() const {
  std::vector<fs::path> backups;
  for (const auto& entry : fs::directory_iterator(path_)) {
    if (entry.path().extension() != ".partial" && fs::exists(entry.path() / kBackupSums))
      backups.push_back(entry.path());
  }
  std::sort(backups.begin(), backups.end());
  return backups;
}

std::size_t BackupFolder::Prune(std::size_t keep) {
  auto backups = List();
  if (backups.size() <= keep) return 0;
  const std::size_t old = backups.size() - keep;
  for (std::size_t i = 0; i < old; ++i) {
    // Without its name first: half a backup must not look like one.
    const fs::path going = backups[i].string() + ".partial";
    Rename(backups[i], going);
    fs::remove_all(going);
  }
  RemoveUnneededBlobs();
  return old;
}

void BackupFolder::RemoveUnneededBlobs() {
  std::set<std::string> needed;
  for (const fs::path& backup : List()) needed.merge(NamesIn(backup));
  std::vector<fs::path> unneeded;
  for (const auto& entry : fs::recursive_directory_iterator(Blobs())) {
    if (entry.is_regular_file() && !needed.contains(entry.path().filename().string())) unneeded.push_back(entry.path());
  }
  for (const fs::path& blob : unneeded) fs::remove(blob);
}

}  // namespace burnish::store
