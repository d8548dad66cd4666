#include "app/history.hpp"

#include "store/log/undo_plan.hpp"

namespace burnish::app {
namespace {

// "9,997 samples restored, 3 kept: edited later"
std::string UndoSummary(const store::AppendResult& result) {
  std::string text = Counted(result.restored, "sample restored", "samples restored");
  if (result.restored == 0 && result.classes_restored > 0)
    text = Counted(result.classes_restored, "class restored", "classes restored");
  const std::uint64_t kept = result.kept + result.classes_kept;
  if (kept > 0) text += ", " + Counted(kept, "kept: edited later", "kept: edited later");
  return text;
}

// What an undo of the caller's own latest would take back, or nothing.
std::optional<std::string> Undoable(const Services& services, const base::ProjectId& project,
                                    const base::PersonId& author, base::SequenceNumber head,
                                    store::UndoRequest::What what) {
  store::UndoRequest request;
  request.project = project;
  request.author = author;
  request.what = what;
  try {
    return services.catalog.Read([&](store::Reader& reader) {
      return store::PlanUndo(reader, services.blobs, request, head).target.change.summary;
    });
  } catch (const base::Error& nothing) {
    if (nothing.Code() != base::ErrorCode::kNotFound) throw;
    return std::nullopt;
  }
}

}  // namespace

ChangePage History::List(const Caller& caller, const base::ProjectId& project, base::SequenceNumber before,
                         std::size_t count) {
  const Entry entry = workspace_.Open(caller, project);
  store::ChangeLog& log = workspace_.Parts().log;
  ChangePage page;
  page.head = log.Head(project);
  for (model::Change& change : log.ListChanges(project, before, count)) {
    ChangeRow row{change.sequence,          change.at, change.author, change.kind,     std::move(change.summary),
                  std::move(change.reason), 0,         change.undoes, change.undone_by};
    row.samples = entry->View().ChangedIn(change.sequence - 1, change.sequence).size();
    page.changes.push_back(std::move(row));
  }
  page.can_undo = Undoable(workspace_.Parts(), project, caller.person, page.head, store::UndoRequest::What::kLatestOwn);
  page.can_redo =
      Undoable(workspace_.Parts(), project, caller.person, page.head, store::UndoRequest::What::kRedoLatest);
  return page;
}

EditOutcome History::Undo(const Caller& caller, store::UndoRequest request) {
  const Entry entry = workspace_.Open(caller, request.project, Role::kExpert);
  request.author = caller.person;
  request.digest =
      RequestDigest({"undo", std::to_string(static_cast<int>(request.what)), std::to_string(request.target)});
  const store::AppendResult result = workspace_.Parts().log.Undo(request);
  return OutcomeOf(workspace_, entry, result, UndoSummary(result));
}

EditOutcome History::UndoLatest(const Caller& caller, const base::ProjectId& project,
                                const base::OperationId& operation) {
  store::UndoRequest request;
  request.project = project;
  request.operation = operation;
  request.what = store::UndoRequest::What::kLatestOwn;
  return Undo(caller, std::move(request));
}

EditOutcome History::RedoLatest(const Caller& caller, const base::ProjectId& project,
                                const base::OperationId& operation) {
  store::UndoRequest request;
  request.project = project;
  request.operation = operation;
  request.what = store::UndoRequest::What::kRedoLatest;
  return Undo(caller, std::move(request));
}

EditOutcome History::UndoChange(const Caller& caller, const base::ProjectId& project,
                                const base::OperationId& operation, base::SequenceNumber sequence) {
  store::UndoRequest request;
  request.project = project;
  request.operation = operation;
  request.what = store::UndoRequest::What::kChange;
  request.target = sequence;
  return Undo(caller, std::move(request));
}

}  // namespace burnish::app
