#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/change.hpp"
#include "model/label.hpp"
#include "model/sample.hpp"
#include "store/columns/attachments.hpp"
#include "store/columns/bitset.hpp"
#include "store/columns/column.hpp"
#include "store/columns/region_labels.hpp"

namespace burnish::store {

inline constexpr std::uint32_t kMissingText = 0xFFFFFFFFU;

// The values of one field: `codes` into `texts` for kText (kMissingText: none), else `numbers` (NaN: none).
struct FieldColumn {
  model::Field field;
  std::shared_ptr<const Dictionary> texts;
  Column<std::uint32_t> codes;
  Column<double> numbers;
};

// One import, as the log and its batch tell it. `fields_before`, `media_first`: what the project had then.
struct ImportInfo {
  base::ImportId id;
  model::SequenceNumber sequence = 0;
  model::Ordinal first = 0;
  std::uint32_t count = 0;
  std::string batch;
  std::uint32_t media_first = 0;
  std::uint32_t fields_before = 0;
  std::uint32_t regions = 0;  // rows of the region table: its batch is one of region labels, not of samples
};

// One media row of a batch and, in front of the rest, of a new sample or (`replaces`) of a sample that is there.
struct SampleRow {
  std::string source;  // what the path is relative to: one import's folder, archive or table
  std::string path;    // identity within the source
  model::Media media;
  model::Split split = model::Split::kPool;
  std::uint32_t label = model::kNoLabelCode;
  std::vector<model::FieldValue> fields;  // by the batch's field list
  // Set: the row is no new sample, only new media of this ordinal. Such rows come after all new samples.
  std::optional<model::Ordinal> replaces;
};

class SnapshotCaches;  // facet counts, bins, duplicates: computed on demand, shared between like snapshots

// One project's samples at one sequence number. Immutable once shared; any thread reads. All columns have Size()
// rows in ordinal order, apart from attachments, which may be shorter.
struct Snapshot {
  base::ProjectId project;
  model::SequenceNumber as_of = 0;
  std::size_t size = 0;

  // Determined by batches and log, and so in the digest.
  model::Ontology ontology;
  std::vector<std::string> tag_names;  // by tag id
  std::vector<ImportInfo> imports;
  Column<std::uint32_t> labels;           // model::PackLabel
  Column<std::uint32_t> label_revisions;  // sequence of the last change that touched the label; imports count
  Column<std::uint32_t> changed;          // sequence of the last change that touched anything of the sample
  Column<std::uint8_t> splits;
  Column<std::uint32_t> media;    // index into the media columns
  Column<std::uint32_t> regions;  // 1 + row of the region table; 0: none
  Column<std::uint16_t> import_index;
  std::shared_ptr<const Bitset> excluded;
  std::shared_ptr<const Bitset> withdrawn;
  std::vector<std::shared_ptr<const Bitset>> tags;  // by tag id
  Column<std::uint32_t> source_codes;
  std::shared_ptr<const Dictionary> sources;
  TextColumn paths;
  std::vector<FieldColumn> fields;

  // The media table: append-only rows, by media index. Roots are dictionary-coded.
  Column<std::uint8_t> media_kinds;
  Column<std::uint32_t> media_roots;
  std::shared_ptr<const Dictionary> roots;
  TextColumn media_paths;
  Column<base::ContentHash> media_content;
  Column<std::uint64_t> media_bytes;
  Column<std::uint32_t> media_width;
  Column<std::uint32_t> media_height;

  // The table of region labels: the batches of imports that brought some. Null: none did, or they are not open yet.
  std::shared_ptr<const RegionTable> region_table;

  // Derived.
  std::shared_ptr<const QualityColumns> quality;
  std::vector<std::shared_ptr<const RunColumns>> runs;
  std::shared_ptr<const MapColumns> map;
  std::shared_ptr<const SuspectColumns> suspects;
  std::shared_ptr<const NearDuplicateColumns> near_duplicates;
  std::shared_ptr<SnapshotCaches> caches;

  std::size_t Size() const noexcept { return size; }
  // Throws kNotFound naming the ordinal when there is no such sample.
  void Check(model::Ordinal ordinal) const;
  model::ClassId ClassOf(model::Ordinal i) const noexcept { return model::LabelClass(labels[i]); }
  model::Split SplitOf(model::Ordinal i) const noexcept { return static_cast<model::Split>(splits[i]); }
  bool IsExcluded(model::Ordinal i) const noexcept { return excluded->Test(i); }
  bool IsWithdrawn(model::Ordinal i) const noexcept { return withdrawn->Test(i); }
  std::string_view PathOf(model::Ordinal i) const noexcept { return paths[i]; }
  std::string_view SourceOf(model::Ordinal i) const { return sources->Text(source_codes[i]); }
  model::Media MediaOf(model::Ordinal i) const { return MediaAt(media[i]); }
  model::Media MediaAt(std::uint32_t index) const;
  base::ContentHash ContentOf(model::Ordinal i) const noexcept { return media_content[media[i]]; }
  std::vector<std::uint32_t> TagsOf(model::Ordinal i) const;
  model::FieldValue ValueOf(std::size_t field, model::Ordinal i) const;
  std::optional<std::size_t> FindField(std::string_view name) const;
  std::optional<std::uint32_t> FindTag(std::string_view name) const;
  // By id or, failing that, by name.
  const RunColumns* FindRun(std::string_view run) const;
  // The value of an aspect now: what an edit's `before` holds.
  std::uint32_t Code(const model::Aspect& aspect, model::Ordinal i) const;
  // Neither excluded nor withdrawn: what counts by default.
  Bitset Population() const;
  // Samples whose media are byte-equal to another's (withdrawn ones left out). Computed once, then kept.
  const Bitset& Duplicates() const;
  // Of those, all but the first of each content.
  const Bitset& Repeats() const;
  // The ordinals byte-equal to `i`, itself included, ascending; empty when it stands alone.
  std::vector<model::Ordinal> DuplicatesOf(model::Ordinal i) const;
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

// Calls visit(first, contents) with the contents of the samples from ordinal `first` on, a piece after the other: as
// many as are best looked up at once (FixedPack::RowsOf, Pack::HasEach).
void ForEachContents(const Snapshot& snapshot,
                     const std::function<void(model::Ordinal first, std::span<const base::ContentHash>)>& visit);

// A project in which nothing has happened.
SnapshotPtr EmptySnapshot(base::ProjectId project);

// Gives the rows of a change's batch in order, in pieces; called once per import that has a batch.
struct BatchSource {
  std::vector<model::Field> fields;
  std::function<bool(std::vector<SampleRow>& rows)> next;  // fills `rows`; false: no more
  std::shared_ptr<const RegionBatch> regions;              // set: it is a batch of region labels and has no samples
};

// The snapshot after `change`, which must be the next in sequence (kInternal otherwise, and when a value before does
// not match or an ordinal is unknown: the log and the columns have parted). Copies only the chunks that it touches.
// Order: classes and tags, then the batch's new samples and media, then the aspects.
SnapshotPtr ApplyChange(const Snapshot& snapshot, const model::Change& change,
                        const std::function<BatchSource(const std::string& batch)>& open_batch = {});

// With the region table of a snapshot that was read from a file: such a file knows the batches only by name. Throws
// kUnavailable when one of them is not what it was.
void OpenRegionTable(Snapshot& snapshot, const std::function<BatchSource(const std::string& batch)>& open_batch);

// The project as it was at `target`: `newest_first` are the changes from snapshot.as_of down to target + 1. Samples,
// media rows, fields, classes and tags that came later are gone. Revisions and `changed` of samples touched since are
// not known from deltas and read 0. Attachments stay as they are now.
SnapshotPtr StateAt(const Snapshot& snapshot, std::span<const model::Change> newest_first,
                    model::SequenceNumber target);

// BLAKE2b-256, hex, over what batches and log determine, in the order written in docs/columns.md.
std::string Digest(const Snapshot& snapshot);
// The same without revisions and `changed`: equal for one content however it came about. Names a version's content.
std::string ContentDigest(const Snapshot& snapshot);

// With attachments replaced; as_of stays.
SnapshotPtr WithQuality(const Snapshot& snapshot, QualityColumns quality);  // gives it the next generation
SnapshotPtr WithRun(const Snapshot& snapshot, RunColumns run);              // replaces the one of the same id
SnapshotPtr WithoutRun(const Snapshot& snapshot, const base::RunId& run);
SnapshotPtr WithMap(const Snapshot& snapshot, MapColumns map);
SnapshotPtr WithSuspects(const Snapshot& snapshot, SuspectColumns suspects);
SnapshotPtr WithNearDuplicates(const Snapshot& snapshot, NearDuplicateColumns near_duplicates);
void CarryAttachments(const Snapshot& from, Snapshot& to);

}  // namespace burnish::store
