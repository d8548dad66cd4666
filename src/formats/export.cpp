#include "formats/export.hpp"

#include <boost/json.hpp>

#include <fstream>
#include <set>

#include "base/error.hpp"
#include "base/random.hpp"
#include "formats/export_names.hpp"
#include "formats/export_tables.hpp"
#include "formats/limits.hpp"
#include "formats/manifest.hpp"
#include "formats/plan.hpp"

namespace burnish::formats {
namespace {

using base::Error;
using base::ErrorCode;
namespace json = boost::json;

constexpr std::uint64_t kProgressEvery = 64;
constexpr std::size_t kCopyBytes = std::size_t{1} << 20U;

// Files for one export, gone with it.
class Scratch {
 public:
  explicit Scratch(const std::filesystem::path& parent) {
    base::SystemRandom random;
    folder_ = parent / ("export-" + base::NewIdText(random));
    std::filesystem::create_directories(folder_);
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::filesystem::path File(const char* name) const { return folder_ / name; }

 private:
  std::filesystem::path folder_;
};

class Writing {
 public:
  Writing(const ExportRequest& request, const ExportSource& source, ExportSink& sink,
          const std::filesystem::path& temporary)
      : request_(request),
        source_(source),
        sink_(sink),
        scratch_(temporary),
        columns_(ColumnNames(request.fields)),
        media_(request.with_media || request.format == ExportFormat::kFolder),
        checksums_(scratch_.File("checksums"), std::ios::binary) {
    for (const auto* name : {kManifestName.data(), kChecksumsName.data(), TableName()}) names_.Reserve(name);
    if (request.format == ExportFormat::kCsv)
      table_ = MakeCsvTable(scratch_.File("table"), request.csv_mode, columns_, request.fields);
    if (request.format == ExportFormat::kParquet)
      table_ = MakeParquetTable(scratch_.File("table"), columns_, request.fields);
  }

  ExportReport Run(const std::function<bool(std::uint64_t)>& progress) {
    source_.ForEach([&](const ExportSample& sample) {
      Add(sample);
      if (progress && report_.samples % kProgressEvery == 0 && !progress(report_.samples + report_.left_out_count)) {
        throw Error(ErrorCode::kCancelled, "The export was cancelled.");
      }
      return true;
    });
    if (table_) {
      table_->Finish();
      report_.escaped_cells = table_->EscapedCells();
      CopyFile(TableName(), scratch_.File("table"));
    }
    const std::string manifest = json::serialize(ManifestJson());
    PutFile(std::string(kManifestName), std::as_bytes(std::span(manifest)), false);
    checksums_.close();
    CopyFile(std::string(kChecksumsName), scratch_.File("checksums"));
    sink_.Finish();
    return std::move(report_);
  }

 private:
  const char* TableName() const {
    return request_.format == ExportFormat::kParquet ? "samples.parquet" : "samples.csv";
  }

  void Add(const ExportSample& sample) {
    std::string path = sample.path;
    if (media_) {
      const auto bytes = ReadMedia(sample);
      if (!bytes) return;
      path = NameOf(sample);
      PutFile(path, std::as_bytes(std::span(*bytes)), true);
    }
    if (table_) table_->Add(path, sample);
    ++report_.samples;
  }

  std::string NameOf(const ExportSample& sample) {
    if (request_.format != ExportFormat::kFolder) return names_.Take(sample.path, sample.ordinal);
    const std::string folder = sample.class_name ? classes_.For(*sample.class_name) : std::string(kNoLabelFolder);
    return names_.TakeIn(std::string(model::SplitName(sample.split)) + "/" + folder, sample.path, sample.ordinal);
  }

  // Only bytes that are what the project knows go out.
  std::optional<std::string> ReadMedia(const ExportSample& sample) {
    try {
      auto bytes = base::ReadAll(source_.OpenMedia(sample), kMaxImageBytes);
      if (base::HashContent(std::as_bytes(std::span(bytes))) == sample.content) return bytes;
      LeaveOut(sample.path + ": changed since it was imported");
    } catch (const Error& error) {
      if (error.Code() != ErrorCode::kNotFound && error.Code() != ErrorCode::kTooLarge) throw;
      LeaveOut(sample.path + ": cannot be read any more");
    }
    return std::nullopt;
  }

  void LeaveOut(std::string sentence) {
    ++report_.left_out_count;
    if (report_.left_out.size() < kMaxLeftOutListed) report_.left_out.push_back(std::move(sentence));
  }

  void Begin(const std::string& name, std::uint64_t bytes, bool packed) {
    sink_.Begin(name, bytes, packed);
    digest_.emplace();
    name_ = name;
    ++report_.files;
    report_.bytes += bytes;
  }

  void Write(std::span<const std::byte> bytes) {
    digest_->Update(bytes);
    sink_.Write(bytes);
  }

  void End() {
    sink_.End();
    // The tagged form of b2sum, which `b2sum --check` reads.
    if (name_ != kChecksumsName) checksums_ << "BLAKE2b-256 (" << name_ << ") = " << digest_->FinishHex() << "\n";
    if (name_ != kChecksumsName && !checksums_)
      throw Error(ErrorCode::kStorageFull, "There is no room on the server's disk for the export.");
  }

  void PutFile(const std::string& name, std::span<const std::byte> bytes, bool packed) {
    Begin(name, bytes.size(), packed);
    Write(bytes);
    End();
  }

  void CopyFile(const std::string& name, const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    Begin(name, std::filesystem::file_size(file), request_.format == ExportFormat::kParquet);
    std::vector<char> piece(kCopyBytes);
    while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
      Write(std::as_bytes(std::span(piece.data(), static_cast<std::size_t>(in.gcount()))));
    }
    End();
  }

  json::object ManifestJson() const {
    const auto carries = CarriesOf(request_.format, request_.csv_mode, media_);
    json::object manifest = {
        {"burnish", 1},
        {"format", kExportFormatNames[static_cast<std::size_t>(request_.format)]},
        {"project", request_.project},
        {"version", request_.version.empty() ? json::value(nullptr) : json::value(request_.version)},
        {"sequence", request_.sequence},
        {"content_digest", request_.digest},
        {"made_at", request_.made_at},
        {"samples", report_.samples},
        {"files", report_.files},
        {"checksums", kChecksumsName},
        {"carries", json::array(carries.carried.begin(), carries.carried.end())},
        {"does_not_carry", json::array(carries.not_carried.begin(), carries.not_carried.end())},
        {"left_out", report_.left_out_count},
        {"left_out_first", json::array(report_.left_out.begin(), report_.left_out.end())}};
    if (request_.format == ExportFormat::kFolder) {
      json::object folders;
      for (const auto& [folder, name] : classes_.Renamed()) folders[folder] = name;
      manifest["class_folders"] = std::move(folders);
      manifest["no_label_folder"] = kNoLabelFolder;
    } else {
      manifest["csv_mode"] = request_.csv_mode == CsvMode::kExact ? "exact" : "spreadsheet";
      manifest["columns"] = ColumnsJson();
    }
    return manifest;
  }

  json::array ColumnsJson() const {
    json::array columns;
    const auto add = [&](std::string_view name, Role role, std::string_view type, std::string_view field) {
      columns.push_back(json::object{{"name", name}, {"role", RoleName(role)}, {"type", type}, {"field", field}});
    };
    add("path", Role::kPath, "text", "");
    add("class", Role::kClass, "text", "");
    add("split", Role::kSplit, "text", "");
    add("tags", Role::kIgnore, "text", "");
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      add(columns_[i], Role::kField, model::kFieldTypeNames[static_cast<std::size_t>(request_.fields[i].type)],
          request_.fields[i].name);
    }
    return columns;
  }

  const ExportRequest& request_;
  const ExportSource& source_;
  ExportSink& sink_;
  Scratch scratch_;
  std::vector<std::string> columns_;
  bool media_;
  std::ofstream checksums_;
  FileNames names_;
  ClassFolders classes_;
  std::unique_ptr<ExportTable> table_;
  std::optional<base::Digest> digest_;
  std::string name_;
  ExportReport report_;
};

}  // namespace

ExportReport WriteExport(const ExportRequest& request, const ExportSource& source, ExportSink& sink,
                         const std::filesystem::path& temporary, const std::function<bool(std::uint64_t)>& progress) {
  return Writing(request, source, sink, temporary).Run(progress);
}

}  // namespace burnish::formats
