#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "store/backup/manifest.hpp"
#include "store/backup/truth.hpp"

// What restoring a backup and checking one have in common.
namespace burnish::store {

// A backup that is being read must not be tidied away. One on a medium that takes no locks is in no such danger.
// Throws kUnavailable while another backup is being made beside it.
base::FileDescriptor LockForReading(const std::filesystem::path& backup);

// What is wrong with the folded projects, or not what the manifest says: one sentence each, which names the project.
std::vector<std::string> Differences(const BackupManifest& manifest, const std::vector<FoldedProject>& projects);

}  // namespace burnish::store
