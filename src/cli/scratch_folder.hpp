#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "base/error.hpp"

namespace burnish::cli {

// A folder that goes with everything in it.
class ScratchFolder {
 public:
  ScratchFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "burnish-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      throw base::Error(base::ErrorCode::kUnavailable, "No temporary folder can be made.");
    path_ = pattern;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& Path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace burnish::cli
