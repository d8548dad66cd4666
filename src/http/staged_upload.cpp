#include "http/staged_upload.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/error.hpp"
#include "base/ids.hpp"

namespace burnish::http {

using base::ErrorCode;

StagedUpload::StagedUpload(const std::filesystem::path& folder, base::Random& random)
    : path_(folder / ("upload-" + base::NewIdText(random))) {
  file_ = base::FileDescriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file_.Valid())
    throw base::Error(ErrorCode::kUnavailable,
                      "The server cannot take uploads now: its staging folder is not writable.");
}

StagedUpload::~StagedUpload() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

void StagedUpload::Append(std::string_view bytes) {
  bytes_ += bytes.size();
  while (!bytes.empty()) {
    const auto written = ::write(file_.Get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      throw base::Error(errno == ENOSPC || errno == EDQUOT ? ErrorCode::kStorageFull : ErrorCode::kUnavailable,
                        "The upload could not be stored. Free some space on the server's disk and try again.");
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

UploadedFile StagedUpload::Close() {
  file_ = base::FileDescriptor();
  return {path_, bytes_};
}

}  // namespace burnish::http
