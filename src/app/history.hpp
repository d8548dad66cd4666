#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "app/edit_outcome.hpp"

namespace burnish::app {

struct ChangeRow {
  base::SequenceNumber sequence = 0;
  base::Micros at = 0;
  base::PersonId author;
  model::ChangeKind kind = model::ChangeKind::kEdit;
  std::string summary;
  std::string reason;
  std::uint64_t samples = 0;
  std::optional<base::SequenceNumber> undoes;
  std::optional<base::SequenceNumber> undone_by;
};

struct ChangePage {
  base::SequenceNumber head = 0;
  std::vector<ChangeRow> changes;       // newest first
  std::optional<std::string> can_undo;  // the summary of what UndoLatest would take back now
  std::optional<std::string> can_redo;
};

// What happened to a project, and taking it back.
class History {
 public:
  explicit History(Workspace& workspace) : workspace_(workspace) {}

  // With sequence < before; 0: from the newest.
  ChangePage List(const Caller& caller, const base::ProjectId& project, base::SequenceNumber before, std::size_t count);

  // Ctrl+Z and Ctrl+Shift+Z: the caller's own latest. Throw kNotFound when there is nothing to take back.
  EditOutcome UndoLatest(const Caller& caller, const base::ProjectId& project, const base::OperationId& operation);
  EditOutcome RedoLatest(const Caller& caller, const base::ProjectId& project, const base::OperationId& operation);
  // Any change; keeps what was done later to the same samples. Throws kConflict when it is undone already.
  EditOutcome UndoChange(const Caller& caller, const base::ProjectId& project, const base::OperationId& operation,
                         base::SequenceNumber sequence);

 private:
  EditOutcome Undo(const Caller& caller, store::UndoRequest request);
  // The summary of what the caller's own latest undo or redo would take back at `head`, or nothing.
  std::optional<std::string> Undoable(const Entry& entry, const base::PersonId& author, base::SequenceNumber head,
                                      store::UndoRequest::What what);

  struct Known {
    base::SequenceNumber head = 0;
    std::optional<std::string> summary;
  };

  Workspace& workspace_;
  std::mutex mutex_;  // guards undoable_
  std::map<std::tuple<base::ProjectId, base::PersonId, store::UndoRequest::What>, Known> undoable_;
};

}  // namespace burnish::app
