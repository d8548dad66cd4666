#include "formats/parse/archive_parser.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>

#include "formats/file_set.hpp"
#include "formats/limits.hpp"

namespace burnish::formats {
namespace {

using Archive = std::unique_ptr<archive, decltype(&archive_read_free)>;
constexpr std::size_t kBlockBytes = std::size_t{64} << 10U;

Archive OpenArchive(int descriptor) {
  Archive archive(archive_read_new(), &archive_read_free);
  auto* reader = archive.get();
  archive_read_support_format_zip_seekable(reader);
  archive_read_support_format_tar(reader);
  archive_read_support_format_gnutar(reader);
  archive_read_support_filter_gzip(reader);
  archive_read_support_filter_bzip2(reader);
  archive_read_support_filter_xz(reader);
  archive_read_support_filter_zstd(reader);
  if (::lseek(descriptor, 0, SEEK_SET) != 0 || archive_read_open_fd(reader, descriptor, kBlockBytes) != ARCHIVE_OK)
    archive.reset();
  return archive;
}

// The name as its bytes; zip entries that say they are UTF-8 need not fit the locale.
std::string EntryPath(archive_entry* entry) {
  if (const char* path = archive_entry_pathname(entry)) return path;
  if (const char* path = archive_entry_pathname_utf8(entry)) return path;
  return {};
}

class ArchiveReading {
 public:
  ArchiveReading(int descriptor, ArchiveSink& sink, const ArchiveLimits& limits)
      : descriptor_(descriptor), sink_(sink), limits_(limits) {
    struct stat status {};
    if (::fstat(descriptor, &status) == 0) packed_bytes_ = static_cast<std::uint64_t>(status.st_size);
  }

  void Read() {
    if (packed_bytes_ > kMaxArchiveBytes) return sink_.Problem(ProblemCode::kArchiveTooLarge, 0, {});
    if (!DeclaredSizesFit()) return;
    const auto archive = OpenArchive(descriptor_);
    if (!archive) return sink_.Problem(ProblemCode::kArchiveDamaged, 0, {});
    archive_entry* entry = nullptr;
    while (true) {
      const int result = archive_read_next_header(archive.get(), &entry);
      if (result == ARCHIVE_EOF) return CheckAnything(archive.get());
      if (result < ARCHIVE_WARN) return sink_.Problem(ProblemCode::kArchiveDamaged, 0, {});
      if (++entries_ > limits_.entries) return sink_.Problem(ProblemCode::kArchiveTooLarge, 0, {});
      if (!ReadEntry(archive.get(), entry)) return;
    }
  }

 private:
  // A zip says all sizes in its directory: then a bomb is refused before anything is unpacked. Sizes that lie are
  // caught while unpacking.
  bool DeclaredSizesFit() {
    const auto archive = OpenArchive(descriptor_);
    if (!archive) return true;  // reported by Read
    archive_entry* entry = nullptr;
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;
    while (archive_read_next_header(archive.get(), &entry) >= ARCHIVE_WARN && entry != nullptr) {
      if ((archive_format(archive.get()) & ARCHIVE_FORMAT_BASE_MASK) != ARCHIVE_FORMAT_ZIP) return true;
      if (++entries > limits_.entries) return Stop(ProblemCode::kArchiveTooLarge);
      bytes += static_cast<std::uint64_t>(std::max<la_int64_t>(0, archive_entry_size(entry)));
      if (!TotalFits(bytes)) return false;
      entry = nullptr;
    }
    return true;
  }

  bool TotalFits(std::uint64_t bytes) {
    if (bytes > limits_.unpacked_bytes) return Stop(ProblemCode::kArchiveTooLarge);
    if (bytes > limits_.ratio_free_bytes && bytes / limits_.ratio > packed_bytes_)
      return Stop(ProblemCode::kArchiveBomb);
    return true;
  }

  bool Stop(ProblemCode code) {
    sink_.Problem(code, 0, {});
    return false;
  }

  // An empty file, or text, may pass as a tar without entries.
  void CheckAnything(archive* archive) {
    if (entries_ == 0 && archive_format(archive) == 0) sink_.Problem(ProblemCode::kArchiveDamaged, 0, {});
  }

  bool ReadEntry(archive* archive, archive_entry* entry) {
    const std::string path = EntryPath(entry);
    const auto refuse = [&](ProblemCode code) {
      sink_.Problem(code, 0, path);
      return true;
    };
    ProblemCode why{};
    const auto clean = CleanPath(path, why);
    if (archive_entry_filetype(entry) == AE_IFDIR && (clean || why == ProblemCode::kPathEmpty)) return true;
    if (!clean) return refuse(why == ProblemCode::kPathOutside ? ProblemCode::kEntryOutside : why);
    if (archive_entry_filetype(entry) == AE_IFLNK || archive_entry_hardlink(entry) != nullptr)
      return refuse(ProblemCode::kEntryLink);
    if (archive_entry_filetype(entry) != AE_IFREG) return refuse(ProblemCode::kEntryDevice);
    if (IsHidden(*clean)) return true;
    if (archive_entry_is_encrypted(entry) != 0) return refuse(ProblemCode::kEntryEncrypted);
    if (archive_entry_size(entry) > static_cast<la_int64_t>(limits_.entry_bytes))
      return refuse(ProblemCode::kEntryTooLarge);
    return sink_.BeginFile(path) && ReadData(archive) && sink_.EndFile();
  }

  bool ReadData(archive* archive) {
    std::uint64_t entry_bytes = 0;
    while (true) {
      const void* block = nullptr;
      std::size_t size = 0;
      la_int64_t offset = 0;
      const int result = archive_read_data_block(archive, &block, &size, &offset);
      if (result == ARCHIVE_EOF) return true;
      if (result < ARCHIVE_WARN) return Stop(ProblemCode::kArchiveDamaged);
      // Sparse entries would grow without bytes: each block must follow the last.
      if (static_cast<std::uint64_t>(offset) != entry_bytes) return Stop(ProblemCode::kArchiveDamaged);
      entry_bytes += size;
      unpacked_bytes_ += size;
      if (entry_bytes > limits_.entry_bytes) return Stop(ProblemCode::kArchiveTooLarge);
      if (!TotalFits(unpacked_bytes_)) return false;
      if (!sink_.Data({static_cast<const std::byte*>(block), size})) return false;
    }
  }

  int descriptor_;
  ArchiveSink& sink_;
  ArchiveLimits limits_;
  std::uint64_t packed_bytes_ = 0;
  std::uint64_t entries_ = 0;
  std::uint64_t unpacked_bytes_ = 0;
};

}  // namespace

void ParseArchive(int descriptor, ArchiveSink& sink) {
  ParseArchive(descriptor, sink,
               {kMaxArchiveEntries, kMaxEntryBytes, kMaxUnpackedBytes, kMaxUnpackRatio, kRatioFreeBytes});
}

void ParseArchive(int descriptor, ArchiveSink& sink, const ArchiveLimits& limits) {
  ArchiveReading(descriptor, sink, limits).Read();
}

}  // namespace burnish::formats
