#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "model/change.hpp"
#include "store/log/change_log.hpp"
#include "store/log/change_rows.hpp"

// Which values of a wanted delta moved after its author last looked. Pure: fed with log entries.
namespace burnish::store {

class Overlap {
 public:
  // `wanted` outlives this.
  explicit Overlap(const model::Delta& wanted);

  // Entries after the author's base, oldest first, each once.
  void Add(const LogEntry& entry);

  struct Outcome {
    model::Delta delta;                     // what can be applied, with `before` as it is now
    std::vector<SampleConflict> conflicts;  // at most kMaxListedConflicts
    std::uint64_t conflict_count = 0;
  };
  // A value that moved and came back, or that already is what is wanted, is no conflict.
  Outcome Decide() const;

  // Classes that `wanted` edits and that are not what its author saw.
  std::vector<ClassConflict> ClassConflicts() const;

  // True when labels of a class that `wanted` merges away arrived where it does not look.
  bool MergeMissesLabels() const noexcept { return merge_misses_labels_; }

 private:
  struct Moved {
    std::uint32_t first_before = 0;
    std::uint32_t last_after = 0;
    std::size_t by = 0;  // index in changes_
  };
  struct By {
    SequenceNumber sequence = 0;
    base::PersonId author;
    base::Micros at = 0;
  };
  using Cells = std::unordered_map<Ordinal, Moved>;
  struct MovedClass {
    std::optional<model::Class> first_before;
    model::Class last_after;
    std::size_t by = 0;
  };

  void AddCells(const model::AspectDelta& ours, const model::AspectDelta& theirs);
  void AddClass(const model::ClassEdit& theirs);
  void LookForMissedLabels(const LogEntry& entry);

  const model::Delta& wanted_;
  std::vector<model::ClassId> merged_;  // classes that `wanted_` merges away
  std::map<model::Aspect, Cells> cells_;
  std::map<model::ClassId, MovedClass> classes_;
  std::vector<By> changes_;
  bool merge_misses_labels_ = false;
};

}  // namespace burnish::store
