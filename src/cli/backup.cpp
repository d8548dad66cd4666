#include <unistd.h>

#include <iostream>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/scratch_folder.hpp"
#include "store/backup/backup.hpp"

// Backing up, restoring and checking. They read a data folder beside the server that works with it, if one does: the
// catalog by SQLite's own backup, the blobs because they never change.
namespace burnish::cli {
namespace {

namespace fs = std::filesystem;

std::string Counted(std::uint64_t number, const std::string& one, const std::string& many) {
  return std::to_string(number) + " " + (number == 1 ? one : many);
}

std::string Megabytes(std::uint64_t bytes) {
  return std::to_string(bytes / 1'000'000) + "." + std::to_string(bytes / 100'000 % 10) + " MB";
}

void RefuseInside(const fs::path& folder, const fs::path& data) {
  const auto inner = fs::weakly_canonical(folder);
  const auto outer = fs::weakly_canonical(data);
  const auto [left, ignored] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  if (left == outer.end()) {
    throw base::Error(
        base::ErrorCode::kInvalidArgument,
        "The folder for backups is inside the data folder, and would be lost with it. Choose one on another disk.");
  }
}

template <class Projects>
void PrintProjects(const Projects& projects) {
  for (const auto& project : projects) {
    std::cout << "  " << project.name << ": " << Counted(project.samples, "sample", "samples") << ", digest "
              << project.digest << "\n";
  }
}

void PrintLeftOut(const std::vector<store::BackupManifest::Project>& projects) {
  bool first = true;
  for (const auto& project : projects) {
    for (const auto& root : project.roots) {
      if (first) std::cout << "Not in it: photographs that lie in folders of their own. Back these up as well:\n";
      first = false;
      std::cout << "  " << root.path << " (" << Counted(root.samples, "sample", "samples") << " of " << project.name
                << ")\n";
    }
  }
}

int Report(const store::CheckReport& report) {
  for (const auto& project : report.projects) {
    if (!project.problems.empty()) continue;
    std::cout << project.id.Text() << "  change " << project.head << "  " << project.digest << "\n";
  }
  for (const std::string& problem : report.problems) std::cout << problem << "\n";
  const auto looked = Counted(report.projects.size(), "project", "projects") + " and " +
                      Counted(report.blobs, "stored file", "stored files") + " were read";
  if (report.problems.empty()) {
    std::cout << "Everything is whole: " << looked << ".\n";
    return 0;
  }
  std::cout << "Damaged: " << Counted(report.problems.size(), "problem", "problems") << ", listed above; " << looked
            << ". Restore a backup.\n";
  return 1;
}

}  // namespace

int Backup(const BackupOptions& options) {
  const fs::path folder = fs::absolute(options.folder);
  const fs::path data = fs::absolute(options.data);
  RefuseInside(folder, data);
  const base::SystemClock clock;
  store::BackupFolder backups(folder);
  const auto made = backups.Make(data, clock, BURNISH_VERSION);
  std::cout << made.folder.string() << "\n";
  PrintProjects(made.manifest.projects);
  std::cout << Counted(made.manifest.blobs, "stored file", "stored files") << " ("
            << Megabytes(made.manifest.blob_bytes) << "), of which " << made.blobs.copied << " ("
            << Megabytes(made.blobs.copied_bytes) << ") are new in this folder.\n";
  PrintLeftOut(made.manifest.projects);
  if (options.keep > 0) {
    const auto removed = backups.Prune(options.keep);
    if (removed > 0) std::cout << Counted(removed, "older backup was", "older backups were") << " removed.\n";
  }
  return 0;
}

int Restore(const fs::path& backup, const fs::path& data) {
  // Without what a trailing slash leaves: the folder's name is needed.
  const auto manifest = store::RestoreBackup((fs::absolute(backup) / "").lexically_normal().parent_path(),
                                             (fs::absolute(data) / "").lexically_normal().parent_path());
  std::cout << "Restored to " << data.string() << " as it was at " << manifest.made << ":\n";
  PrintProjects(manifest.projects);
  PrintLeftOut(manifest.projects);
  std::cout << "Start it with: burnish serve --data " << data.string() << "\n";
  return 0;
}

int Verify(const fs::path& data) {
  const ScratchFolder scratch;
  return Report(store::CheckData(fs::absolute(data), scratch.Path()));
}

int VerifyBackup(const fs::path& backup) {
  const ScratchFolder scratch;
  return Report(store::CheckBackup((fs::absolute(backup) / "").lexically_normal().parent_path(), scratch.Path()));
}

}  // namespace burnish::cli
