#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.hpp"
#include "base/hash.hpp"
#include "model/sample.hpp"

namespace burnish::formats {

enum class ExportFormat : std::uint8_t { kFolder, kCsv, kParquet };
inline constexpr std::array<std::string_view, 3> kExportFormatNames = {"folder_per_class", "csv", "parquet"};
std::optional<ExportFormat> ExportFormatFromName(std::string_view name);

enum class CsvMode : std::uint8_t {
  kExact,         // reads back as it was written
  kSpreadsheets,  // cells that a spreadsheet would take for a formula begin with an apostrophe; does not read back
};

// What a format takes along and what it leaves behind; shown before an export starts, and written into it.
struct Carries {
  std::vector<std::string_view> carried;
  std::vector<std::string_view> not_carried;
};
Carries CarriesOf(ExportFormat format, CsvMode mode, bool with_media);

struct ExportSample {
  std::uint32_t ordinal = 0;
  std::string path;
  base::ContentHash content;  // as the project knows it
  std::uint64_t bytes = 0;
  std::optional<std::string> class_name;
  model::Split split = model::Split::kPool;
  std::vector<std::string> tags;
  std::vector<model::FieldValue> fields;  // in the order of ExportRequest::fields
};

// What is exported, given by `app/` from one snapshot.
class ExportSource {
 public:
  virtual ~ExportSource() = default;
  // In ordinal order; the same each time it is called. `sink` returns false to stop.
  virtual void ForEach(const std::function<bool(const ExportSample&)>& sink) const = 0;
  // The media's bytes; throws kNotFound when they are gone.
  virtual base::FileDescriptor OpenMedia(const ExportSample& sample) const = 0;
};

struct ExportRequest {
  ExportFormat format = ExportFormat::kFolder;
  CsvMode csv_mode = CsvMode::kExact;
  bool with_media = true;  // kFolder always has them
  std::string project;
  std::string version;         // name, or empty for a filtered set
  std::uint64_t sequence = 0;  // the state that is exported
  std::string digest;          // of that state's content
  std::string made_at;         // ISO 8601
  std::vector<model::Field> fields;
};

// Where an export goes, file by file.
class ExportSink {
 public:
  virtual ~ExportSink() = default;
  // `name`: '/' between parts, clean, never twice. Exactly `bytes` bytes follow. `packed`: they will not get smaller.
  virtual void Begin(const std::string& name, std::uint64_t bytes, bool packed) = 0;
  virtual void Write(std::span<const std::byte> bytes) = 0;
  virtual void End() = 0;
  // The whole is complete; without this call what was written must not be taken for an export.
  virtual void Finish() = 0;
};

// A zip (zip64 where needed; pictures stored, texts deflated), given to `write` as it grows. `write` throws to stop.
// Without Finish the zip has no directory: no program opens it.
std::unique_ptr<ExportSink> MakeZipSink(std::function<void(std::span<const std::byte>)> write);
// A new folder `name` in the folder `parent` below `root` (empty: the root itself): filled under a temporary name,
// renamed into place by Finish. Never follows links. Throws kConflict if `name` is there already.
std::unique_ptr<ExportSink> MakeFolderSink(const std::filesystem::path& root, const std::string& parent,
                                           const std::string& name);

inline constexpr std::size_t kMaxLeftOutListed = 1'000;

struct ExportReport {
  std::uint64_t samples = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t escaped_cells = 0;    // CsvMode::kSpreadsheets
  std::vector<std::string> left_out;  // the first kMaxLeftOutListed: "a.jpg: changed since it was imported"
  std::uint64_t left_out_count = 0;
};

// Writes the whole export, manifest.json last, and finishes the sink. `temporary` is a folder for a spool file.
// `progress` gets the samples written so far; false stops: kCancelled.
ExportReport WriteExport(const ExportRequest& request, const ExportSource& source, ExportSink& sink,
                         const std::filesystem::path& temporary,
                         const std::function<bool(std::uint64_t)>& progress = {});

}  // namespace burnish::formats
