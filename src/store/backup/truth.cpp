#include "store/backup/truth.hpp"

#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "store/catalog/audit.hpp"
#include "store/catalog/projects.hpp"
#include "store/catalog/sql.hpp"
#include "store/catalog/versions.hpp"
#include "store/columns/batch.hpp"
#include "store/columns/snapshot.hpp"

namespace burnish::store {
namespace {

constexpr std::size_t kChangesAtOnce = 256;

std::unique_ptr<Catalog> OpenCopy(const std::filesystem::path& copy, const base::Clock& clock, base::Random& random) {
  CatalogConfig config;
  config.sqlite = copy;
  config.readers = 1;
  return Catalog::Open(config, clock, random);
}

}  // namespace

Truth::Truth(const std::filesystem::path& copy, const std::filesystem::path& blobs)
    : copy_(copy),
      catalog_(OpenCopy(copy, clock_, random_)),
      blobs_(OpenFolderBlobStore(blobs)),
      log_(std::make_unique<ChangeLog>(*catalog_, *blobs_)) {}

Truth::~Truth() {
  log_.reset();
  catalog_.reset();
  std::error_code ignored;
  for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(copy_.string() + part, ignored);
}

std::vector<base::ProjectId> Truth::Projects() {
  return catalog_->Read([](Reader& reader) { return AllProjects(reader); });
}

std::vector<NamedBlob> Truth::RowBlobs() {
  std::vector<NamedBlob> all;
  for (const base::ProjectId& project : Projects()) {
    auto blobs = catalog_->Read([&](Reader& reader) { return BlobsOfRows(reader, project); });
    all.insert(all.end(), std::make_move_iterator(blobs.begin()), std::make_move_iterator(blobs.end()));
  }
  return Unique(std::move(all));
}

bool Truth::AuditIsWhole() {
  return catalog_->Read([](Reader& reader) { return store::AuditIsWhole(reader, {}); });
}

FoldedProject Truth::Fold(const base::ProjectId& project) {
  FoldedProject folded;
  folded.id = project;
  const auto row = catalog_->Read([&](Reader& reader) {
    return sql::SelectOne<std::string, SequenceNumber, std::string>(
        reader, "SELECT name, head, head_hash FROM projects WHERE id = :a", {project});
  });
  if (!row) {
    folded.problems.emplace_back("The project is not in the catalog.");
    return folded;
  }
  std::tie(folded.name, folded.head, folded.log_hash) = *row;
  folded.problems = log_->Verify(project);
  if (!folded.problems.empty()) return folded;
  try {
    FoldInto(folded);
  } catch (const base::Error& error) {
    folded.problems.push_back(std::string("The project cannot be made from its log: ") + error.what());
  }
  return folded;
}

std::vector<FoldedProject> Truth::FoldAll() {
  std::vector<FoldedProject> projects;
  for (const base::ProjectId& project : Projects()) projects.push_back(Fold(project));
  return projects;
}

void Truth::FoldInto(FoldedProject& folded) {
  std::map<SequenceNumber, std::string> versions;
  for (const Version& version : catalog_->Read([&](Reader& reader) { return ListVersions(reader, folded.id); })) {
    if (!version.digest.empty()) versions[version.sequence] = version.digest;
  }
  SnapshotPtr snapshot = EmptySnapshot(folded.id);
  while (snapshot->as_of < folded.head) {
    const auto changes = log_->ReadChanges(folded.id, snapshot->as_of, folded.head, kChangesAtOnce);
    for (const model::Change& change : changes) {
      snapshot =
          ApplyChange(*snapshot, change, [&](const std::string& batch) { return OpenBatch(blobs_->LocalPath(batch)); });
      CheckVersions(*snapshot, folded, versions);
    }
  }
  folded.samples = snapshot->Size();
  folded.digest = Digest(*snapshot);
  folded.photographs = PhotographsOf(*snapshot);
  std::map<std::string, std::uint64_t> in_place;
  for (std::size_t i = 0; i < snapshot->Size(); ++i) {
    const model::Media media = snapshot->MediaOf(static_cast<Ordinal>(i));
    if (!media.location.root.empty()) ++in_place[media.location.root];
  }
  for (MediaRoot& root : catalog_->Read([&](Reader& reader) { return ListMediaRoots(reader, folded.id); })) {
    const auto samples = in_place[root.name];
    if (samples > 0) folded.roots.push_back({std::move(root.name), std::move(root.path), samples});
  }
}

void Truth::CheckVersions(const Snapshot& snapshot, FoldedProject& folded,
                          const std::map<SequenceNumber, std::string>& versions) {
  const auto version = versions.find(snapshot.as_of);
  if (version == versions.end() || ContentDigest(snapshot) == version->second) return;
  folded.problems.push_back("A version of change " + std::to_string(snapshot.as_of) +
                            " no longer has the content that it was given its name for.");
}

}  // namespace burnish::store
