#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "model/change.hpp"
#include "store/columns/history_entry.hpp"
#include "store/columns/snapshot.hpp"

namespace burnish::store {

// What a view needs of the truth. All may be called from the view's own threads.
struct ProjectTruth {
  base::ProjectId project;
  // Changes with sequence > after, ascending without gaps, `limit` at most; empty when there are none.
  std::function<std::vector<model::Change>(model::SequenceNumber after, std::size_t limit)> read_changes;
  std::function<model::SequenceNumber()> head;
  // Where a batch of the blob store can be read. Throws when it is missing.
  std::function<std::filesystem::path(const std::string& batch)> batch_file;
  std::filesystem::path batch_folder;  // below which all of them lie
};

struct ProjectViewOptions {
  std::filesystem::path file;  // the DuckDB file; its folder exists
  std::string probe_program;   // empty: this binary; gets `probe-columns <file>`
  std::uint64_t memory_bytes = 1ULL << 30U;
  int threads = 2;
  // How often the log is asked for changes of other writers; 0: only when told (Apply, AtLeast).
  std::chrono::milliseconds follow_every{0};
  // Without an edit for so long, what is in memory is written down for the next start; edits are slower meanwhile.
  std::chrono::milliseconds rest{5'000};
};

struct ViewProgress {
  bool ready = false;                  // the snapshot has reached the log's head once
  bool rebuilding = false;             // the file is being made anew from batches and log
  model::SequenceNumber snapshot = 0;  // where memory stands
  model::SequenceNumber file = 0;      // where the DuckDB file stands
  model::SequenceNumber head = 0;      // where the log stood when last asked
  std::string problem;                 // a sentence while the file cannot be written; memory serves on
};

// One project's columns: the latest snapshot in memory, and the DuckDB file that holds the same with its history and
// brings it back at the next start. A file that is missing, broken, of another format or project, or ahead of the log
// is renamed aside and made anew. Any thread may call.
class ProjectView {
 public:
  // Returns at once; loading goes on in the background (Progress tells). Never throws for a bad file.
  ProjectView(ProjectTruth truth, ProjectViewOptions options);
  ~ProjectView();  // stops the background work; what the file lacks is applied at the next start
  ProjectView(const ProjectView&) = delete;
  ProjectView& operator=(const ProjectView&) = delete;

  // The latest; while loading, as far as it goes.
  SnapshotPtr Latest() const;
  // Call right after a commit, in any order: a gap is read from the log. Cheap; the file follows by itself.
  void Apply(const model::Change& change);
  // The latest once it has reached `sequence`. Throws kUnavailable when that takes longer than `wait`, kInvalidArgument
  // when the log has no such change.
  SnapshotPtr AtLeast(model::SequenceNumber sequence, std::chrono::milliseconds wait = std::chrono::seconds(10));
  // The project as it was. Throws kInvalidArgument above the latest.
  SnapshotPtr At(model::SequenceNumber sequence);
  // Replaces attachments: `make` gets the latest and returns it with something else attached. Serialised with Apply.
  void Attach(const std::function<SnapshotPtr(const Snapshot&)>& make);

  // What happened to one sample, newest first; its import is the last entry (aspect kWithdrawn, before 1, after 0).
  // Throws kNotFound.
  std::vector<HistoryEntry> HistoryOf(model::Ordinal ordinal);
  // Samples touched by changes with after < sequence <= upto, ascending (FilterSources::changed_in).
  std::vector<model::Ordinal> ChangedIn(model::SequenceNumber after, model::SequenceNumber upto);

  ViewProgress Progress() const;
  // Waits until the file holds everything up to `sequence`; false when `wait` ran out.
  bool WaitForFile(model::SequenceNumber sequence, std::chrono::milliseconds wait);
  // Makes memory and file anew from batches and log; the old snapshot serves meanwhile. Returns when both are there,
  // with the digests before and after. Throws kUnavailable when batches or log cannot be read.
  struct Rebuilt {
    model::SequenceNumber sequence = 0;
    std::string before;
    std::string after;
  };
  Rebuilt Rebuild();
  // The digest of what the DuckDB file holds, and at which sequence number; empty at 0 while there is none.
  struct FileDigest {
    model::SequenceNumber sequence = 0;
    std::string digest;
  };
  FileDigest DigestOfFile();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace burnish::store
