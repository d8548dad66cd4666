#include "store/blobs/copy_blobs.hpp"

#include <sys/stat.h>

#include <system_error>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "store/blobs/file_copy.hpp"

namespace burnish::store {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;

// One flush of the disk for this many, since a flush for each would take most of the time.
constexpr std::size_t kMostAtOnce = 512;
constexpr std::uint64_t kMostBytesAtOnce = 256ULL << 20U;

class BlobCopier {
 public:
  BlobCopier(const BlobStore& from, const fs::path& to) : from_(from), to_(to), arriving_(to / "arriving") {
    std::error_code failed;
    fs::create_directories(to_, failed);
    fs::remove_all(arriving_, failed);  // left by one that was interrupted
    fs::create_directory(arriving_, failed);
    if (failed)
      throw Error(ErrorCode::kUnavailable,
                  "The folder for the stored files cannot be made. Check its rights and the space.");
  }

  void Take(const std::string& name) {
    const fs::path source = SourceOf(name);
    std::error_code absent;
    const auto there = fs::file_size(BlobPath(to_, name), absent);
    if (!absent && there == fs::file_size(source, absent)) {
      ++done_.present;
      return;
    }
    const CopiedFile copied = CopyFileDigested(source, arriving_ / name);
    if (copied.digest != name)
      throw Error(ErrorCode::kInternal, "The stored file " + name + " is damaged: its bytes are not what was saved.",
                  name);
    waiting_.push_back(name);
    waiting_bytes_ += copied.bytes;
    done_.copied_bytes += copied.bytes;
    if (waiting_.size() >= kMostAtOnce || waiting_bytes_ >= kMostBytesAtOnce) Publish();
  }

  BlobCopy Finish() {
    Publish();
    std::error_code ignored;
    fs::remove(arriving_, ignored);
    return done_;
  }

 private:
  fs::path SourceOf(const std::string& name) const {
    try {
      return from_.LocalPath(name);
    } catch (const Error&) {
      throw Error(ErrorCode::kNotFound, "The stored file " + name + " is missing.", name);
    }
  }

  void Publish() {
    if (waiting_.empty()) return;
    SyncFileSystem(to_);
    BURNISH_FAILPOINT("backup.blobs_arrived");
    for (const std::string& name : waiting_) {
      const fs::path place = BlobPath(to_, name);
      std::error_code failed;
      fs::create_directories(place.parent_path(), failed);
      if (!failed) fs::rename(arriving_ / name, place, failed);
      if (failed) throw Error(ErrorCode::kUnavailable, "The disk refused to rename a copy.");
    }
    done_.copied += waiting_.size();
    waiting_.clear();
    waiting_bytes_ = 0;
  }

  const BlobStore& from_;
  fs::path to_;
  fs::path arriving_;
  std::vector<std::string> waiting_;  // whole, without their names yet
  std::uint64_t waiting_bytes_ = 0;
  BlobCopy done_;
};

}  // namespace

fs::path BlobPath(const fs::path& root, const std::string& name) {
  return root / name.substr(0, 2) / name.substr(2, 2) / name;
}

BlobCopy CopyBlobs(const BlobStore& from, const std::vector<std::string>& names, const fs::path& to) {
  BlobCopier copier(from, to);
  for (const std::string& name : names) copier.Take(name);
  return copier.Finish();
}

}  // namespace burnish::store
