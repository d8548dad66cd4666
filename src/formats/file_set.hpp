#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/files.hpp"
#include "formats/problem.hpp"
#include "media/sniff.hpp"
#include "model/sample.hpp"

namespace burnish::formats {

struct FileEntry {
  std::string path;  // within the source, '/' between parts, UTF-8: a sample's identity
  std::uint64_t bytes = 0;
};

inline constexpr std::size_t kNoFile = std::numeric_limits<std::size_t>::max();

// The files that a source has, ordered by path. Immutable after it is made; any thread may call.
class FileSet {
 public:
  virtual ~FileSet() = default;
  const std::vector<FileEntry>& Files() const noexcept { return files_; }
  // What was passed over while listing: links out of the root, names that are not UTF-8, devices.
  const Problems& Found() const noexcept { return found_; }
  // kNoFile when no file has exactly this path.
  std::size_t Find(std::string_view path) const;
  // Opens a file for reading. Throws kNotFound with a sentence that names its path in the source.
  virtual base::FileDescriptor Open(std::size_t file) const = 0;
  // Where the bytes stay if they are left in place; nothing for uploads, which `app/` takes into the blob store.
  virtual std::optional<model::MediaLocation> Place(std::size_t file) const = 0;
  // Of an upload: the file itself in staging, for who takes it over.
  virtual std::optional<std::filesystem::path> Staged(std::size_t file) const = 0;

 protected:
  // Sorts, and builds the index. Call once, at the end of construction.
  void Settle(std::vector<FileEntry> files);

  std::vector<FileEntry> files_;
  Problems found_;

 private:
  std::unordered_map<std::string_view, std::size_t> by_path_;  // views into files_
};

struct MediaRoot {
  std::string name;
  std::filesystem::path path;
};

// The folder `folder` (relative to the root; empty: the root itself) and all below it, left in place. Hidden files are
// passed over; links are followed only to files inside the root. Throws kNotFound if there is no such folder.
std::unique_ptr<FileSet> OpenFolder(const MediaRoot& root, const std::string& folder);

// What stands directly in a folder: names, sorted, without hidden ones and links.
struct FolderEntries {
  std::vector<std::string> folders;
  std::vector<std::string> files;
};
FolderEntries ListOneFolder(const MediaRoot& root, const std::string& folder);

// One file in a staging folder, under a name of our own, and what it was called where it came from.
struct StagedFile {
  std::string path;    // UTF-8 or not: judged here
  std::string stored;  // file name in the staging folder
  std::uint64_t bytes = 0;
};

// Uploads and unpacked entries. `files` with unusable paths are left out and listed.
std::unique_ptr<FileSet> OpenStaged(const std::filesystem::path& staging, std::vector<StagedFile> files);

// The files of `media`, and the one file `table` of `tables` under its last name.
std::unique_ptr<FileSet> WithTable(std::unique_ptr<FileSet> media, std::unique_ptr<FileSet> tables,
                                   const std::string& table);

// `path` as an identity: '\' becomes '/', "./" and doubled '/' go. Nothing if it is empty, absolute, has "..", a drive,
// a control character, is not UTF-8 or longer than kMaxPathBytes; `why` then says which.
std::optional<std::string> CleanPath(std::string_view path, ProblemCode& why);

// True for names that are skipped without a word: ".DS_Store", "Thumbs.db", "__MACOSX/...", what starts with a dot.
bool IsHidden(std::string_view path);
// By its extension: a first guess, before anybody reads the file.
bool LooksLikeImageName(std::string_view path);
// True if the name has the extension of another kind of picture than `type`.
bool NamedOtherwise(std::string_view path, media::ContentType type);

}  // namespace burnish::formats
