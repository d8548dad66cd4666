#include "store/backup/blobs_in_use.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include "base/error.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;

base::FileDescriptor OpenLock(const std::filesystem::path& data) {
  base::FileDescriptor file(open((data / "blobs.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.Valid())
    throw Error(ErrorCode::kUnavailable,
                "The data folder cannot be written. Check its owner and rights, and the space on its disk.");
  return file;
}

}  // namespace

BlobsInUse::BlobsInUse(const std::filesystem::path& data) : lock_(OpenLock(data)) {
  if (flock(lock_.Get(), LOCK_SH) != 0) throw Error(ErrorCode::kUnavailable, "The data folder cannot be locked.");
}

BlobsToMyself::BlobsToMyself(const std::filesystem::path& data) : lock_(OpenLock(data)) {
  if (flock(lock_.Get(), LOCK_EX | LOCK_NB) != 0)
    throw Error(ErrorCode::kUnavailable, "A backup or a check reads the stored files. Try again when it has ended.");
}

}  // namespace burnish::store
