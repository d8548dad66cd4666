#include "store/backup/manifest.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <sstream>
#include <string_view>

#include "base/error.hpp"
#include "base/files.hpp"
#include "store/blobs/copy_blobs.hpp"
#include "store/blobs/file_copy.hpp"

namespace burnish::store {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using base::Error;
using base::ErrorCode;

constexpr std::size_t kNameLength = 64;
constexpr std::size_t kMostSums = 4096;

json::object ToJson(const BackupManifest::Project& project) {
  json::array roots;
  for (const auto& root : project.roots)
    roots.push_back({{"name", root.name}, {"path", root.path}, {"samples", root.samples}});
  return {{"id", project.id.Text()},        {"name", project.name},     {"changes", project.changes},
          {"log_hash", project.log_hash},   {"digest", project.digest}, {"samples", project.samples},
          {"media_roots", std::move(roots)}};
}

std::string ToText(const BackupManifest& manifest) {
  json::array projects;
  for (const auto& project : manifest.projects) projects.push_back(ToJson(project));
  return json::serialize(json::object{{"format", BackupManifest::kFormat},
                                      {"burnish", manifest.burnish},
                                      {"made", manifest.made},
                                      {"catalog_bytes", manifest.catalog_bytes},
                                      {"blobs", manifest.blobs},
                                      {"blob_bytes", manifest.blob_bytes},
                                      {"projects", std::move(projects)}}) +
         "\n";
}

BackupManifest::Project ProjectFrom(const json::object& from) {
  BackupManifest::Project project;
  project.id = base::ProjectId(json::value_to<std::string>(from.at("id")));
  project.name = json::value_to<std::string>(from.at("name"));
  project.changes = from.at("changes").to_number<base::SequenceNumber>();
  project.log_hash = json::value_to<std::string>(from.at("log_hash"));
  project.digest = json::value_to<std::string>(from.at("digest"));
  project.samples = from.at("samples").to_number<std::uint64_t>();
  for (const json::value& root : from.at("media_roots").as_array()) {
    project.roots.push_back({json::value_to<std::string>(root.at("name")), json::value_to<std::string>(root.at("path")),
                             root.at("samples").to_number<std::uint64_t>()});
  }
  return project;
}

BackupManifest FromText(const std::string& text) {
  try {
    const json::object from = json::parse(text).as_object();
    if (from.at("format").to_number<int>() > BackupManifest::kFormat)
      throw Error(ErrorCode::kUnavailable, "This backup was made by a newer Burnish. Restore it with that one.");
    BackupManifest manifest;
    manifest.burnish = json::value_to<std::string>(from.at("burnish"));
    manifest.made = json::value_to<std::string>(from.at("made"));
    manifest.catalog_bytes = from.at("catalog_bytes").to_number<std::uint64_t>();
    manifest.blobs = from.at("blobs").to_number<std::uint64_t>();
    manifest.blob_bytes = from.at("blob_bytes").to_number<std::uint64_t>();
    for (const json::value& project : from.at("projects").as_array())
      manifest.projects.push_back(ProjectFrom(project.as_object()));
    return manifest;
  } catch (const Error&) {
    throw;
  } catch (const std::exception&) {
    throw Error(ErrorCode::kInternal, "The backup's manifest.json cannot be understood.");
  }
}

void WriteText(const fs::path& file, const std::string& text) {
  base::WriteFileDurably(file, std::as_bytes(std::span(text.data(), text.size())));
}

std::string BlobLines(const std::vector<std::string>& blobs) {
  std::string lines;
  for (const std::string& name : blobs) lines += name + "  " + BlobPath("../blobs", name).string() + "\n";
  return lines;
}

// "<hash>  <file>" for each of the three files, as they lie there.
std::string SumsOf(const fs::path& backup) {
  std::string lines;
  for (const char* file : {kBackupCatalog, kBackupBlobList, kBackupManifest})
    lines += DigestOfFile(backup / file) + "  " + file + "\n";
  return lines;
}

void CheckSums(const fs::path& backup) {
  std::istringstream sums(base::ReadFile(backup / kBackupSums, kMostSums));
  std::vector<std::string> checked;
  std::string hash;
  std::string file;
  while (sums >> hash >> file) {
    if (file.find('/') != std::string::npos)
      throw Error(ErrorCode::kInternal, "The backup's SUMS cannot be understood.");
    if (!fs::exists(backup / file)) throw Error(ErrorCode::kInternal, "The backup's " + file + " is missing.", file);
    if (DigestOfFile(backup / file) != hash)
      throw Error(ErrorCode::kInternal, "The backup's " + file + " is damaged: it is not what was written.", file);
    checked.push_back(file);
  }
  for (const char* file_name : {kBackupCatalog, kBackupBlobList, kBackupManifest}) {
    if (std::find(checked.begin(), checked.end(), file_name) == checked.end())
      throw Error(ErrorCode::kInternal,
                  std::string("The backup's SUMS is damaged: it does not name ") + file_name + ".");
  }
}

}  // namespace

void WriteManifest(const fs::path& backup, const BackupManifest& manifest, const std::vector<std::string>& blobs) {
  WriteText(backup / kBackupBlobList, BlobLines(blobs));
  WriteText(backup / kBackupManifest, ToText(manifest));
  WriteText(backup / kBackupSums, SumsOf(backup));
}

BackupContent ReadBackup(const fs::path& backup) {
  if (!fs::exists(backup / kBackupSums) || backup.extension() == ".partial") {
    throw Error(ErrorCode::kNotFound,
                "This folder is no backup, or one that was never finished. Name one that 'burnish backup' printed.");
  }
  CheckSums(backup);
  BackupContent content{FromText(base::ReadFile(backup / kBackupManifest)), {}};
  std::istringstream lines(base::ReadFile(backup / kBackupBlobList, std::size_t{8} << 30U));
  std::string name;
  std::string path;
  while (lines >> name >> path) {
    if (name.size() != kNameLength) throw Error(ErrorCode::kInternal, "The backup's blobs.txt cannot be understood.");
    content.blobs.push_back(name);
  }
  return content;
}

}  // namespace burnish::store
