#include "formats/file_set.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "formats/limits.hpp"
#include "formats/text.hpp"

namespace burnish::formats {
namespace {

using base::Error;
using base::ErrorCode;
using base::FileDescriptor;

FileDescriptor OpenBelow(int folder, const std::string& relative, std::uint64_t flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return FileDescriptor(static_cast<int>(::syscall(SYS_openat2, folder, relative.c_str(), &how, sizeof how)));
}

std::string Join(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + "/" + name;
}

bool Usable(std::string_view path) { return !HasControl(path) && path.size() <= kMaxPathBytes; }

FileDescriptor OpenFolderOf(const MediaRoot& root, const std::string& folder) {
  const FileDescriptor top(::open(root.path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  FileDescriptor inner =
      top.Valid() ? OpenBelow(top.Get(), folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY) : FileDescriptor();
  if (!inner.Valid()) {
    throw Error(ErrorCode::kNotFound,
                "There is no folder \"" + Printable(folder) + "\" that can be read in \"" + root.name + "\".", "path");
  }
  return inner;
}

// Lists a folder by descriptors, so that a folder which is swapped for a link meanwhile leads nowhere.
class FolderWalk {
 public:
  FolderWalk(int root, std::string prefix, Problems& found) : root_(root), prefix_(std::move(prefix)), found_(found) {}

  void Walk(FileDescriptor folder, const std::string& path, std::size_t depth) {
    DIR* stream = ::fdopendir(folder.Get());
    if (stream == nullptr) {
      found_.Add(ProblemCode::kUnreadable, path);
      return;
    }
    folder.Release();  // closed with the stream
    const std::unique_ptr<DIR, int (*)(DIR*)> closer(stream, &::closedir);
    std::vector<std::string> names;  // sorted, so that problems are listed in one order everywhere
    while (const dirent* entry = ::readdir(stream)) {
      if (!IsHidden(entry->d_name)) names.emplace_back(entry->d_name);
      if (files_.size() + names.size() > kMaxFiles) break;
    }
    std::sort(names.begin(), names.end());
    for (const auto& name : names) Visit(::dirfd(stream), name, Join(path, name), depth);
  }

  std::vector<FileEntry> TakeFiles() { return std::move(files_); }

 private:
  void Visit(int folder, const std::string& name, const std::string& path, std::size_t depth) {
    struct stat status {};
    if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return;  // gone meanwhile
    if (!IsUtf8(name)) return found_.Add(ProblemCode::kNameNotUtf8, path);
    if (!Usable(path)) return found_.Add(ProblemCode::kNameUnusable, path);
    if (S_ISDIR(status.st_mode)) return Enter(folder, name, path, depth);
    if (S_ISLNK(status.st_mode)) return Follow(path);
    if (!S_ISREG(status.st_mode)) return found_.Add(ProblemCode::kSpecialFile, path);
    files_.push_back({path, static_cast<std::uint64_t>(status.st_size)});
  }

  void Enter(int folder, const std::string& name, const std::string& path, std::size_t depth) {
    if (depth >= kMaxFolderDepth) return found_.Add(ProblemCode::kFolderTooDeep, path);
    FileDescriptor inner(::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!inner.Valid()) return found_.Add(ProblemCode::kUnreadable, path);
    Walk(std::move(inner), path, depth + 1);
  }

  void Follow(const std::string& path) {
    const auto target = OpenBelow(root_, Join(prefix_, path), O_PATH);
    struct stat status {};
    if (!target.Valid() || ::fstat(target.Get(), &status) != 0) return found_.Add(ProblemCode::kLinkOutside, path);
    if (S_ISDIR(status.st_mode)) return found_.Add(ProblemCode::kFolderLink, path);
    if (!S_ISREG(status.st_mode)) return found_.Add(ProblemCode::kSpecialFile, path);
    files_.push_back({path, static_cast<std::uint64_t>(status.st_size)});
  }

  int root_;
  std::string prefix_;
  Problems& found_;
  std::vector<FileEntry> files_;
};

class FolderFiles final : public FileSet {
 public:
  FolderFiles(MediaRoot root, std::string folder) : root_(std::move(root)), folder_(std::move(folder)) {
    FileDescriptor inner = OpenFolderOf(root_, folder_);
    const FileDescriptor top(::open(root_.path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    FolderWalk walk(top.Get(), folder_, found_);
    walk.Walk(std::move(inner), "", 0);
    auto files = walk.TakeFiles();
    if (files.size() > kMaxFiles) {
      found_.Add(ProblemCode::kTooManyFiles, folder_.empty() ? root_.name : folder_);
      files.resize(kMaxFiles);
    }
    Settle(std::move(files));
  }

  FileDescriptor Open(std::size_t file) const override {
    try {
      return base::OpenBeneath(root_.path, Join(folder_, files_.at(file).path));
    } catch (const Error&) {
      throw Error(ErrorCode::kNotFound, "\"" + files_.at(file).path + "\" does not exist any more, or cannot be read.",
                  files_.at(file).path);
    }
  }

  std::optional<model::MediaLocation> Place(std::size_t file) const override {
    return model::MediaLocation{root_.name, Join(folder_, files_.at(file).path)};
  }
  std::optional<std::filesystem::path> Staged(std::size_t) const override { return std::nullopt; }

 private:
  MediaRoot root_;
  std::string folder_;
};

class StagedFiles final : public FileSet {
 public:
  StagedFiles(std::filesystem::path staging, std::vector<StagedFile> files) : staging_(std::move(staging)) {
    std::vector<FileEntry> entries;
    for (auto& file : files) {
      ProblemCode why{};
      auto path = CleanPath(file.path, why);
      if (!path) {
        found_.Add(why == ProblemCode::kPathOutside ? ProblemCode::kEntryOutside : why, file.path);
      } else if (!IsHidden(*path) && !stored_.contains(*path)) {
        stored_.emplace(*path, file.stored);
        entries.push_back({*std::move(path), file.bytes});
      }
    }
    Settle(std::move(entries));
  }

  FileDescriptor Open(std::size_t file) const override {
    try {
      return base::OpenBeneath(staging_, stored_.at(files_.at(file).path));
    } catch (const Error&) {
      throw Error(ErrorCode::kNotFound, "\"" + files_.at(file).path + "\" is not there any more; bring it again.",
                  files_.at(file).path);
    }
  }

  std::optional<model::MediaLocation> Place(std::size_t) const override { return std::nullopt; }
  std::optional<std::filesystem::path> Staged(std::size_t file) const override {
    return staging_ / stored_.at(files_.at(file).path);
  }

 private:
  std::filesystem::path staging_;
  std::unordered_map<std::string, std::string> stored_;  // path to name in staging
};

class TableBesideMedia final : public FileSet {
 public:
  TableBesideMedia(std::unique_ptr<FileSet> media, std::unique_ptr<FileSet> tables, const std::string& table)
      : media_(std::move(media)),
        tables_(std::move(tables)),
        name_(table.substr(table.rfind('/') + 1)),
        table_(tables_->Find(table)) {
    if (table_ == kNoFile) throw Error(ErrorCode::kNotFound, "There is no table \"" + Printable(table) + "\".", table);
    found_ = media_->Found();
    std::vector<FileEntry> files = {{name_, tables_->Files()[table_].bytes}};
    for (const auto& file : media_->Files()) {
      if (file.path != name_) files.push_back(file);
    }
    Settle(std::move(files));
  }

  FileDescriptor Open(std::size_t file) const override {
    return files_.at(file).path == name_ ? tables_->Open(table_) : media_->Open(media_->Find(files_.at(file).path));
  }
  std::optional<model::MediaLocation> Place(std::size_t file) const override {
    return files_.at(file).path == name_ ? tables_->Place(table_) : media_->Place(media_->Find(files_.at(file).path));
  }
  std::optional<std::filesystem::path> Staged(std::size_t file) const override {
    return files_.at(file).path == name_ ? tables_->Staged(table_) : media_->Staged(media_->Find(files_.at(file).path));
  }

 private:
  std::unique_ptr<FileSet> media_;
  std::unique_ptr<FileSet> tables_;
  std::string name_;
  std::size_t table_;
};

}  // namespace

void FileSet::Settle(std::vector<FileEntry> files) {
  files_ = std::move(files);
  std::sort(files_.begin(), files_.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  by_path_.reserve(files_.size());
  for (std::size_t i = 0; i < files_.size(); ++i) by_path_.emplace(files_[i].path, i);
}

std::size_t FileSet::Find(std::string_view path) const {
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? kNoFile : found->second;
}

std::unique_ptr<FileSet> OpenFolder(const MediaRoot& root, const std::string& folder) {
  return std::make_unique<FolderFiles>(root, folder);
}

FolderEntries ListOneFolder(const MediaRoot& root, const std::string& folder) {
  FileDescriptor opened = OpenFolderOf(root, folder);
  DIR* stream = ::fdopendir(opened.Get());
  if (stream == nullptr)
    throw Error(ErrorCode::kUnavailable, "The folder \"" + Printable(folder) + "\" cannot be read.", "path");
  opened.Release();  // closed with the stream
  const std::unique_ptr<DIR, int (*)(DIR*)> closer(stream, &::closedir);
  FolderEntries entries;
  while (const dirent* entry = ::readdir(stream)) {
    struct stat status {};
    const std::string name = entry->d_name;
    if (IsHidden(name) || !IsUtf8(name) || HasControl(name) ||
        ::fstatat(::dirfd(stream), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
      continue;
    if (S_ISDIR(status.st_mode)) entries.folders.push_back(name);
    if (S_ISREG(status.st_mode)) entries.files.push_back(name);
  }
  std::sort(entries.folders.begin(), entries.folders.end());
  std::sort(entries.files.begin(), entries.files.end());
  return entries;
}

std::unique_ptr<FileSet> OpenStaged(const std::filesystem::path& staging, std::vector<StagedFile> files) {
  return std::make_unique<StagedFiles>(staging, std::move(files));
}

std::unique_ptr<FileSet> WithTable(std::unique_ptr<FileSet> media, std::unique_ptr<FileSet> tables,
                                   const std::string& table) {
  return std::make_unique<TableBesideMedia>(std::move(media), std::move(tables), table);
}

std::optional<std::string> CleanPath(std::string_view path, ProblemCode& why) {
  const auto refuse = [&](ProblemCode code) {
    why = code;
    return std::nullopt;
  };
  if (!IsUtf8(path)) return refuse(ProblemCode::kNameNotUtf8);
  if (!Usable(path)) return refuse(ProblemCode::kNameUnusable);
  std::string slashed(path);
  std::replace(slashed.begin(), slashed.end(), '\\', '/');
  const bool drive =
      slashed.size() >= 2 && slashed[1] == ':' && std::isalpha(static_cast<unsigned char>(slashed[0])) != 0;
  if (slashed.starts_with('/') || drive) return refuse(ProblemCode::kPathOutside);

  std::string clean;
  for (std::size_t begin = 0; begin <= slashed.size();) {
    const auto end = std::min(slashed.find('/', begin), slashed.size());
    const std::string part = slashed.substr(begin, end - begin);
    if (part == "..") return refuse(ProblemCode::kPathOutside);
    if (!part.empty() && part != ".") clean = Join(clean, part);
    begin = end + 1;
  }
  if (clean.empty()) return refuse(ProblemCode::kPathEmpty);
  return clean;
}

bool IsHidden(std::string_view path) {
  for (std::size_t begin = 0; begin < path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto part = path.substr(begin, end - begin);
    if (part.starts_with('.') || part == "__MACOSX" || part == "Thumbs.db" || part == "desktop.ini") return true;
    begin = end + 1;
  }
  return false;
}

bool NamedOtherwise(std::string_view path, media::ContentType type) {
  if (!LooksLikeImageName(path)) return true;
  std::string extension = LowerAscii(path.substr(path.rfind('.') + 1));
  if (extension == "jpeg" || extension == "jpe" || extension == "jfif") extension = "jpg";
  if (extension == "tif") extension = "tiff";
  if (extension == "heif") extension = "heic";
  std::string_view expected = media::Extension(type);
  if (expected == "tif") expected = "tiff";
  return extension != expected;
}

bool LooksLikeImageName(std::string_view path) {
  static constexpr std::array<std::string_view, 14> kExtensions = {
      "jpg", "jpeg", "jpe", "png", "gif", "webp", "tif", "tiff", "bmp", "avif", "heic", "heif", "jfif", "svg"};
  const auto dot = path.rfind('.');
  if (dot == std::string_view::npos) return false;
  const std::string extension = LowerAscii(path.substr(dot + 1));
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

}  // namespace burnish::formats
