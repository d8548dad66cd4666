#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>

#include "base/error.hpp"
#include "store/backup/backup.hpp"
#include "store/backup/reading.hpp"
#include "store/blobs/file_copy.hpp"
#include "store/catalog/catalog_copy.hpp"

namespace burnish::store {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;

std::string Named(const FoldedProject& project) { return "The project \"" + project.name + "\": "; }

void AddProblems(const std::vector<FoldedProject>& projects, std::vector<std::string>& problems) {
  for (const FoldedProject& project : projects) {
    for (const std::string& problem : project.problems) problems.push_back(Named(project) + problem);
  }
}

void CheckBlob(const BlobStore& blobs, const std::string& name, const std::string& use, CheckReport& report) {
  ++report.blobs;
  try {
    blobs.Verify(name);
  } catch (const Error& error) {
    const bool missing = error.Code() == ErrorCode::kNotFound;
    report.problems.push_back("The stored file " + name + use +
                              (missing ? " is missing." : " is damaged: its bytes are not what was saved."));
  }
}

}  // namespace

base::FileDescriptor LockForReading(const fs::path& backup) {
  base::FileDescriptor lock(open((backup.parent_path() / "lock").c_str(), O_RDONLY | O_CLOEXEC));
  if (lock.Valid() && flock(lock.Get(), LOCK_SH | LOCK_NB) != 0)
    throw Error(ErrorCode::kUnavailable, "A backup is being made in this folder. Try again when it has ended.");
  return lock;
}

std::vector<std::string> Differences(const BackupManifest& manifest, const std::vector<FoldedProject>& projects) {
  std::vector<std::string> problems;
  AddProblems(projects, problems);
  if (projects.size() != manifest.projects.size())
    problems.emplace_back("The backup does not hold the projects that its manifest names.");
  for (std::size_t i = 0; i < std::min(projects.size(), manifest.projects.size()); ++i) {
    const FoldedProject& found = projects[i];
    const BackupManifest::Project& wanted = manifest.projects[i];
    if (!found.problems.empty()) continue;
    if (found.id != wanted.id || found.head != wanted.changes || found.log_hash != wanted.log_hash ||
        found.digest != wanted.digest)
      problems.push_back(Named(found) + "It does not come to the digest that it had when it was backed up.");
  }
  return problems;
}

CheckReport CheckData(const fs::path& data, const fs::path& scratch) {
  CopyCatalog(data / "catalog.sqlite", scratch / "check.sqlite", Logins::kForget);
  Truth truth(scratch / "check.sqlite", data / "blobs");
  CheckReport report;
  if (!truth.AuditIsWhole()) report.problems.emplace_back("The server's audit log was changed.");
  std::vector<NamedBlob> blobs = truth.RowBlobs();
  report.projects = truth.FoldAll();
  AddProblems(report.projects, report.problems);
  for (const FoldedProject& project : report.projects)
    blobs.insert(blobs.end(), project.photographs.begin(), project.photographs.end());
  for (const NamedBlob& blob : Unique(std::move(blobs)))
    CheckBlob(truth.Blobs(), blob.name, " (" + std::string(BlobUseName(blob.use)) + ")", report);
  return report;
}

CheckReport CheckBackup(const fs::path& backup, const fs::path& scratch) {
  const base::FileDescriptor lock = LockForReading(backup);
  const BackupContent content = ReadBackup(backup);
  CopyFileDigested(backup / kBackupCatalog, scratch / "check.sqlite");
  Truth truth(scratch / "check.sqlite", backup.parent_path() / "blobs");
  CheckReport report;
  for (const std::string& name : content.blobs) CheckBlob(truth.Blobs(), name, "", report);
  report.projects = truth.FoldAll();
  const auto differences = Differences(content.manifest, report.projects);
  report.problems.insert(report.problems.end(), differences.begin(), differences.end());
  return report;
}

}  // namespace burnish::store
