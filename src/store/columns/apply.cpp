#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "store/columns/caches.hpp"
#include "store/columns/snapshot.hpp"

namespace burnish::store {

namespace {

[[noreturn]] void Parted(const model::Change& change, const std::string& what) {
  throw base::Error(base::ErrorCode::kInternal, "The log and the columns have parted at change " +
                                                    std::to_string(change.sequence) + ": " + what + ".");
}

// Rows of a batch onto the ends of all columns.
class RowAppender {
 public:
  RowAppender(Snapshot& snapshot, const std::vector<model::Field>& batch_fields, model::SequenceNumber sequence)
      : snapshot_(snapshot),
        sequence_(static_cast<std::uint32_t>(sequence)),
        labels_(snapshot.labels),
        label_revisions_(snapshot.label_revisions),
        changed_(snapshot.changed),
        splits_(snapshot.splits),
        media_(snapshot.media),
        regions_(snapshot.regions),
        import_index_(snapshot.import_index),
        source_codes_(snapshot.source_codes),
        media_kinds_(snapshot.media_kinds),
        media_roots_(snapshot.media_roots),
        media_content_(snapshot.media_content),
        media_bytes_(snapshot.media_bytes),
        media_width_(snapshot.media_width),
        media_height_(snapshot.media_height),
        sources_(std::make_shared<Dictionary>(*snapshot.sources)),
        roots_(std::make_shared<Dictionary>(*snapshot.roots)) {
    snapshot_.paths.Detach();
    snapshot_.media_paths.Detach();
    AddFields(batch_fields);
    import_ = static_cast<std::uint16_t>(snapshot_.imports.size() - 1);
  }

  void Append(const SampleRow& row) {
    AppendMedia(row.media);
    if (row.replaces) return;
    labels_.Append(row.label);
    label_revisions_.Append(sequence_);
    changed_.Append(sequence_);
    splits_.Append(static_cast<std::uint8_t>(row.split));
    media_.Append(static_cast<std::uint32_t>(snapshot_.media_kinds.Size() - 1));
    regions_.Append(0);
    import_index_.Append(import_);
    source_codes_.Append(sources_->CodeOf(row.source));
    snapshot_.paths.Append(row.path);
    for (FieldSink& sink : sinks_) {
      static const model::FieldValue kMissing;
      sink.Append(sink.place < row.fields.size() ? row.fields[sink.place] : kMissing);
    }
    ++snapshot_.size;
  }

  void Finish() {
    for (FieldSink& sink : sinks_) {
      if (sink.texts) snapshot_.fields[sink.field].texts = sink.texts;
    }
    snapshot_.sources = sources_;
    snapshot_.roots = roots_;
    auto excluded = std::make_shared<Bitset>(*snapshot_.excluded);
    auto withdrawn = std::make_shared<Bitset>(*snapshot_.withdrawn);
    excluded->Resize(snapshot_.size);
    withdrawn->Resize(snapshot_.size);
    snapshot_.excluded = std::move(excluded);
    snapshot_.withdrawn = std::move(withdrawn);
    for (auto& tag : snapshot_.tags) {
      auto longer = std::make_shared<Bitset>(*tag);
      longer->Resize(snapshot_.size);
      tag = std::move(longer);
    }
  }

 private:
  static constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();

  struct FieldSink {
    std::size_t field;
    std::size_t place;  // in the batch's list; kNowhere: the batch has no such field
    std::shared_ptr<Dictionary> texts;
    ColumnEditor<std::uint32_t> codes;
    ColumnEditor<double> numbers;
    void Append(const model::FieldValue& value) {
      if (texts) {
        codes.Append(value.missing ? kMissingText : texts->CodeOf(value.text));
      } else {
        numbers.Append(value.missing ? std::numeric_limits<double>::quiet_NaN() : value.number);
      }
    }
  };

  void AddFields(const std::vector<model::Field>& batch_fields) {
    for (const model::Field& field : batch_fields) {
      if (const auto known = snapshot_.FindField(field.name)) {
        if (snapshot_.fields[*known].field.type != field.type) {
          throw base::Error(base::ErrorCode::kInternal, "A batch gives the field \"" + field.name + "\" another type.",
                            field.name);
        }
        continue;
      }
      FieldColumn column{field, std::make_shared<Dictionary>(), {}, {}};
      if (field.type == model::FieldType::kText) {
        ColumnEditor(column.codes).AppendMany(snapshot_.size, kMissingText);
      } else {
        ColumnEditor(column.numbers).AppendMany(snapshot_.size, std::numeric_limits<double>::quiet_NaN());
      }
      snapshot_.fields.push_back(std::move(column));
    }
    for (std::size_t i = 0; i < snapshot_.fields.size(); ++i) {
      FieldColumn& column = snapshot_.fields[i];
      const auto place = std::find_if(batch_fields.begin(), batch_fields.end(),
                                      [&](const model::Field& field) { return field.name == column.field.name; });
      const bool text = column.field.type == model::FieldType::kText;
      sinks_.push_back({i,
                        place == batch_fields.end() ? kNowhere : static_cast<std::size_t>(place - batch_fields.begin()),
                        text ? std::make_shared<Dictionary>(*column.texts) : nullptr, ColumnEditor(column.codes),
                        ColumnEditor(column.numbers)});
    }
  }

  void AppendMedia(const model::Media& media) {
    media_kinds_.Append(static_cast<std::uint8_t>(media.kind));
    media_roots_.Append(roots_->CodeOf(media.location.root));
    snapshot_.media_paths.Append(media.location.path);
    media_content_.Append(media.content);
    media_bytes_.Append(media.bytes);
    media_width_.Append(media.width);
    media_height_.Append(media.height);
  }

  Snapshot& snapshot_;
  std::uint32_t sequence_;
  std::uint16_t import_ = 0;
  ColumnEditor<std::uint32_t> labels_, label_revisions_, changed_;
  ColumnEditor<std::uint8_t> splits_;
  ColumnEditor<std::uint32_t> media_, regions_;
  ColumnEditor<std::uint16_t> import_index_;
  ColumnEditor<std::uint32_t> source_codes_;
  ColumnEditor<std::uint8_t> media_kinds_;
  ColumnEditor<std::uint32_t> media_roots_;
  ColumnEditor<base::ContentHash> media_content_;
  ColumnEditor<std::uint64_t> media_bytes_;
  ColumnEditor<std::uint32_t> media_width_, media_height_;
  std::shared_ptr<Dictionary> sources_, roots_;
  std::vector<FieldSink> sinks_;
};

void AppendRegions(Snapshot& snapshot, const model::Change& change, std::shared_ptr<const RegionBatch> batch) {
  if (change.imported->count > 0) Parted(change, "its batch holds no samples");
  snapshot.imports.back().regions = batch->Rows();
  auto table =
      snapshot.region_table ? std::make_shared<RegionTable>(*snapshot.region_table) : std::make_shared<RegionTable>();
  table->Append(std::move(batch));
  snapshot.region_table = std::move(table);
}

void AppendImport(Snapshot& snapshot, const model::Change& change,
                  const std::function<BatchSource(const std::string&)>& open_batch) {
  const model::ImportedRange& range = *change.imported;
  if (range.count > 0 && range.first != snapshot.size) Parted(change, "its samples do not follow the last one");
  if (snapshot.imports.size() >= std::numeric_limits<std::uint16_t>::max()) {
    throw base::Error(base::ErrorCode::kTooLarge, "This project has too many imports.");
  }
  const std::size_t before = snapshot.size;
  snapshot.imports.push_back({range.import, change.sequence, static_cast<model::Ordinal>(before), range.count,
                              range.batch, static_cast<std::uint32_t>(snapshot.media_kinds.Size()),
                              static_cast<std::uint32_t>(snapshot.fields.size()), 0});
  if (range.batch.empty()) {
    if (range.count > 0) Parted(change, "it brings samples without a batch");
    return;
  }
  if (!open_batch) Parted(change, "its batch cannot be read");
  BatchSource source = open_batch(range.batch);
  if (source.regions) return AppendRegions(snapshot, change, std::move(source.regions));
  RowAppender appender(snapshot, source.fields, change.sequence);
  std::vector<SampleRow> rows;
  while (source.next(rows)) {
    for (const SampleRow& row : rows) appender.Append(row);
  }
  appender.Finish();
  if (snapshot.size - before != range.count) Parted(change, "its batch holds another number of samples");
}

void SetBits(std::shared_ptr<const Bitset>& bits, const model::Change& change, const model::AspectDelta& delta,
             const std::vector<std::uint32_t>& before, const std::vector<std::uint32_t>& after) {
  auto copy = std::make_shared<Bitset>(*bits);
  for (std::size_t i = 0; i < delta.ordinals.size(); ++i) {
    if (copy->Test(delta.ordinals[i]) != (before[i] != 0)) Parted(change, "a value before is not what it was");
    copy->Assign(delta.ordinals[i], after[i] != 0);
  }
  bits = std::move(copy);
}

template <class T>
void SetValues(Column<T>& column, const model::Change& change, const model::AspectDelta& delta,
               const std::vector<std::uint32_t>& before, const std::vector<std::uint32_t>& after) {
  ColumnEditor editor(column);
  for (std::size_t i = 0; i < delta.ordinals.size(); ++i) {
    if (column[delta.ordinals[i]] != before[i]) Parted(change, "a value before is not what it was");
    editor.Set(delta.ordinals[i], static_cast<T>(after[i]));
  }
}

std::uint32_t RegionRows(const Snapshot& snapshot) {
  std::uint32_t rows = 0;
  for (const ImportInfo& import : snapshot.imports) rows += import.regions;
  return rows;
}

// Sets the codes of one aspect from `before` to `after`; the letters of the caches that this makes stale.
std::string_view SetAspect(Snapshot& snapshot, const model::Change& change, const model::AspectDelta& delta,
                           bool backwards) {
  const auto& before = backwards ? delta.after : delta.before;
  const auto& after = backwards ? delta.before : delta.after;
  if (before.size() != delta.ordinals.size() || after.size() != delta.ordinals.size())
    Parted(change, "its values are not as many as its samples");
  if (!delta.ordinals.empty() && delta.ordinals.back() >= snapshot.size)
    Parted(change, "it names a sample that is not there");
  switch (delta.aspect.kind) {
    case model::AspectKind::kLabel:
      SetValues(snapshot.labels, change, delta, before, after);
      return "t";
    case model::AspectKind::kSplit:
      SetValues(snapshot.splits, change, delta, before, after);
      return "t";
    case model::AspectKind::kMedia:
      SetValues(snapshot.media, change, delta, before, after);
      return "m";
    case model::AspectKind::kExcluded:
      SetBits(snapshot.excluded, change, delta, before, after);
      return "p";
    case model::AspectKind::kWithdrawn:
      SetBits(snapshot.withdrawn, change, delta, before, after);
      return "mp";
    case model::AspectKind::kTag:
      if (delta.aspect.key >= snapshot.tags.size()) Parted(change, "it names a tag that is not there");
      SetBits(snapshot.tags[delta.aspect.key], change, delta, before, after);
      return "t";
    case model::AspectKind::kRegions:
      if (std::any_of(after.begin(), after.end(), [rows = RegionRows(snapshot)](auto code) { return code > rows; }))
        Parted(change, "it names region labels that are not there");
      SetValues(snapshot.regions, change, delta, before, after);
      return "g";
  }
  Parted(change, "it touches an aspect of another version");
}

// The ontology has no way to lose a class: a class is dropped by building it anew.
model::Ontology FirstClasses(const model::Ontology& ontology, std::size_t count) {
  model::Ontology first;
  for (std::size_t i = 0; i < count; ++i) first.Put(ontology.Classes()[i]);
  return first;
}

void TruncateTo(Snapshot& snapshot, const ImportInfo& import) {
  const std::size_t size = import.first;
  const std::size_t media = import.media_first;
  const auto cut = [](auto& column, std::size_t rows) { ColumnEditor(column).Truncate(rows); };
  cut(snapshot.labels, size);
  cut(snapshot.label_revisions, size);
  cut(snapshot.changed, size);
  cut(snapshot.splits, size);
  cut(snapshot.media, size);
  cut(snapshot.regions, size);
  cut(snapshot.import_index, size);
  cut(snapshot.source_codes, size);
  snapshot.paths.Detach();
  snapshot.paths.Truncate(size);
  cut(snapshot.media_kinds, media);
  cut(snapshot.media_roots, media);
  cut(snapshot.media_content, media);
  cut(snapshot.media_bytes, media);
  cut(snapshot.media_width, media);
  cut(snapshot.media_height, media);
  snapshot.media_paths.Detach();
  snapshot.media_paths.Truncate(media);
  snapshot.fields.resize(import.fields_before);
  for (FieldColumn& field : snapshot.fields) {
    cut(field.codes, size);
    cut(field.numbers, size);
  }
  const auto cut_bits = [&](std::shared_ptr<const Bitset>& bits) {
    auto shorter = std::make_shared<Bitset>(*bits);
    shorter->Resize(size);
    bits = std::move(shorter);
  };
  cut_bits(snapshot.excluded);
  cut_bits(snapshot.withdrawn);
  for (auto& tag : snapshot.tags) cut_bits(tag);
  if (import.regions > 0) {
    auto table = std::make_shared<RegionTable>(*snapshot.region_table);
    table->RemoveLast();
    snapshot.region_table = std::move(table);
  }
  snapshot.size = size;
  snapshot.imports.pop_back();
}

void TakeBack(Snapshot& snapshot, const model::Change& change) {
  ColumnEditor changed(snapshot.changed);
  ColumnEditor revisions(snapshot.label_revisions);
  for (auto delta = change.delta.aspects.rbegin(); delta != change.delta.aspects.rend(); ++delta) {
    SetAspect(snapshot, change, *delta, true);
    for (const model::Ordinal ordinal : delta->ordinals) {
      changed.Set(ordinal, 0);
      if (delta->aspect.kind == model::AspectKind::kLabel) revisions.Set(ordinal, 0);
    }
  }
  if (change.imported) {
    if (snapshot.imports.empty() || snapshot.imports.back().sequence != change.sequence)
      Parted(change, "its import is not there");
    TruncateTo(snapshot, snapshot.imports.back());
  }
  snapshot.tag_names.resize(snapshot.tag_names.size() - change.delta.tags.size());
  snapshot.tags.resize(snapshot.tag_names.size());
  for (auto edit = change.delta.classes.rbegin(); edit != change.delta.classes.rend(); ++edit) {
    if (edit->before) {
      snapshot.ontology.Put(*edit->before);
    } else {
      snapshot.ontology = FirstClasses(snapshot.ontology, edit->after.id);
    }
  }
  snapshot.as_of = change.sequence - 1;
}

}  // namespace

SnapshotPtr ApplyChange(const Snapshot& snapshot, const model::Change& change,
                        const std::function<BatchSource(const std::string&)>& open_batch) {
  if (change.sequence != snapshot.as_of + 1) Parted(change, "the change before it is missing");
  auto next = std::make_shared<Snapshot>(snapshot);
  next->as_of = change.sequence;
  std::string stale;
  for (const model::ClassEdit& edit : change.delta.classes) next->ontology.Put(edit.after);
  for (const model::TagAdded& tag : change.delta.tags) {
    if (tag.id != next->tag_names.size()) Parted(change, "its tag leaves a gap");
    next->tag_names.push_back(tag.name);
    next->tags.push_back(std::make_shared<const Bitset>(next->size));
  }
  if (change.imported) AppendImport(*next, change, open_batch);
  const bool skipped = BURNISH_SEEDED_BUG("columns.skip_edit") && change.sequence % 2 == 0;
  if (!change.delta.aspects.empty() && !skipped) {
    ColumnEditor changed(next->changed);
    ColumnEditor revisions(next->label_revisions);
    const auto sequence = static_cast<std::uint32_t>(change.sequence);
    for (const model::AspectDelta& delta : change.delta.aspects) {
      stale += SetAspect(*next, change, delta, false);
      for (const model::Ordinal ordinal : delta.ordinals) {
        changed.Set(ordinal, sequence);
        if (delta.aspect.kind == model::AspectKind::kLabel) revisions.Set(ordinal, sequence);
      }
    }
  }
  if (change.imported) {
    next->caches = std::make_shared<SnapshotCaches>();
  } else if (!stale.empty() || !change.delta.Empty()) {
    next->caches = snapshot.caches->Without(stale + "c");
  }
  return next;
}

void OpenRegionTable(Snapshot& snapshot, const std::function<BatchSource(const std::string&)>& open_batch) {
  std::shared_ptr<RegionTable> table;
  for (const ImportInfo& import : snapshot.imports) {
    if (import.regions == 0) continue;
    const BatchSource source = open_batch(import.batch);
    if (!source.regions || source.regions->Rows() != import.regions)
      throw base::Error(base::ErrorCode::kUnavailable, "A batch of this project is not what it should be.");
    if (!table) table = std::make_shared<RegionTable>();
    table->Append(source.regions);
  }
  snapshot.region_table = std::move(table);
}

SnapshotPtr StateAt(const Snapshot& snapshot, std::span<const model::Change> newest_first,
                    model::SequenceNumber target) {
  auto past = std::make_shared<Snapshot>(snapshot);
  for (const model::Change& change : newest_first) {
    if (change.sequence != past->as_of) Parted(change, "the changes to go back over are not in order");
    if (change.sequence <= target) break;
    TakeBack(*past, change);
  }
  if (past->as_of != target) {
    throw base::Error(base::ErrorCode::kInternal,
                      "The changes needed to go back to number " + std::to_string(target) + " are missing.");
  }
  past->caches = std::make_shared<SnapshotCaches>();
  return past;
}

}  // namespace burnish::store
