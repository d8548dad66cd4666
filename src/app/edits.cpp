#include "app/edits.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.hpp"
#include "store/columns/filter_compiler.hpp"

namespace burnish::app {
namespace {

using base::Error;
using base::ErrorCode;

constexpr int kMostTries = 5;  // of an edit whose new tag's id was taken meanwhile

std::vector<model::Ordinal> Resolve(OpenProject& project, const store::Snapshot& snapshot, const EditTarget& target) {
  if (const auto* filter = std::get_if<model::Filter>(&target))
    return store::Evaluate(*filter, snapshot, project.FilterSources()).Ordinals();
  std::vector<model::Ordinal> ordinals;
  if (const auto* handle = std::get_if<ResultTarget>(&target)) {
    const auto result = project.Results().Find(handle->id);
    if (!result)
      throw Error(ErrorCode::kNotFound, "This view is no longer kept. Refresh it and select again.", "result");
    ordinals.assign(result->Order().begin(), result->Order().end());
  } else {
    ordinals = std::get<std::vector<model::Ordinal>>(target);
  }
  std::sort(ordinals.begin(), ordinals.end());
  ordinals.erase(std::unique(ordinals.begin(), ordinals.end()), ordinals.end());
  for (const model::Ordinal ordinal : ordinals) {
    snapshot.Check(ordinal);
    if (snapshot.IsWithdrawn(ordinal)) {
      throw Error(ErrorCode::kInvalidArgument,
                  "Sample " + std::to_string(ordinal) + " came with an import that was undone. Redo the import first.",
                  "ordinals");
    }
  }
  return ordinals;
}

model::ClassId ClassNamed(const store::Snapshot& snapshot, const std::string& name) {
  const model::Class* found = snapshot.ontology.FindByName(name);
  if (found == nullptr)
    throw Error(ErrorCode::kInvalidArgument,
                "No class is called \"" + name + "\". Add it to the project's classes first.", "class");
  if (found->retired)
    throw Error(ErrorCode::kInvalidArgument,
                "The class \"" + name + "\" is retired and takes no new labels. Bring it back first.", "class");
  return found->id;
}

// One aspect's part of the delta: asks for each sample what it becomes, and keeps what differs.
template <class After>
void AddAspect(model::Delta& delta, const store::Snapshot& snapshot, const std::vector<model::Ordinal>& ordinals,
               model::Aspect aspect, After&& after) {
  model::AspectDelta part;
  part.aspect = aspect;
  for (const model::Ordinal ordinal : ordinals) {
    const std::uint32_t before = snapshot.Code(aspect, ordinal);
    const std::uint32_t wanted = after(ordinal, before);
    if (wanted == before) continue;
    part.ordinals.push_back(ordinal);
    part.before.push_back(before);
    part.after.push_back(wanted);
  }
  if (!part.ordinals.empty()) delta.aspects.push_back(std::move(part));
}

std::map<model::Ordinal, model::ClassId> Suggestions(OpenProject& project, std::uint64_t generation) {
  const auto ranking = project.FindRanking(generation);
  if (!ranking)
    throw Error(ErrorCode::kConflict, "This ranking of suspected labels is no longer kept. Open the newest one.",
                "generation");
  std::map<model::Ordinal, model::ClassId> suggestions;
  for (const store::Suspect& suspect : ranking->columns->ranking) suggestions[suspect.ordinal] = suspect.suggested;
  return suggestions;
}

void AddLabels(model::Delta& delta, OpenProject& project, const store::Snapshot& snapshot,
               const std::vector<model::Ordinal>& ordinals, const EditRequest& request) {
  const EditSet& set = request.set;
  const model::Aspect aspect{model::AspectKind::kLabel, 0};
  if (set.accept_suggestion) {
    const auto suggestions = Suggestions(project, request.generation);
    AddAspect(delta, snapshot, ordinals, aspect, [&](model::Ordinal ordinal, std::uint32_t before) {
      const auto found = suggestions.find(ordinal);
      return found == suggestions.end() ? before : model::PackLabel(found->second, model::LabelState::kConfirmed);
    });
  } else if (set.class_name && *set.class_name) {
    const model::ClassId wanted = ClassNamed(snapshot, **set.class_name);
    AddAspect(delta, snapshot, ordinals, aspect, [&](model::Ordinal, std::uint32_t before) {
      if (!set.confirm && model::LabelClass(before) == wanted) return before;
      return model::PackLabel(wanted, set.confirm ? model::LabelState::kConfirmed : model::LabelState::kSet);
    });
  } else if (set.class_name) {
    AddAspect(delta, snapshot, ordinals, aspect, [](model::Ordinal, std::uint32_t) { return model::kNoLabelCode; });
  } else if (set.confirm) {
    AddAspect(delta, snapshot, ordinals, aspect, [](model::Ordinal, std::uint32_t before) {
      return before == model::kNoLabelCode ? before
                                           : model::PackLabel(model::LabelClass(before), model::LabelState::kConfirmed);
    });
  }
}

void AddTags(model::Delta& delta, const store::Snapshot& snapshot, const std::vector<model::Ordinal>& ordinals,
             const EditSet& set) {
  std::map<std::uint32_t, std::uint32_t> wanted;  // by tag id
  auto next_id = static_cast<std::uint32_t>(snapshot.tag_names.size());
  for (const std::string& name : set.remove_tags) {
    if (const auto id = snapshot.FindTag(name)) wanted[*id] = 0;
  }
  for (const std::string& name : std::set<std::string>(set.add_tags.begin(), set.add_tags.end())) {
    const auto known = snapshot.FindTag(name);
    if (!known) delta.tags.push_back({next_id, name});
    wanted[known ? *known : next_id++] = 1;
  }
  for (const auto& [id, value] : wanted) {
    const auto after = value;
    if (id < snapshot.tag_names.size()) {
      AddAspect(delta, snapshot, ordinals, {model::AspectKind::kTag, id},
                [after](model::Ordinal, std::uint32_t) { return after; });
    } else {
      delta.aspects.push_back({{model::AspectKind::kTag, id},
                               ordinals,
                               std::vector<std::uint32_t>(ordinals.size(), 0),
                               std::vector<std::uint32_t>(ordinals.size(), 1)});
    }
  }
}

model::Delta BuildDelta(OpenProject& project, const store::Snapshot& snapshot,
                        const std::vector<model::Ordinal>& ordinals, const EditRequest& request) {
  model::Delta delta;
  const EditSet& set = request.set;
  AddLabels(delta, project, snapshot, ordinals, request);
  if (set.split) {
    AddAspect(delta, snapshot, ordinals, {model::AspectKind::kSplit, 0},
              [&](model::Ordinal, std::uint32_t) { return static_cast<std::uint32_t>(*set.split); });
  }
  if (set.excluded) {
    AddAspect(delta, snapshot, ordinals, {model::AspectKind::kExcluded, 0},
              [&](model::Ordinal, std::uint32_t) { return *set.excluded ? 1U : 0U; });
  }
  AddTags(delta, snapshot, ordinals, set);
  return delta;
}

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// What was done, as the history says it: "Set class Shirt and moved to train: 12 samples".
std::string Summarise(const EditSet& set, std::uint64_t samples) {
  std::vector<std::string> parts;
  if (set.accept_suggestion) parts.emplace_back("accepted the suggested class");
  if (set.class_name)
    parts.push_back(*set.class_name ? "set class " + **set.class_name : std::string("took the label away"));
  if (set.confirm && !set.class_name) parts.emplace_back("confirmed the label");
  if (set.split) parts.push_back("moved to " + std::string(model::SplitName(*set.split)));
  if (set.excluded) parts.emplace_back(*set.excluded ? "excluded" : "brought back");
  if (!set.add_tags.empty()) parts.push_back("added tag " + Joined(set.add_tags));
  if (!set.remove_tags.empty()) parts.push_back("removed tag " + Joined(set.remove_tags));
  std::string text = Joined(parts);
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text + ": " + Counted(samples, "sample", "samples");
}

void CheckTagNames(const EditSet& set) {
  for (const auto* names : {&set.add_tags, &set.remove_tags}) {
    for (const std::string& name : *names) {
      const bool control = std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
      if (name.empty() || name.size() > 480 || control)
        throw Error(ErrorCode::kInvalidArgument, "A tag is a text of 1 to 120 characters without line breaks.", "tags");
    }
  }
}

}  // namespace

EditOutcome Edits::Apply(const Caller& caller, const base::ProjectId& project, const EditRequest& request) {
  const Entry entry = workspace_.Open(caller, project, Role::kExpert);
  CheckTagNames(request.set);
  for (int attempt = 1;; ++attempt) {
    const base::SequenceNumber base = request.overwrite ? workspace_.Parts().log.Head(project) : request.base;
    const auto snapshot = entry->View().AtLeast(base);
    const auto ordinals = Resolve(*entry.open, *snapshot, request.target);
    store::AppendRequest append;
    append.project = project;
    append.operation = request.operation;
    append.author = caller.person;
    append.reason = request.reason;
    append.base = base;
    append.delta = BuildDelta(*entry.open, *snapshot, ordinals, request);
    const std::uint64_t touched = model::TouchedSamples(append.delta).size();
    append.summary = Summarise(request.set, touched);
    append.on_conflict = ordinals.size() == 1 ? store::OnConflict::kRefuse : store::OnConflict::kSkip;
    append.digest = RequestDigest({"edit", request.body});
    try {
      EditOutcome outcome = AppendChange(workspace_, entry, append);
      outcome.unchanged =
          ordinals.size() - std::min<std::uint64_t>(ordinals.size(), outcome.changed + outcome.conflict_count);
      return outcome;
    } catch (const store::ConflictError& error) {
      if (!error.StaleIds() || attempt == kMostTries) throw;
    }
  }
}

}  // namespace burnish::app
