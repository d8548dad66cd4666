#pragma once

#include <filesystem>

#include "base/files.hpp"

namespace burnish::store {

// The data folder, held by this process alone for as long as the object lives (flock on its file
// "lock", which names the process for people). Made with rights for its owner only when absent.
//
// Throws kUnavailable with one sentence when another process holds it, when others may read it,
// or when it is on a network file system, where locks and fsync cannot be trusted.
class DataFolder {
 public:
  explicit DataFolder(const std::filesystem::path& path);

  const std::filesystem::path& Path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
  base::FileDescriptor lock_;
};

}  // namespace burnish::store
