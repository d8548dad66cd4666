#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "model/change.hpp"
#include "store/blobs/blob_store.hpp"
#include "store/catalog/catalog.hpp"

namespace burnish::store {

using model::Ordinal;
using model::SequenceNumber;

// What to do with what somebody changed after `base`.
enum class OnConflict : std::uint8_t {
  kRefuse,  // the whole request, with both values (a single edit)
  kSkip,    // apply the rest and list these (a bulk edit)
};

// One value of one sample that moved after the edit's author last looked.
struct SampleConflict {
  model::Aspect aspect;
  Ordinal ordinal = 0;
  std::uint32_t expected = 0;   // what the author saw, at `base`
  std::uint32_t present = 0;    // what it is now
  std::uint32_t wanted = 0;     // what the author asked for
  SequenceNumber sequence = 0;  // the change that made it so, its author and time
  base::PersonId author;
  base::Micros at = 0;
  bool operator==(const SampleConflict&) const = default;
};

struct ClassConflict {
  model::ClassId id = model::kNoClass;
  std::optional<model::Class> expected;  // nothing: it was to be a new one
  model::Class present;
  SequenceNumber sequence = 0;
  base::PersonId author;
  base::Micros at = 0;
};

// At most this many conflicts are listed one by one; the count is always true.
inline constexpr std::size_t kMaxListedConflicts = 1'000;

// kConflict with what is needed to show both sides and choose.
class ConflictError : public base::Error {
 public:
  ConflictError(const std::string& message, std::vector<SampleConflict> samples, std::uint64_t sample_count,
                std::vector<ClassConflict> classes, bool stale_ids = false);
  const std::vector<SampleConflict>& Samples() const noexcept { return samples_; }
  std::uint64_t SampleCount() const noexcept { return sample_count_; }
  const std::vector<ClassConflict>& Classes() const noexcept { return classes_; }
  // True when only an id for a new class or tag was taken meanwhile: build the request again from
  // the present ontology and tags and append it; nobody needs to be asked.
  bool StaleIds() const noexcept { return stale_ids_; }

 private:
  std::vector<SampleConflict> samples_;
  std::uint64_t sample_count_;
  std::vector<ClassConflict> classes_;
  bool stale_ids_;
};

// Samples to append: they get the next `count` ordinals. `batch` names a blob that is already stored.
struct NewImport {
  base::ImportId import;
  std::uint32_t count = 0;
  std::string batch;
  std::vector<model::ClassId>
      classes;  // that the batch's labels use; each must take labels at the commit (StaleIds else)
};

struct AppendResult {
  SequenceNumber sequence = 0;                  // of the change; when nothing was left to record, the head
  bool recorded = false;                        // false: no change was needed (no row)
  bool repeated = false;                        // true: this operation id was done before and this is its first result
  std::shared_ptr<const model::Change> change;  // recorded by this call; nothing else need read it back
  std::uint64_t samples = 0;                    // samples whose values changed (import: that came in)
  std::vector<SampleConflict> skipped;          // kSkip: at most kMaxListedConflicts of them
  std::uint64_t skipped_count = 0;
  std::optional<Ordinal> first_ordinal;  // of an import
  // Undo only.
  std::optional<SequenceNumber> undoes;
  std::uint64_t restored = 0;  // samples put back
  std::uint64_t kept = 0;      // samples left alone because somebody touched them since
  std::uint64_t classes_restored = 0;
  std::uint64_t classes_kept = 0;
};

struct AppendRequest {
  base::ProjectId project;
  base::OperationId operation;
  base::PersonId author;
  model::ChangeKind kind = model::ChangeKind::kEdit;  // never kUndo
  std::string summary;                                // one sentence for the history
  std::string reason;
  // The sequence number that the author saw.
  SequenceNumber base = 0;
  // `before` values come from a snapshot with as_of >= base; what moved after `base` is found here,
  // and a value that moved and came back is corrected. A new class has the next class id, a new tag
  // the next tag id (else ConflictError with StaleIds).
  model::Delta delta;
  std::optional<NewImport> import;
  std::optional<base::RunId> run;
  OnConflict on_conflict = OnConflict::kRefuse;
  std::string digest;  // of the request as it arrived; the same id with another digest is kConflict
  // Runs in the same transaction after the change is written, not for a repeated operation: rows
  // that must stand or fall with it (fields, the import's report, a model run).
  std::function<void(Writer&, const AppendResult&)> also;
};

struct UndoRequest {
  enum class What : std::uint8_t {
    kChange,      // `target`
    kLatestOwn,   // Ctrl+Z: the caller's latest edit or redo that still stands
    kRedoLatest,  // Ctrl+Shift+Z: the caller's latest undo that still stands, unless they edited since
  };
  base::ProjectId project;
  base::OperationId operation;
  base::PersonId author;
  What what = What::kLatestOwn;
  SequenceNumber target = 0;
  std::string reason;
  std::string digest;
};

// The history of each project: append-only, numbered without gaps, the truth from which all views
// are folded. Order comes from the project's head row, so several servers may share one catalog.
// Conflicts and undo are decided from the log alone, never from a view that may lag.
//
// Any thread may call. Append and Undo return when the change is on stable storage; with an
// operation id that was done before they return its first result and do nothing.
class ChangeLog {
 public:
  ChangeLog(Catalog& catalog, BlobStore& blobs) : catalog_(catalog), blobs_(blobs) {}

  // Throws ConflictError; kConflict when the operation id stands for another request or the project
  // is in the trash; kNotFound for an unknown project; kInvalidArgument for a base that has not
  // happened, an ordinal or class that does not exist, or a delta that is not in its canonical form.
  // A label can only be set to a class that takes labels at that moment (ConflictError else). A merge
  // that would leave labels of the merged class behind, because some arrived after `base`, is
  // refused with StaleIds.
  AppendResult Append(const AppendRequest& request);

  // Puts back what nobody touched since and keeps the rest; undoing an undo is redo. A label whose
  // class was merged away since comes back as the class it was merged into.
  //  - An import is withdrawn: kWithdrawn becomes 1 on its samples, and what it did to others is undone.
  //  - A model run is withdrawn; the change then names the run.
  //  - Ctrl+Z and redo look at edits of samples and ontology only, never at imports and model runs,
  //    and step over changes of which nothing stands any more.
  // When nothing could be put back, no change is recorded. Throws kNotFound when there is nothing to
  // take (kLatestOwn, kRedoLatest) or no such change, kConflict when it is undone already.
  AppendResult Undo(const UndoRequest& request);

  // Whole changes with after < sequence <= upto, oldest first, at most `limit`: for views.
  std::vector<model::Change> ReadChanges(const base::ProjectId& project, SequenceNumber after, SequenceNumber upto,
                                         std::size_t limit);
  // Newest first, with sequence < before (0: from the newest), without deltas: for people.
  std::vector<model::Change> ListChanges(const base::ProjectId& project, SequenceNumber before, std::size_t limit);
  // One change with its delta.
  std::optional<model::Change> FindChange(const base::ProjectId& project, SequenceNumber sequence);
  // Throws kNotFound.
  SequenceNumber Head(const base::ProjectId& project);
  // The first result of an operation, if it was done.
  std::optional<AppendResult> FindResult(const base::ProjectId& project, const base::OperationId& operation);

  // Reads the whole log: gapless numbers, unbroken hash chain, readable deltas, classes and tags
  // equal to their fold. Returns what is wrong, one sentence each.
  std::vector<std::string> Verify(const base::ProjectId& project);

 private:
  Catalog& catalog_;
  BlobStore& blobs_;
};

}  // namespace burnish::store
