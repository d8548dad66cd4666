#pragma once

#include <filesystem>
#include <string_view>

namespace burnish::store {

// A folder for what an import or export is making; gone with everything in it when the object goes,
// however the work ended.
class StagingFolder {
 public:
  // `name` is an id (an import's, a job's). Starts empty, whatever an earlier try left.
  StagingFolder(const std::filesystem::path& root, std::string_view name);
  ~StagingFolder();
  StagingFolder(const StagingFolder&) = delete;
  StagingFolder& operator=(const StagingFolder&) = delete;

  const std::filesystem::path& Path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

// At start, before any work: removes what a killed process left below `root`. Makes `root` when absent.
void ClearStaging(const std::filesystem::path& root);

}  // namespace burnish::store
