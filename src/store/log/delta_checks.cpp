#include "store/log/delta_checks.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "store/catalog/classes.hpp"
#include "store/catalog/sql.hpp"
#include "store/catalog/tags.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;
using model::AspectDelta;
using model::AspectKind;

[[noreturn]] void ThrowBad(const std::string& why) { throw Error(ErrorCode::kInvalidArgument, why); }

bool IsLabelCode(std::uint32_t code) {
  if (code == model::kNoLabelCode) return true;
  return model::LabelClass(code) != model::kNoClass && (code & 0xFF00U) == 0 &&
         (code & 0xFFU) < model::kLabelStateNames.size();
}

bool IsValueOf(AspectKind kind, std::uint32_t value) {
  switch (kind) {
    case AspectKind::kLabel:
      return IsLabelCode(value);
    case AspectKind::kSplit:
      return value < model::kSplitNames.size();
    case AspectKind::kExcluded:
    case AspectKind::kTag:
    case AspectKind::kWithdrawn:
      return value <= 1;
    case AspectKind::kMedia:
    case AspectKind::kRegions:
      return true;
  }
  return false;
}

void CheckAspectForm(const AspectDelta& delta) {
  const std::size_t count = delta.ordinals.size();
  if (count == 0 || delta.before.size() != count || delta.after.size() != count)
    ThrowBad("An edit needs one value before and after per sample.");
  if (delta.aspect.kind == AspectKind::kWithdrawn) ThrowBad("Samples are withdrawn by undoing their import only.");
  if (delta.aspect.kind != AspectKind::kTag && delta.aspect.key != 0) ThrowBad("Only tags have a key.");
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0 && delta.ordinals[i] <= delta.ordinals[i - 1]) ThrowBad("The samples of an edit must ascend, each once.");
    if (delta.before[i] == delta.after[i]) ThrowBad("An edit may not hold samples that it leaves as they are.");
    if (!IsValueOf(delta.aspect.kind, delta.before[i]) || !IsValueOf(delta.aspect.kind, delta.after[i]))
      ThrowBad("The edit sets a value that does not exist.");
  }
}

void CheckTags(Reader& reader, const AppendRequest& request) {
  const bool asks = !request.delta.tags.empty() ||
                    std::any_of(request.delta.aspects.begin(), request.delta.aspects.end(),
                                [](const AspectDelta& delta) { return delta.aspect.kind == AspectKind::kTag; });
  if (!asks) return;
  std::vector<std::string> names = LoadTags(reader, request.project);
  for (const model::TagAdded& tag : request.delta.tags) {
    if (tag.id != names.size() || std::find(names.begin(), names.end(), tag.name) != names.end()) {
      throw ConflictError("Somebody added a tag meanwhile. Try again.", {}, 0, {}, true);
    }
    names.push_back(tag.name);
  }
  for (const AspectDelta& delta : request.delta.aspects) {
    if (delta.aspect.kind == AspectKind::kTag && delta.aspect.key >= names.size()) ThrowBad("There is no such tag.");
  }
}

[[noreturn]] void ThrowClassConflict(Reader& reader, const base::ProjectId& project, const std::string& message,
                                     std::optional<model::Class> expected, const model::Class& present) {
  ClassConflict conflict;
  conflict.id = present.id;
  conflict.expected = std::move(expected);
  conflict.present = present;
  const auto by = sql::SelectOne<SequenceNumber, base::PersonId, base::Micros>(
      reader,
      "SELECT h.sequence, h.author, h.at FROM classes c JOIN changes h ON h.project = c.project AND h.sequence = "
      "c.changed "
      "WHERE c.project = :a AND c.id = :b",
      {project, present.id});
  if (by) std::tie(conflict.sequence, conflict.author, conflict.at) = *by;
  throw ConflictError(message, {}, 0, {conflict});
}

model::Ontology CheckClassEdits(Reader& reader, const AppendRequest& request) {
  model::Ontology ontology = LoadOntology(reader, request.project);
  for (const model::ClassEdit& edit : request.delta.classes) {
    const model::Class* present = ontology.Find(edit.after.id);
    if (!edit.before) {
      if (present != nullptr) throw ConflictError("Somebody added a class meanwhile. Try again.", {}, 0, {}, true);
    } else if (present == nullptr || edit.before->id != edit.after.id) {
      ThrowBad("There is no such class.");
    } else if (*present != *edit.before) {
      ThrowClassConflict(
          reader, request.project,
          "Somebody changed the class \"" + present->name + "\" since you looked. Choose which is right.", edit.before,
          *present);
    }
    if (edit.before == edit.after) ThrowBad("An edit may not hold a class that it leaves as it is.");
    ontology.Put(edit.after);
  }
  return ontology;
}

void CheckClassTakesLabels(Reader& reader, const AppendRequest& request, const model::Ontology& ontology,
                           model::ClassId id) {
  const model::Class* found = ontology.Find(id);
  if (found == nullptr) ThrowBad("There is no such class.");
  if (!found->retired && !found->merged_into) return;
  const std::string how =
      found->merged_into ? "was merged into \"" + ontology.NameOf(*found->merged_into) + "\"" : "is retired";
  ThrowClassConflict(reader, request.project,
                     "The class \"" + found->name + "\" " + how + " and takes no new labels. Choose another class.",
                     std::nullopt, *found);
}

void CheckLabels(Reader& reader, const AppendRequest& request) {
  std::set<model::ClassId> given;
  for (const AspectDelta& delta : request.delta.aspects) {
    if (delta.aspect.kind != AspectKind::kLabel) continue;
    for (std::size_t i = 0; i < delta.after.size(); ++i) {
      const model::ClassId after = model::LabelClass(delta.after[i]);
      // Confirming or rejecting a label of a retired class gives nobody a new one.
      if (after != model::kNoClass && after != model::LabelClass(delta.before[i])) given.insert(after);
    }
  }
  const bool imports_labels = request.import && !request.import->classes.empty();
  if (given.empty() && request.delta.classes.empty() && !imports_labels) return;
  const model::Ontology ontology = CheckClassEdits(reader, request);
  for (const model::ClassId id : given) CheckClassTakesLabels(reader, request, ontology, id);
  if (!imports_labels) return;
  for (const model::ClassId id : request.import->classes) {
    const model::Class* found = ontology.Find(id);
    if (found == nullptr) ThrowBad("There is no such class.");
    if (found->retired || found->merged_into)
      throw ConflictError("A class of this import was retired meanwhile. Try again.", {}, 0, {}, true);
  }
}

}  // namespace

void CheckForm(const AppendRequest& request) {
  if (request.kind == model::ChangeKind::kUndo) ThrowBad("An undo is not appended by hand.");
  if (request.import.has_value() != (request.kind == model::ChangeKind::kImport))
    ThrowBad("Only an import brings samples, and each import names itself.");
  for (std::size_t i = 0; i < request.delta.aspects.size(); ++i) {
    CheckAspectForm(request.delta.aspects[i]);
    if (i > 0 && !(request.delta.aspects[i - 1].aspect < request.delta.aspects[i].aspect))
      ThrowBad("The aspects of an edit must ascend, each once.");
  }
}

void CheckAgainstProject(Reader& reader, const AppendRequest& request, const LogHead& head) {
  for (const AspectDelta& delta : request.delta.aspects) {
    if (delta.ordinals.back() >= head.next_ordinal)
      ThrowBad("There is no sample with the number " + std::to_string(delta.ordinals.back()) + ".");
  }
  CheckTags(reader, request);
  CheckLabels(reader, request);
}

}  // namespace burnish::store
