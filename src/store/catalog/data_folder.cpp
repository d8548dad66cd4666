#include "store/catalog/data_folder.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <string>

#include "base/error.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;

// Not all of them are in linux/magic.h.
constexpr long kCifs = 0xFF534D42;
constexpr long kSmb2 = 0xFE534D42;
constexpr long kFuse = 0x65735546;

void MakeOrCheck(const std::filesystem::path& path) {
  std::error_code ignored;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ignored);
  if (mkdir(path.c_str(), 0700) == 0) return;
  struct stat info {};
  if (stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    throw Error(ErrorCode::kUnavailable,
                "The data folder cannot be made, or there is a file in its place. Choose another folder.");
  }
  if ((info.st_mode & 077U) != 0) {
    throw Error(
        ErrorCode::kUnavailable,
        "Other users of this machine may open the data folder. Take their rights away (chmod 700) and start again.");
  }
}

void RefuseNetwork(const std::filesystem::path& path) {
  struct statfs info {};
  if (statfs(path.c_str(), &info) != 0) return;
  const long type = static_cast<long>(static_cast<unsigned int>(info.f_type));
  if (type == NFS_SUPER_MAGIC || type == SMB_SUPER_MAGIC || type == kCifs || type == kSmb2 || type == kFuse) {
    throw Error(
        ErrorCode::kUnavailable,
        "The data folder is on a network or FUSE file system, which may lose data. Choose a folder on a local disk.");
  }
}

}  // namespace

DataFolder::DataFolder(const std::filesystem::path& path) : path_(path) {
  MakeOrCheck(path);
  RefuseNetwork(path);
  const auto file = path / "lock";
  lock_ = base::FileDescriptor(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock_.Valid())
    throw Error(ErrorCode::kUnavailable, "The data folder cannot be written. Check its owner and rights.");
  if (flock(lock_.Get(), LOCK_EX | LOCK_NB) != 0) {
    throw Error(ErrorCode::kUnavailable,
                "Another Burnish works with this data folder. Stop it first, or use the running one.");
  }
  // For people only; the lock is flock's, which ends with the process however that ends.
  const std::string process = std::to_string(getpid()) + "\n";
  if (ftruncate(lock_.Get(), 0) != 0 || pwrite(lock_.Get(), process.data(), process.size(), 0) < 0) {
    throw Error(ErrorCode::kStorageFull, "The disk is full. Free some space and start again.");
  }
}

}  // namespace burnish::store
