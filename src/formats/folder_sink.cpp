#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <unordered_set>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "formats/export.hpp"
#include "formats/text.hpp"

namespace burnish::formats {
namespace {

using base::Error;
using base::ErrorCode;
using base::FileDescriptor;

[[noreturn]] void FailDisk() {
  if (errno == ENOSPC || errno == EDQUOT)
    throw Error(ErrorCode::kStorageFull, "There is no room for the export in the chosen folder.");
  if (errno == EACCES || errno == EPERM || errno == EROFS)
    throw Error(ErrorCode::kPermissionDenied, "The server may not write to the chosen folder.");
  throw Error(ErrorCode::kUnavailable, "The export cannot be written to the chosen folder.");
}

FileDescriptor OpenBelow(int folder, const std::string& relative, std::uint64_t flags, std::uint64_t mode) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  return FileDescriptor(static_cast<int>(::syscall(SYS_openat2, folder, relative.c_str(), &how, sizeof how)));
}

class FolderSink final : public ExportSink {
 public:
  FolderSink(const std::filesystem::path& root, const std::string& parent, std::string name)
      : name_(std::move(name)), working_(".burnish-export-" + name_) {
    const bool plain =
        !name_.empty() && name_.find('/') == std::string::npos && name_ != "." && name_ != ".." && !HasControl(name_);
    if (!plain)
      throw Error(ErrorCode::kInvalidArgument, "\"" + Printable(name_) + "\" is no name for a folder.", "folder");
    const FileDescriptor top(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (top.Valid()) parent_ = OpenBelow(top.Get(), parent.empty() ? "." : parent, O_RDONLY | O_DIRECTORY, 0);
    if (!parent_.Valid()) throw Error(ErrorCode::kNotFound, "The chosen folder does not exist.", "folder");
    struct stat status {};
    if (::fstatat(parent_.Get(), name_.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) ThrowTaken();
    RemoveWorking();  // of an export that was killed
    if (::mkdirat(parent_.Get(), working_.c_str(), 0755) != 0) FailDisk();
    folder_ = OpenBelow(parent_.Get(), working_, O_RDONLY | O_DIRECTORY, 0);
    if (!folder_.Valid()) FailDisk();
  }

  ~FolderSink() override {
    if (!finished_) RemoveWorking();
  }

  void Begin(const std::string& name, std::uint64_t, bool) override {
    for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1))
      MakeFolder(name.substr(0, slash));
    file_ = OpenBelow(folder_.Get(), name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644);
    if (!file_.Valid()) FailDisk();
  }

  void Write(std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const auto count = ::write(file_.Get(), bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) FailDisk();
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }

  void End() override { file_ = FileDescriptor(); }

  void Finish() override {
    // One sync of the file system instead of one for each file.
    BURNISH_FAILPOINT("export.folder.before_sync");
    if (::syncfs(folder_.Get()) != 0) FailDisk();
    BURNISH_FAILPOINT("export.folder.before_rename");
    if (::renameat2(parent_.Get(), working_.c_str(), parent_.Get(), name_.c_str(), RENAME_NOREPLACE) != 0) {
      if (errno == EEXIST) ThrowTaken();
      FailDisk();
    }
    finished_ = true;
    if (::fsync(parent_.Get()) != 0) FailDisk();
    BURNISH_FAILPOINT("export.folder.after_rename");
  }

 private:
  [[noreturn]] void ThrowTaken() const {
    throw Error(ErrorCode::kConflict,
                "There is already something named \"" + name_ + "\" in the chosen folder; choose another name.",
                "folder");
  }

  // By the descriptor's own path: links beside it lead nowhere.
  void RemoveWorking() noexcept {
    std::error_code ignored;
    std::filesystem::remove_all(std::filesystem::path("/proc/self/fd") / std::to_string(parent_.Get()) / working_,
                                ignored);
  }

  void MakeFolder(const std::string& folder) {
    if (!made_.insert(folder).second) return;
    const auto slash = folder.rfind('/');
    const auto parent = slash == std::string::npos ? std::string(".") : folder.substr(0, slash);
    const auto above = OpenBelow(folder_.Get(), parent, O_RDONLY | O_DIRECTORY, 0);
    if (!above.Valid() || (::mkdirat(above.Get(), folder.substr(slash + 1).c_str(), 0755) != 0 && errno != EEXIST))
      FailDisk();
  }

  std::string name_;
  std::string working_;
  FileDescriptor parent_;
  FileDescriptor folder_;
  FileDescriptor file_;
  std::unordered_set<std::string> made_;
  bool finished_ = false;
};

}  // namespace

std::unique_ptr<ExportSink> MakeFolderSink(const std::filesystem::path& root, const std::string& parent,
                                           const std::string& name) {
  return std::make_unique<FolderSink>(root, parent, name);
}

}  // namespace burnish::formats
