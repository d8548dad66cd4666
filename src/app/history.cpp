#include "app/history.hpp"

#include "store/columns/snapshot.hpp"
#include "store/log/undo_plan.hpp"

namespace burnish::app {
namespace {

constexpr std::size_t kMostRemembered = 10'000;

// "9,997 samples restored, 3 kept: edited later"
std::string UndoSummary(const store::AppendResult& result) {
  std::string text = Counted(result.restored, "sample restored", "samples restored");
  if (result.restored == 0 && result.classes_restored > 0)
    text = Counted(result.classes_restored, "class restored", "classes restored");
  const std::uint64_t kept = result.kept + result.classes_kept;
  if (kept > 0) text += ", " + Counted(kept, "kept: edited later", "kept: edited later");
  return text;
}

// True when some sample was last touched by `change` and taking it back would change that sample. False says nothing.
bool SurelyStands(const store::Snapshot& snapshot, const model::Change& change) {
  for (const model::AspectDelta& aspect : change.delta.aspects) {
    for (std::size_t i = 0; i < aspect.ordinals.size(); ++i) {
      const model::Ordinal ordinal = aspect.ordinals[i];
      if (ordinal >= snapshot.Size() || snapshot.changed[ordinal] != change.sequence) continue;
      if (aspect.aspect.kind != model::AspectKind::kLabel) return true;
      // A label whose class was merged away since would come back as another one, perhaps as the one it has.
      const model::Class* before = snapshot.ontology.Find(model::LabelClass(aspect.before[i]));
      if (before == nullptr || !before->merged_into) return true;
    }
  }
  return false;
}

// As the operation told whoever asked for it: counting a large delta again would read it.
std::uint64_t SamplesOf(store::ChangeLog& log, const base::ProjectId& project, const model::Change& change) {
  if (const auto result = log.FindResult(project, change.operation)) return result->samples;
  const auto whole = log.FindChange(project, change.sequence);
  const std::uint64_t imported =
      change.imported && change.kind != model::ChangeKind::kUndo ? change.imported->count : 0;
  return imported + (whole ? model::TouchedSamples(whole->delta).size() : 0);
}

}  // namespace

ChangePage History::List(const Caller& caller, const base::ProjectId& project, base::SequenceNumber before,
                         std::size_t count) {
  const Entry entry = workspace_.Open(caller, project);
  store::ChangeLog& log = workspace_.Parts().log;
  ChangePage page;
  page.head = log.Head(project);
  for (model::Change& change : log.ListChanges(project, before, count)) {
    const std::uint64_t samples = SamplesOf(log, project, change);
    ChangeRow row{change.sequence,          change.at, change.author, change.kind,     std::move(change.summary),
                  std::move(change.reason), 0,         change.undoes, change.undone_by};
    row.samples = samples;
    page.changes.push_back(std::move(row));
  }
  page.can_undo = Undoable(entry, caller.person, page.head, store::UndoRequest::What::kLatestOwn);
  page.can_redo = Undoable(entry, caller.person, page.head, store::UndoRequest::What::kRedoLatest);
  return page;
}

std::optional<std::string> History::Undoable(const Entry& entry, const base::PersonId& author,
                                             base::SequenceNumber head, store::UndoRequest::What what) {
  const base::ProjectId& project = entry.project.id;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = undoable_.find({project, author, what});
    if (found != undoable_.end() && found->second.head == head) return found->second.summary;
  }
  store::UndoRequest request;
  request.project = project;
  request.author = author;
  request.what = what;
  const Services& services = workspace_.Parts();
  const auto snapshot = entry->View().AtLeast(head);
  const auto change = services.catalog.Read([&](store::Reader& reader) {
    return store::PeekUndo(reader, services.blobs, request, head,
                           [&](const model::Change& candidate) { return SurelyStands(*snapshot, candidate); });
  });
  const std::scoped_lock lock(mutex_);
  if (undoable_.size() >= kMostRemembered) undoable_.clear();
  auto& known = undoable_[{project, author, what}];
  known = {head, change ? std::optional(change->summary) : std::nullopt};
  return known.summary;
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
