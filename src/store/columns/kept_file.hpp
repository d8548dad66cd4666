#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "store/columns/columns_file.hpp"
#include "store/columns/project_view.hpp"

namespace burnish::store {

// The DuckDB file of a view, which follows the log: taken over from an earlier life when it can be trusted, renamed
// aside and made anew when not. Any thread may call; one at a time uses the file.
class KeptFile {
 public:
  // What its view says and hears; called from any thread, with the file in use.
  struct Callbacks {
    std::function<bool()> remaking;                       // the file is to be made anew: nothing is asked of it
    std::function<bool()> stopping;                       // no further changes, please
    std::function<void(model::SequenceNumber)> advanced;  // where the file stands now
    std::function<void()> set_aside;                      // it failed while it was asked: it wants to be written
  };
  // `truth` and `options` outlive this.
  KeptFile(const ProjectTruth& truth, const ProjectViewOptions& options, Callbacks callbacks);

  // Takes over what is there, or begins anew. `loaded` gets what it holds; null: nobody wants to know.
  void Open(const std::function<void(SnapshotPtr)>& loaded);
  // Brings it up to where the log's head is now. Throws when it cannot be written; a file that fails again is made
  // anew.
  void Write();
  // From batches and log, whatever it was.
  void Remake();
  // Returns up to which change the file answered, 0 when there is none to ask: while it is remade, or after it failed.
  // Everything after that comes from the log, which knows it all and is slower.
  model::SequenceNumber Ask(const std::function<void(ColumnsFile&)>& use);
  // So that the next start can tell the file from a damaged one; nothing where it does not stand at `sequence`.
  void KeepDigest(model::SequenceNumber sequence, const std::function<std::string()>& digest);

 private:
  void OpenNew();
  void WriteLocked();
  std::vector<model::Change> ChangesBetween(model::SequenceNumber after, model::SequenceNumber head) const;
  bool CheckInChild(bool people_wait) const;
  duck::DatabaseOptions DatabaseOptions() const;

  const ProjectTruth& truth_;
  const ProjectViewOptions& options_;
  Callbacks callbacks_;

  std::mutex mutex_;  // guards what follows
  std::unique_ptr<ColumnsFile> file_;
  int failures_ = 0;
  int rebuilds_ = 0;
};

// The subcommand `probe-columns <file>`: opens the file, reads all of it, compares its digest with the one it holds,
// and returns 0 when it can be trusted. It may crash: that is why it runs in a child.
int ProbeColumns(const std::filesystem::path& file);

// Throws kUnavailable when the change at `applied` is not `operation`: what says so follows another log.
void CheckAgainstLog(const ProjectTruth& truth, model::SequenceNumber applied, const std::string& operation);

}  // namespace burnish::store
