#include "app/ontology.hpp"

#include "base/error.hpp"

namespace burnish::app {
namespace {

using base::Error;
using base::ErrorCode;

// When a class id or a label was taken meanwhile: somebody else got on each time, so this many people can be at it at
// once.
constexpr int kMostTries = 100;

model::Class Existing(const store::Snapshot& snapshot, model::ClassId id) {
  const model::Class* found = snapshot.ontology.Find(id);
  if (found == nullptr || found->merged_into)
    throw Error(ErrorCode::kNotFound, "There is no such class in this project.", "class");
  return *found;
}

void CheckNameIsFree(const store::Snapshot& snapshot, const std::string& name, std::optional<model::ClassId> own) {
  const model::Class* other = snapshot.ontology.FindByName(name);
  if (other == nullptr || other->id == own) return;
  const std::string way_out =
      other->retired ? " (retired). Bring it back instead." : ". Merge the two instead, or choose another name.";
  throw Error(ErrorCode::kConflict, "There is a class called \"" + name + "\" already" + way_out, "name");
}

store::AppendRequest OntologyAppend(const base::ProjectId& project, const Caller& caller,
                                    const base::OperationId& operation, base::SequenceNumber base, std::string summary,
                                    std::string reason) {
  store::AppendRequest append;
  append.project = project;
  append.operation = operation;
  append.author = caller.person;
  append.kind = model::ChangeKind::kOntology;
  append.base = base;
  append.digest = RequestDigest({"ontology", summary});
  append.summary = std::move(summary);
  append.reason = std::move(reason);
  return append;
}

}  // namespace

EditOutcome OntologyEdits::Add(const Caller& caller, const base::ProjectId& project, const base::OperationId& operation,
                               const std::string& name, const std::string& reason) {
  const Entry entry = workspace_.Open(caller, project, Role::kExpert);
  for (int attempt = 1;; ++attempt) {
    const auto snapshot = entry->View().AtLeast(workspace_.Parts().log.Head(project));
    if (!workspace_.Parts().log.FindResult(project, operation)) CheckNameIsFree(*snapshot, name, std::nullopt);
    auto append = OntologyAppend(project, caller, operation, snapshot->as_of, "Added class " + name, reason);
    append.delta.classes.push_back(
        {std::nullopt, {static_cast<model::ClassId>(snapshot->ontology.Classes().size()), name, false, std::nullopt}});
    try {
      return AppendChange(workspace_, entry, append);
    } catch (const store::ConflictError& error) {
      if (!error.StaleIds() || attempt == kMostTries) throw;
    }
  }
}

EditOutcome OntologyEdits::Update(const Caller& caller, const base::ProjectId& project,
                                  const ClassEditRequest& request) {
  const Entry entry = workspace_.Open(caller, project, Role::kExpert);
  const auto snapshot = entry->View().AtLeast(request.base);
  const model::Class before = Existing(*snapshot, request.id);
  model::Class after = before;
  std::string summary;
  if (request.name && *request.name != before.name) {
    CheckNameIsFree(*snapshot, *request.name, request.id);
    after.name = *request.name;
    summary = "Renamed class " + before.name + " to " + after.name;
  }
  if (request.retired && *request.retired != before.retired) {
    after.retired = *request.retired;
    summary += (summary.empty() ? (after.retired ? "Retired class " : "Brought back class ") + after.name
                                : (after.retired ? " and retired it" : " and brought it back"));
  }
  auto append = OntologyAppend(project, caller, request.operation, request.base, summary, request.reason);
  append.digest = RequestDigest({"class", std::to_string(request.id), request.name.value_or(""),
                                 request.retired ? (*request.retired ? "1" : "0") : ""});
  if (!(after == before)) append.delta.classes.push_back({before, after});
  return AppendChange(workspace_, entry, append);
}

EditOutcome OntologyEdits::Merge(const Caller& caller, const base::ProjectId& project, const MergeRequest& request) {
  const Entry entry = workspace_.Open(caller, project, Role::kExpert);
  if (request.from == request.into)
    throw Error(ErrorCode::kInvalidArgument, "A class cannot be merged into itself.", "into");
  for (int attempt = 1;; ++attempt) {
    if (const auto first = workspace_.Parts().log.FindResult(project, request.operation))
      return OutcomeOf(workspace_, entry, *first, "Merged");
    const auto snapshot = entry->View().AtLeast(attempt == 1 ? request.base : workspace_.Parts().log.Head(project));
    const model::Class from = Existing(*snapshot, request.from);
    const model::Class into = Existing(*snapshot, request.into);
    if (into.retired)
      throw Error(ErrorCode::kInvalidArgument,
                  "The class \"" + into.name + "\" is retired and takes no labels. Bring it back first.", "into");
    auto append = OntologyAppend(project, caller, request.operation, snapshot->as_of,
                                 "Merged class " + from.name + " into " + into.name, request.reason);
    model::Class merged = from;
    merged.merged_into = into.id;
    append.delta.classes.push_back({from, merged});
    model::AspectDelta labels;
    for (std::size_t i = 0; i < snapshot->Size(); ++i) {
      const std::uint32_t code = snapshot->labels[i];
      if (model::LabelClass(code) != from.id) continue;
      labels.ordinals.push_back(static_cast<model::Ordinal>(i));
      labels.before.push_back(code);
      labels.after.push_back(model::PackLabel(into.id, model::StateOfLabel(code)));
    }
    if (!labels.ordinals.empty()) append.delta.aspects.push_back(std::move(labels));
    try {
      return AppendChange(workspace_, entry, append);
    } catch (const store::ConflictError& error) {
      if (!error.StaleIds() || attempt == kMostTries) throw;
    }
  }
}

}  // namespace burnish::app
