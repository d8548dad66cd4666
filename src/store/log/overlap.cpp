#include "store/log/overlap.hpp"

#include <algorithm>

namespace burnish::store {
namespace {

const model::AspectDelta* FindAspect(const model::Delta& delta, const model::Aspect& aspect) {
  for (const model::AspectDelta& candidate : delta.aspects) {
    if (candidate.aspect == aspect) return &candidate;
  }
  return nullptr;
}

bool Contains(const std::vector<Ordinal>& sorted, Ordinal ordinal) {
  return std::binary_search(sorted.begin(), sorted.end(), ordinal);
}

}  // namespace

Overlap::Overlap(const model::Delta& wanted) : wanted_(wanted) {
  for (const model::ClassEdit& edit : wanted.classes) {
    if (edit.after.merged_into && (!edit.before || !edit.before->merged_into)) merged_.push_back(edit.after.id);
  }
}

void Overlap::Add(const LogEntry& entry) {
  changes_.push_back({entry.change.sequence, entry.change.author, entry.change.at});
  for (const model::AspectDelta& theirs : entry.change.delta.aspects) {
    const model::AspectDelta* ours = FindAspect(wanted_, theirs.aspect);
    if (ours != nullptr) AddCells(*ours, theirs);
  }
  for (const model::ClassEdit& theirs : entry.change.delta.classes) AddClass(theirs);
  if (!merged_.empty()) LookForMissedLabels(entry);
}

void Overlap::AddClass(const model::ClassEdit& theirs) {
  const auto [moved, is_new] = classes_.try_emplace(theirs.after.id);
  if (is_new) moved->second.first_before = theirs.before;
  moved->second.last_after = theirs.after;
  moved->second.by = changes_.size() - 1;
}

std::vector<ClassConflict> Overlap::ClassConflicts() const {
  std::vector<ClassConflict> conflicts;
  for (const model::ClassEdit& ours : wanted_.classes) {
    const auto found = classes_.find(ours.after.id);
    // A class that its author thought new, and is not, has stale ids: that is looked at elsewhere.
    if (found == classes_.end() || !ours.before) continue;
    const MovedClass& moved = found->second;
    if (moved.first_before == moved.last_after || moved.last_after == ours.after) continue;
    const By& by = changes_[moved.by];
    conflicts.push_back({ours.after.id, moved.first_before, moved.last_after, by.sequence, by.author, by.at});
  }
  return conflicts;
}

void Overlap::AddCells(const model::AspectDelta& ours, const model::AspectDelta& theirs) {
  const auto add = [&](std::size_t index) {
    const auto [cell, is_new] = cells_[ours.aspect].try_emplace(theirs.ordinals[index]);
    if (is_new) cell->second.first_before = theirs.before[index];
    cell->second.last_after = theirs.after[index];
    cell->second.by = changes_.size() - 1;
  };
  if (theirs.ordinals.size() <= ours.ordinals.size()) {
    for (std::size_t i = 0; i < theirs.ordinals.size(); ++i) {
      if (Contains(ours.ordinals, theirs.ordinals[i])) add(i);
    }
    return;
  }
  for (const Ordinal ordinal : ours.ordinals) {
    const auto found = std::lower_bound(theirs.ordinals.begin(), theirs.ordinals.end(), ordinal);
    if (found != theirs.ordinals.end() && *found == ordinal)
      add(static_cast<std::size_t>(found - theirs.ordinals.begin()));
  }
}

void Overlap::LookForMissedLabels(const LogEntry& entry) {
  const model::Aspect label{model::AspectKind::kLabel, 0};
  // What an import labelled is in its batch, not in the log.
  if (entry.change.imported && entry.change.imported->count > 0) merge_misses_labels_ = true;
  const model::AspectDelta* theirs = FindAspect(entry.change.delta, label);
  if (theirs == nullptr) return;
  const model::AspectDelta* ours = FindAspect(wanted_, label);
  for (std::size_t i = 0; i < theirs->ordinals.size(); ++i) {
    const bool merged = std::find(merged_.begin(), merged_.end(), model::LabelClass(theirs->after[i])) != merged_.end();
    if (merged && (ours == nullptr || !Contains(ours->ordinals, theirs->ordinals[i]))) merge_misses_labels_ = true;
  }
}

Overlap::Outcome Overlap::Decide() const {
  Outcome outcome;
  outcome.delta.classes = wanted_.classes;
  outcome.delta.tags = wanted_.tags;
  for (const model::AspectDelta& ours : wanted_.aspects) {
    const auto found = cells_.find(ours.aspect);
    if (found == cells_.end()) {
      outcome.delta.aspects.push_back(ours);
      continue;
    }
    model::AspectDelta left{ours.aspect, {}, {}, {}};
    for (std::size_t i = 0; i < ours.ordinals.size(); ++i) {
      const auto cell = found->second.find(ours.ordinals[i]);
      std::uint32_t before = ours.before[i];
      if (cell != found->second.end()) {
        const Moved& moved = cell->second;
        if (moved.last_after == ours.after[i]) continue;
        if (moved.first_before != moved.last_after) {
          ++outcome.conflict_count;
          if (outcome.conflicts.size() < kMaxListedConflicts) {
            const By& by = changes_[moved.by];
            outcome.conflicts.push_back({ours.aspect, ours.ordinals[i], moved.first_before, moved.last_after,
                                         ours.after[i], by.sequence, by.author, by.at});
          }
          continue;
        }
        before = moved.last_after;
      }
      left.ordinals.push_back(ours.ordinals[i]);
      left.before.push_back(before);
      left.after.push_back(ours.after[i]);
    }
    if (!left.ordinals.empty()) outcome.delta.aspects.push_back(std::move(left));
  }
  return outcome;
}

}  // namespace burnish::store
