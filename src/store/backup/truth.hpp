#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "store/backup/named_blobs.hpp"
#include "store/blobs/blob_store.hpp"
#include "store/catalog/catalog.hpp"
#include "store/log/change_log.hpp"

namespace burnish::store {

// A project as catalog and blobs alone determine it, made anew without any view.
struct FoldedProject {
  base::ProjectId id;
  std::string name;
  SequenceNumber head = 0;
  std::string log_hash;  // of the last change
  std::uint64_t samples = 0;
  std::string digest;                  // docs/columns.md
  std::vector<NamedBlob> photographs;  // in the blob store
  struct Root {
    std::string name;
    std::string path;
    std::uint64_t samples = 0;
  };
  std::vector<Root> roots;            // where the other photographs lie
  std::vector<std::string> problems;  // one sentence each; what stands above is void when there are some
};

// The truth of a data folder or of a backup, read without a server and without writing to either: the catalog is a copy
// of one moment that goes with this object.
class Truth {
 public:
  // `copy`: a catalog made by CopyCatalog, which this object takes over and brings to this program's schema.
  Truth(const std::filesystem::path& copy, const std::filesystem::path& blobs);
  ~Truth();
  Truth(const Truth&) = delete;
  Truth& operator=(const Truth&) = delete;

  const BlobStore& Blobs() const noexcept { return *blobs_; }
  std::vector<base::ProjectId> Projects();
  // The blobs that rows of any project name.
  std::vector<NamedBlob> RowBlobs();
  // Reads the whole log of a project and its batches: numbers, hash chain, audit, ontology, and the digest of each
  // version. Never throws for what is wrong with them.
  FoldedProject Fold(const base::ProjectId& project);
  std::vector<FoldedProject> FoldAll();
  // Whether the server's own audit log is whole.
  bool AuditIsWhole();

 private:
  void FoldInto(FoldedProject& folded);
  void CheckVersions(const Snapshot& snapshot, FoldedProject& folded,
                     const std::map<SequenceNumber, std::string>& versions);

  base::SystemClock clock_;
  base::SystemRandom random_;
  std::filesystem::path copy_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<BlobStore> blobs_;
  std::unique_ptr<ChangeLog> log_;
};

}  // namespace burnish::store
