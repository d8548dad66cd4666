#include "store/log/change_log.hpp"

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "store/catalog/audit.hpp"
#include "store/catalog/classes.hpp"
#include "store/catalog/model_runs.hpp"
#include "store/catalog/operations.hpp"
#include "store/catalog/sql.hpp"
#include "store/catalog/tags.hpp"
#include "store/log/append_result.hpp"
#include "store/log/change_rows.hpp"
#include "store/log/delta_checks.hpp"
#include "store/log/overlap.hpp"
#include "store/log/undo_plan.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;
using model::Change;
using model::ChangeKind;

constexpr std::size_t kPage = 256;

// An unknown outcome is settled by asking again with the same operation id: it finds the first
// result, waiting at the project's row if the lost transaction is still under way, or does it now.
template <class Function>
AppendResult Settle(const Function& once) {
  try {
    return once();
  } catch (const UnknownOutcome&) {
    return once();
  }
}

LogHead MustLockHead(Writer& writer, const base::ProjectId& project) {
  auto head = LockHead(writer, project);
  if (!head) throw Error(ErrorCode::kNotFound, "There is no such project.", "project");
  return std::move(*head);
}

SequenceNumber ReadHead(Reader& reader, const base::ProjectId& project) {
  const auto head = FindHead(reader, project);
  if (!head) throw Error(ErrorCode::kNotFound, "There is no such project.", "project");
  return head->sequence;
}

void RefuseTrashed(const LogHead& head) {
  if (head.trashed) throw Error(ErrorCode::kConflict, "This project is in the trash. Bring it back first.", "project");
}

// What is common to both ways of writing a change, inside the project's locked head.
AppendResult WriteChange(Writer& writer, const LogHead& head, const StoredDelta& stored, LogEntry& entry,
                         AppendResult result) {
  BURNISH_FAILPOINT("log.write.before");
  Change& change = entry.change;
  WriteEntry(writer, head, stored, entry);
  model::Ontology ontology = change.delta.classes.empty() ? model::Ontology() : LoadOntology(writer, change.project);
  for (const model::ClassEdit& edit : change.delta.classes) {
    FoldClassEdit(writer, change.project, ontology, edit, change.sequence);
    ontology.Put(edit.after);
  }
  for (const model::TagAdded& tag : change.delta.tags) FoldTag(writer, change.project, tag, change.sequence);
  AppendAudit(writer, change.project, change.author, "change." + std::string(model::ChangeKindName(change.kind)),
              std::to_string(change.sequence));
  result.sequence = change.sequence;
  result.recorded = true;
  result.change = std::make_shared<const Change>(change);
  result.samples = model::TouchedSamples(change.delta).size();
  if (change.imported && change.kind != ChangeKind::kUndo) {
    result.first_ordinal = change.imported->first;
    result.samples += change.imported->count;
  }
  BURNISH_FAILPOINT("log.write.after");
  return result;
}

Overlap::Outcome FindOverlap(Reader& reader, const BlobStore& blobs, const AppendRequest& request,
                             const LogHead& head) {
  Overlap overlap(request.delta);
  const SequenceNumber base = BURNISH_SEEDED_BUG("log.no_revision_check") ? head.sequence : request.base;
  for (SequenceNumber after = base; after < head.sequence;) {
    const auto entries = ReadEntries(reader, blobs, request.project, after, head.sequence, kPage);
    if (entries.empty()) break;
    for (const LogEntry& entry : entries) overlap.Add(entry);
    after = entries.back().change.sequence;
  }
  if (overlap.MergeMissesLabels()) {
    throw ConflictError("Labels of the merged class arrived meanwhile. Try again.", {}, 0, {}, true);
  }
  const auto classes = overlap.ClassConflicts();
  if (!classes.empty()) {
    throw ConflictError(
        "Somebody changed the class \"" + classes.front().present.name + "\" since you looked. Choose which is right.",
        {}, 0, classes);
  }
  return overlap.Decide();
}

void RefuseConflicts(const Overlap::Outcome& outcome) {
  if (outcome.conflict_count == 0) return;
  const std::string count = std::to_string(outcome.conflict_count);
  throw ConflictError(
      outcome.conflict_count == 1
          ? "Somebody changed this sample since you looked. Choose which value is right."
          : "Somebody changed " + count + " of these samples since you looked. Choose which values are right.",
      outcome.conflicts, outcome.conflict_count, {});
}

AppendResult AppendInside(Writer& writer, BlobStore& blobs, const AppendRequest& request,
                          const StoredDelta& stored_whole) {
  const LogHead head = MustLockHead(writer, request.project);
  const OperationKey key{request.project, request.author, request.operation, request.digest};
  if (const auto first = FindOperation(writer, key)) {
    AppendResult result = ResultFromJson(*first);
    result.repeated = true;
    return result;
  }
  RefuseTrashed(head);
  if (request.base > head.sequence)
    throw Error(ErrorCode::kInvalidArgument, "The edit is based on a change that has not happened.", "base");
  CheckAgainstProject(writer, request, head);
  Overlap::Outcome outcome = FindOverlap(writer, blobs, request, head);
  if (request.on_conflict == OnConflict::kRefuse) RefuseConflicts(outcome);

  AppendResult result;
  result.skipped = std::move(outcome.conflicts);
  result.skipped_count = outcome.conflict_count;
  LogEntry entry;
  Change& change = entry.change;
  change.project = request.project;
  change.operation = request.operation;
  change.author = request.author;
  change.kind = entry.root_kind = request.kind;
  change.summary = request.summary;
  change.reason = request.reason;
  if (request.import) change.imported = {request.import->import, 0, request.import->count, request.import->batch};
  change.run = request.run;
  change.delta = std::move(outcome.delta);
  if (change.delta.Empty() && !change.imported && !change.run) {
    result.sequence = head.sequence;
  } else {
    const StoredDelta stored = change.delta == request.delta ? stored_whole : StoreDelta(blobs, change.delta);
    result = WriteChange(writer, head, stored, entry, std::move(result));
  }
  if (request.also) request.also(writer, result);
  RememberOperation(writer, key, ResultToJson(result));
  return result;
}

AppendResult UndoInside(Writer& writer, BlobStore& blobs, const UndoRequest& request, UndoPlan& plan,
                        StoredDelta& stored) {
  const LogHead head = MustLockHead(writer, request.project);
  const OperationKey key{request.project, request.author, request.operation, request.digest};
  if (const auto first = FindOperation(writer, key)) {
    AppendResult result = ResultFromJson(*first);
    result.repeated = true;
    return result;
  }
  RefuseTrashed(head);
  if (plan.head != head.sequence) {
    plan = PlanUndo(writer, blobs, request, head.sequence);
    stored = StoreDelta(blobs, plan.delta);
  }
  AppendResult result;
  result.sequence = head.sequence;
  result.undoes = plan.target.change.sequence;
  result.restored = plan.restored;
  result.kept = plan.kept;
  result.classes_restored = plan.classes_restored;
  result.classes_kept = plan.classes_kept;
  if (plan.HasEffect()) {
    LogEntry entry;
    Change& change = entry.change;
    change.project = request.project;
    change.operation = request.operation;
    change.author = request.author;
    change.kind = ChangeKind::kUndo;
    change.summary = UndoSummary(writer, plan);
    change.reason = request.reason;
    change.run = plan.target.change.run;
    change.undoes = plan.target.change.sequence;
    change.delta = plan.delta;
    entry.root_kind = plan.target.root_kind;
    entry.parity = plan.target.parity == 0 ? 1 : 0;
    result = WriteChange(writer, head, stored, entry, std::move(result));
    if (change.run && FindModelRun(writer, request.project, *change.run)) {
      SetRunWithdrawn(writer, request.project, *change.run, entry.parity == 1);
    }
  }
  RememberOperation(writer, key, ResultToJson(result));
  return result;
}

// The undo of `sequence` that stands, after redos of undos are reckoned with.
std::optional<SequenceNumber> StandingUndo(Reader& reader, const base::ProjectId& project, SequenceNumber sequence) {
  const auto [last, length] = EndOfUndoChain(reader, project, sequence);
  return length % 2 == 1 ? std::optional(last) : std::nullopt;
}

void CheckOperationId(const base::OperationId& operation) {
  const std::string& text = operation.Text();
  const bool good =
      text.size() >= 8 && text.size() <= 64 &&
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
  if (!good)
    throw Error(ErrorCode::kInvalidArgument, "The Idempotency-Key must be 8 to 64 letters, digits, '-' or '_'.",
                "Idempotency-Key");
}

}  // namespace

ConflictError::ConflictError(const std::string& message, std::vector<SampleConflict> samples,
                             std::uint64_t sample_count, std::vector<ClassConflict> classes, bool stale_ids)
    : base::Error(ErrorCode::kConflict, message),
      samples_(std::move(samples)),
      sample_count_(sample_count),
      classes_(std::move(classes)),
      stale_ids_(stale_ids) {}

AppendResult ChangeLog::Append(const AppendRequest& request) {
  CheckOperationId(request.operation);
  CheckForm(request);
  // Blobs first: a row never names what is not on stable storage.
  if (request.import && !request.import->batch.empty() && !blobs_.Has(request.import->batch)) {
    throw Error(ErrorCode::kInternal, "The import's batch was not stored before its change.");
  }
  const StoredDelta stored = StoreDelta(blobs_, request.delta);
  return Settle(
      [&] { return catalog_.Write([&](Writer& writer) { return AppendInside(writer, blobs_, request, stored); }); });
}

AppendResult ChangeLog::Undo(const UndoRequest& request) {
  CheckOperationId(request.operation);
  if (auto first = FindResult(request.project, request.operation)) {
    // The digest is checked inside; a redo that has run has nothing left to plan.
    UndoPlan none;
    StoredDelta nothing;
    return catalog_.Write([&](Writer& writer) { return UndoInside(writer, blobs_, request, none, nothing); });
  }
  // Planned outside the transaction, since it reads much of the log; inside only if somebody came between.
  UndoPlan plan = catalog_.Read(
      [&](Reader& reader) { return PlanUndo(reader, blobs_, request, ReadHead(reader, request.project)); });
  BURNISH_FAILPOINT("log.undo.planned");
  StoredDelta stored = StoreDelta(blobs_, plan.delta);
  return Settle([&] {
    return catalog_.Write([&](Writer& writer) { return UndoInside(writer, blobs_, request, plan, stored); });
  });
}

std::vector<Change> ChangeLog::ReadChanges(const base::ProjectId& project, SequenceNumber after, SequenceNumber upto,
                                           std::size_t limit) {
  return catalog_.Read([&](Reader& reader) {
    std::vector<Change> changes;
    for (LogEntry& entry : ReadEntries(reader, blobs_, project, after, upto, limit))
      changes.push_back(std::move(entry.change));
    return changes;
  });
}

std::vector<Change> ChangeLog::ListChanges(const base::ProjectId& project, SequenceNumber before, std::size_t limit) {
  return catalog_.Read([&](Reader& reader) {
    std::vector<Change> changes;
    for (LogEntry& entry : ListEntries(reader, project, before, limit)) {
      entry.change.undone_by = StandingUndo(reader, project, entry.change.sequence);
      changes.push_back(std::move(entry.change));
    }
    return changes;
  });
}

std::optional<Change> ChangeLog::FindChange(const base::ProjectId& project, SequenceNumber sequence) {
  return catalog_.Read([&](Reader& reader) -> std::optional<Change> {
    auto entry = FindEntry(reader, blobs_, project, sequence);
    if (!entry) return std::nullopt;
    entry->change.undone_by = StandingUndo(reader, project, sequence);
    return std::move(entry->change);
  });
}

SequenceNumber ChangeLog::Head(const base::ProjectId& project) {
  return catalog_.Read([&](Reader& reader) { return ReadHead(reader, project); });
}

std::optional<AppendResult> ChangeLog::FindResult(const base::ProjectId& project, const base::OperationId& operation) {
  return catalog_.Read([&](Reader& reader) -> std::optional<AppendResult> {
    const auto row = sql::SelectOne<std::string>(
        reader, "SELECT result FROM operations WHERE scope = :a AND operation = :b", {project, operation});
    if (!row) return std::nullopt;
    AppendResult result = ResultFromJson(std::get<0>(*row));
    result.repeated = true;
    return result;
  });
}

}  // namespace burnish::store
