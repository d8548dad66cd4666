#include "store/backup/named_blobs.hpp"

#include <algorithm>
#include <array>

#include "store/catalog/model_runs.hpp"
#include "store/catalog/sql.hpp"

namespace burnish::store {
namespace {

// Every column of the catalog that holds the name of a blob. A new one belongs here, or its blobs are missing in
// every backup.
struct NamingColumn {
  const char* question;
  BlobUse use;
};
constexpr std::array<NamingColumn, 4> kNamingColumns = {{
    {"SELECT import_batch FROM changes WHERE project = :a AND import_batch IS NOT NULL AND import_batch <> ''",
     BlobUse::kBatch},
    {"SELECT delta_blob FROM changes WHERE project = :a AND delta_blob IS NOT NULL AND delta_blob <> ''",
     BlobUse::kDelta},
    {"SELECT artifact FROM model_runs WHERE project = :a AND kind = 0 AND artifact <> ''", BlobUse::kPredictions},
    {"SELECT blob FROM stored_sets WHERE project = :a", BlobUse::kSelection},
}};
static_assert(static_cast<int>(RunKind::kImported) == 0);

}  // namespace

std::string_view BlobUseName(BlobUse use) {
  constexpr std::array<std::string_view, 5> kNames = {"the samples of an import", "an edit of many samples",
                                                      "the predictions of a model run", "a selection made by hand",
                                                      "a photograph"};
  return kNames[static_cast<std::size_t>(use)];
}

std::vector<NamedBlob> BlobsOfRows(Reader& reader, const base::ProjectId& project) {
  std::vector<NamedBlob> blobs;
  for (const NamingColumn& column : kNamingColumns) {
    for (auto& [name] : sql::Select<std::string>(reader, column.question, {project})) {
      blobs.push_back({std::move(name), column.use});
    }
  }
  return blobs;
}

std::vector<NamedBlob> PhotographsOf(const Snapshot& snapshot) {
  std::vector<NamedBlob> blobs;
  for (std::size_t i = 0; i < snapshot.media_content.Size(); ++i) {
    model::Media media = snapshot.MediaAt(static_cast<std::uint32_t>(i));
    if (media.location.root.empty()) blobs.push_back({std::move(media.location.path), BlobUse::kPhotograph});
  }
  return blobs;
}

std::vector<NamedBlob> Unique(std::vector<NamedBlob> blobs) {
  const auto by_name = [](const NamedBlob& a, const NamedBlob& b) {
    return a.name != b.name ? a.name < b.name : a.use < b.use;
  };
  std::sort(blobs.begin(), blobs.end(), by_name);
  blobs.erase(
      std::unique(blobs.begin(), blobs.end(), [](const NamedBlob& a, const NamedBlob& b) { return a.name == b.name; }),
      blobs.end());
  return blobs;
}

}  // namespace burnish::store
