#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/change.hpp"
#include "store/columns/duck.hpp"
#include "store/columns/project_view.hpp"
#include "store/columns/snapshot.hpp"

namespace burnish::store {

// What a columns file says about itself.
struct ColumnsMeta {
  std::string project;
  model::SequenceNumber applied = 0;
  std::string operation;  // of the change `applied`: tells a log that was put back and went on differently
  std::string digest;     // of the snapshot at `digest_at`; empty when none was taken
  model::SequenceNumber digest_at = 0;
};

// One project's DuckDB file; tables in docs/columns.md. One thread at a time. All throw kUnavailable when the file
// cannot be used.
class ColumnsFile {
 public:
  static constexpr int kFormat = 2;

  // Opens what is there, or makes the file for `project`; an empty id takes any project's and makes nothing.
  ColumnsFile(const base::ProjectId& project, const duck::DatabaseOptions& options);

  const ColumnsMeta& Meta() const noexcept { return meta_; }
  // All of them in one transaction; the first must follow Meta().applied. `batch_file` says where a batch lies, below
  // one of the folders of the options.
  using BatchFile = std::function<std::filesystem::path(const std::string& batch)>;
  void Apply(const std::vector<model::Change>& changes, const BatchFile& batch_file);
  // What the file holds, without attachments. Throws kUnavailable when its parts do not fit together.
  SnapshotPtr Load();
  void KeepDigest(const std::string& digest);

  // Newest first, without the import.
  std::vector<HistoryEntry> HistoryOf(model::Ordinal ordinal);
  std::vector<model::Ordinal> ChangedIn(model::SequenceNumber after, model::SequenceNumber upto);
  // The samples for which a compiled filter holds, ascending.
  std::vector<model::Ordinal> Select(const SqlFilter& filter);
  // For questions of one's own over the tables.
  duck::Session& Connection() noexcept { return session_; }

 private:
  struct Edit {
    std::uint32_t value = 0;
    std::uint32_t sequence = 0;
  };
  using Edits = std::unordered_map<model::Ordinal, Edit>;

  void CreateTables(const base::ProjectId& project);
  void ReadMeta();
  void Collect(const model::Change& change);
  void AppendHistory(const std::vector<model::Change>& changes);
  void AppendImport(const model::Change& change, const BatchFile& batch_file);
  void AppendBatch(const model::Change& change, std::uint32_t import, const std::filesystem::path& file);
  void AddFields(const std::vector<model::Field>& fields);
  void FoldOntology(const model::Change& change);
  void FlushEdits();
  void FlushAspect(const model::Aspect& aspect, const Edits& edits);
  void Stage(const Edits& edits);

  duck::Session session_;
  ColumnsMeta meta_;
  std::vector<model::Field> fields_;  // those that `samples` has columns for
  std::uint32_t samples_ = 0;
  std::uint32_t media_ = 0;
  std::uint32_t imports_ = 0;
  std::map<model::Aspect, Edits> edits_;  // of the changes being applied: the last value wins
  Edits touched_;
};

}  // namespace burnish::store
