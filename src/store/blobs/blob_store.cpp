#include "store/blobs/blob_store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "base/files.hpp"
#include "base/hash.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kNameLength = 64;

bool LooksLikeName(std::string_view name) {
  return name.size() == kNameLength && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string HashFile(const std::filesystem::path& path) {
  const base::FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.Valid()) throw Error(ErrorCode::kNotFound, "The stored file is missing.");
  base::Digest digest;
  std::vector<std::byte> piece(std::size_t{1} << 20U);
  while (true) {
    const ssize_t got = read(file.Get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Error(ErrorCode::kUnavailable, "The disk refused to read a stored file.");
    if (got == 0) return digest.FinishHex();
    digest.Update(std::span(piece.data(), static_cast<std::size_t>(got)));
  }
}

// A folder's entry in its parent must be on stable storage before a file in it counts.
void MakeFolderDurably(const std::filesystem::path& folder) {
  if (mkdir(folder.c_str(), 0700) != 0) {
    if (errno == EEXIST) return;
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
    if (Has(name)) return name;
    BURNISH_FAILPOINT("blobs.put.before");
    base::WriteFileDurably(FolderFor(name) / name, bytes);
    BURNISH_FAILPOINT("blobs.put.after");
    return name;
  }

  std::string PutFile(const std::filesystem::path& file) override {
    std::string name = HashFile(file);
    if (Has(name)) {
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

  void Verify(std::string_view name) const override {
    if (HashFile(LocalPath(name)) != name) ThrowDamaged();
  }

 private:
  [[noreturn]] static void ThrowDamaged() {
    throw Error(ErrorCode::kInternal,
                "A stored file is damaged: its bytes are not what was saved. Restore it from a backup.");
  }

  std::filesystem::path PathOf(std::string_view name) const {
    return root_ / name.substr(0, 2) / name.substr(2, 2) / name;
  }

  std::filesystem::path FolderFor(std::string_view name) {
    auto folder = root_ / name.substr(0, 2);
    MakeFolderDurably(folder);
    folder /= name.substr(2, 2);
    MakeFolderDurably(folder);
    return folder;
  }

  std::filesystem::path root_;
};

}  // namespace

std::unique_ptr<BlobStore> OpenFolderBlobStore(const std::filesystem::path& root) {
  return std::make_unique<FolderBlobStore>(root);
}

}  // namespace burnish::store
