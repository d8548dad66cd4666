#include "store/blobs/blob_store.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <string>
#include <unordered_set>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "base/files.hpp"
#include "base/hash.hpp"
#include "store/blobs/file_copy.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kNameLength = 64;

bool LooksLikeName(std::string_view name) {
  return name.size() == kNameLength && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// A folder's entry in its parent must be on stable storage before a file in it counts; one that is there
// already may be as fresh as another thread's, or a killed server's, last step.
void MakeFolderDurably(const std::filesystem::path& folder) {
  if (mkdir(folder.c_str(), 0700) != 0) {
    if (errno == EEXIST) return base::SyncFolder(folder.parent_path());
    if (errno == ENOSPC || errno == EDQUOT)
      throw Error(ErrorCode::kStorageFull, "The disk is full; nothing was saved. Free some space and try again.");
    throw Error(ErrorCode::kUnavailable, "The disk refused to make a folder; nothing was saved.");
  }
  base::SyncFolder(folder.parent_path());
}

class FolderBlobStore final : public BlobStore {
 public:
  explicit FolderBlobStore(const std::filesystem::path& root) : root_(root) {
    std::error_code error;
    std::filesystem::create_directories(root_.parent_path(), error);
    MakeFolderDurably(root_);
  }

  std::string Put(std::span<const std::byte> bytes) override {
    base::Digest digest;
    digest.Update(bytes);
    std::string name = digest.FinishHex();
    if (Has(name)) {
      Settle(name);
      return name;
    }
    BURNISH_FAILPOINT("blobs.put.before");
    base::WriteFileDurably(FolderFor(name) / name, bytes);
    BURNISH_FAILPOINT("blobs.put.after");
    return name;
  }

  std::string PutFile(const std::filesystem::path& file) override {
    std::string name = DigestOfFile(file);
    if (Has(name)) {
      Settle(name);
      std::filesystem::remove(file);
      return name;
    }
    BURNISH_FAILPOINT("blobs.put.before");
    const auto target = FolderFor(name) / name;
    base::PublishFileDurably(target, [&](const std::filesystem::path& temporary) {
      if (rename(file.c_str(), temporary.c_str()) != 0)
        throw Error(ErrorCode::kUnavailable, "The disk refused to move a file; nothing was saved.");
      chmod(temporary.c_str(), 0600);
    });
    BURNISH_FAILPOINT("blobs.put.after");
    return name;
  }

  bool Has(std::string_view name) const override {
    return LooksLikeName(name) && access(PathOf(name).c_str(), F_OK) == 0;
  }

  std::string Get(std::string_view name, std::size_t limit) const override {
    std::string bytes = base::ReadFile(LocalPath(name), limit);
    if (base::DigestHex(bytes) != name) ThrowDamaged();
    return bytes;
  }

  std::filesystem::path LocalPath(std::string_view name) const override {
    if (!Has(name)) throw Error(ErrorCode::kNotFound, "A stored file is missing.", std::string(name));
    return PathOf(name);
  }

  std::filesystem::path LocalFolder() const override { return root_; }

  void Verify(std::string_view name) const override {
    if (DigestOfFile(LocalPath(name)) != name) ThrowDamaged();
  }

 private:
  [[noreturn]] static void ThrowDamaged() {
    throw Error(ErrorCode::kInternal,
                "A stored file is damaged: its bytes are not what was saved. Restore it from a backup.");
  }

  std::filesystem::path PathOf(std::string_view name) const {
    return root_ / name.substr(0, 2) / name.substr(2, 2) / name;
  }

  // A file that bears its final name was flushed before; its name may not have been: whoever gave it that name
  // may still be at it, or have failed there.
  void Settle(std::string_view name) {
    BURNISH_FAILPOINT("blobs.settle.before");
    base::SyncFolder(FolderFor(name));
  }

  std::filesystem::path FolderFor(std::string_view name) {
    auto folder = root_ / name.substr(0, 2);
    MakeOnce(folder);
    folder /= name.substr(2, 2);
    MakeOnce(folder);
    return folder;
  }

  // Flushed once in the life of this store: a folder's name, once on stable storage, stays.
  void MakeOnce(const std::filesystem::path& folder) {
    {
      const std::scoped_lock lock(mutex_);
      if (made_.contains(folder.native())) return;
    }
    MakeFolderDurably(folder);
    const std::scoped_lock lock(mutex_);
    made_.insert(folder.native());
  }

  std::filesystem::path root_;
  std::mutex mutex_;                      // guards what follows
  std::unordered_set<std::string> made_;  // folders known to be on stable storage
};

}  // namespace

std::unique_ptr<BlobStore> OpenFolderBlobStore(const std::filesystem::path& root) {
  return std::make_unique<FolderBlobStore>(root);
}

}  // namespace burnish::store
