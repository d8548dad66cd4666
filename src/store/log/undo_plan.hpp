#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/change.hpp"
#include "store/blobs/blob_store.hpp"
#include "store/catalog/session.hpp"
#include "store/log/change_log.hpp"
#include "store/log/change_rows.hpp"

namespace burnish::store {

// What undoing one change would do at one moment, decided from the log alone.
struct UndoPlan {
  SequenceNumber head = 0;  // the moment
  LogEntry target;          // the change that is taken back
  model::Delta delta;
  std::uint64_t restored = 0;
  std::uint64_t kept = 0;
  std::uint64_t classes_restored = 0;
  std::uint64_t classes_kept = 0;

  // A model run has no delta: taking it back is an effect all the same.
  bool HasEffect() const noexcept { return !delta.Empty() || target.change.run.has_value(); }
};

// The change that `request` means: its target, or the newest of the caller's that still stands.
// When the target was undone and redone, the redo stands for it. Throws as ChangeLog::Undo says.
UndoPlan PlanUndo(Reader& reader, const BlobStore& blobs, const UndoRequest& request, SequenceNumber head);

// What PlanUndo would take back, for a page that only names it. `surely_stands` may know at once, from a view, that
// something of a change still does; where it does not, the log is asked, which reads everything after the change.
std::optional<model::Change> PeekUndo(Reader& reader, const BlobStore& blobs, const UndoRequest& request,
                                      SequenceNumber head,
                                      const std::function<bool(const model::Change&)>& surely_stands);

// "Undo: Set class Shirt on 12 samples (9 restored, 3 kept: edited later)"
std::string UndoSummary(Reader& reader, const UndoPlan& plan);

}  // namespace burnish::store
