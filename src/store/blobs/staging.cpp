#include "store/blobs/staging.hpp"

#include <sys/stat.h>

#include <string>
#include <system_error>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;

void RemoveAll(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  // The next start tries again; the work itself has ended.
  if (error) spdlog::warn("staging: a folder could not be removed: {}", error.message());
}

}  // namespace

StagingFolder::StagingFolder(const std::filesystem::path& root, std::string_view name) {
  if (!base::LooksLikeId(std::string(name)))
    throw Error(ErrorCode::kInternal, "A staging folder needs an id as its name.");
  path_ = root / name;
  RemoveAll(path_);
  std::error_code error;
  std::filesystem::create_directories(root, error);
  if (mkdir(path_.c_str(), 0700) != 0)
    throw Error(ErrorCode::kUnavailable, "The disk refused to make a folder. Free some space and try again.");
}

StagingFolder::~StagingFolder() {
  try {
    BURNISH_FAILPOINT("staging.remove");
    RemoveAll(path_);
  } catch (const std::exception&) {  // what stays is removed at the next start
  }
}

void ClearStaging(const std::filesystem::path& root) {
  std::error_code error;
  std::filesystem::create_directories(root, error);
  for (const auto& entry : std::filesystem::directory_iterator(root, error)) RemoveAll(entry.path());
}

}  // namespace burnish::store
