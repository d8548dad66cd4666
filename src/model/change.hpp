#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "model/label.hpp"
#include "model/sample.hpp"

namespace burnish::model {

// What of a sample a change can touch. Two changes meet only where aspect and ordinal are equal.
// Values are 32-bit codes, so that every edit, its undo and its history have one shape:
//   kLabel      code of the truth label of the whole sample: PackLabel(class, state)
//   kSplit      Split
//   kExcluded   0 or 1
//   kTag        0 or 1; `key` is the tag's id
//   kMedia      index of the sample's row in the project's media table
//   kWithdrawn  0 or 1; 1 once the import that brought the sample is undone
//   kRegions    1 + index of the sample's row in the project's table of region labels; 0: it has none
// Field edits (roadmap) become aspects of their own.
enum class AspectKind : std::uint8_t {
  kLabel = 0,
  kSplit = 1,
  kExcluded = 2,
  kTag = 3,
  kMedia = 4,
  kWithdrawn = 5,
  kRegions = 6
};

struct Aspect {
  AspectKind kind = AspectKind::kLabel;
  std::uint32_t key = 0;  // tag id for kTag, else 0
  auto operator<=>(const Aspect&) const = default;
};

inline constexpr std::uint32_t kNoLabelCode = 0xFFFF0001U;
// Class in the high 16 bits, state in the low 8.
inline constexpr unsigned kLabelClassShift = 16;
constexpr std::uint32_t PackLabel(ClassId id, LabelState state) {
  return id == kNoClass ? kNoLabelCode : (std::uint32_t{id} << kLabelClassShift) | static_cast<std::uint32_t>(state);
}
constexpr ClassId LabelClass(std::uint32_t code) { return static_cast<ClassId>(code >> kLabelClassShift); }
constexpr LabelState StateOfLabel(std::uint32_t code) { return static_cast<LabelState>(code & 0xFFU); }

// What one change did to one aspect: ordinals ascending, before[i] and after[i] of ordinals[i].
// Never holds an ordinal whose before equals its after.
struct AspectDelta {
  Aspect aspect;
  std::vector<Ordinal> ordinals;
  std::vector<std::uint32_t> before;
  std::vector<std::uint32_t> after;
  bool operator==(const AspectDelta&) const = default;
};

// A class as it was and as it became; `before` absent when the change added it.
struct ClassEdit {
  std::optional<Class> before;
  Class after;
  bool operator==(const ClassEdit&) const = default;
};

struct TagAdded {
  std::uint32_t id = 0;
  std::string name;
  bool operator==(const TagAdded&) const = default;
};

// Everything a change did to the project's state, other than the samples that an import appended.
struct Delta {
  std::vector<AspectDelta> aspects;  // ascending by aspect, one each
  std::vector<ClassEdit> classes;
  std::vector<TagAdded> tags;  // names registered by this change; a tag's id is dense in its project
  bool Empty() const noexcept { return aspects.empty() && classes.empty() && tags.empty(); }
  bool operator==(const Delta&) const = default;
};

// The delta that takes this one back. Tags stay registered: an unused name harms nobody. An added
// class is undone by retiring it, since its id is never reused.
Delta Inverse(const Delta& delta);
// The samples that `delta` touches in any aspect, ascending, each once.
std::vector<Ordinal> TouchedSamples(const Delta& delta);

// What a change was, for people: chooses the sentence in the history.
enum class ChangeKind : std::uint8_t { kImport, kEdit, kOntology, kUndo, kModelRun };
std::string_view ChangeKindName(ChangeKind kind);

// Samples that an import appended: ordinals [first, first + count), described by immutable batches.
struct ImportedRange {
  base::ImportId import;
  Ordinal first = 0;
  std::uint32_t count = 0;
  std::string batch;  // name of the samples' Parquet blob; empty when the import brought none
};

// One entry of the change log, as it is read back.
struct Change {
  base::ProjectId project;
  SequenceNumber sequence = 0;
  base::OperationId operation;
  base::PersonId author;
  base::Micros at = 0;
  ChangeKind kind = ChangeKind::kEdit;
  std::string summary;  // one sentence: "Set class Shirt on 12 samples"
  std::string reason;   // optional, the person's words
  std::optional<ImportedRange> imported;
  std::optional<base::RunId> run;           // kModelRun: the run that it brought
  std::optional<SequenceNumber> undoes;     // kUndo: which change it takes back
  std::optional<SequenceNumber> undone_by;  // filled on reading: the undo that stands
  Delta delta;
};

}  // namespace burnish::model
