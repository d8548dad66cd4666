#include "store/columns/snapshot.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/error.hpp"
#include "store/columns/caches.hpp"

namespace burnish::store {

namespace {

DuplicateIndex FindDuplicates(const Snapshot& snapshot) {
  std::vector<std::pair<base::ContentHash, std::uint32_t>> contents;
  contents.reserve(snapshot.Size());
  const base::ContentHash unknown;
  for (std::uint32_t i = 0; i < snapshot.Size(); ++i) {
    const base::ContentHash content = snapshot.ContentOf(i);
    if (content != unknown && !snapshot.IsWithdrawn(i)) contents.emplace_back(content, i);
  }
  std::sort(contents.begin(), contents.end());
  DuplicateIndex index{Bitset(snapshot.Size()), {}};
  for (std::size_t begin = 0; begin < contents.size();) {
    std::size_t end = begin + 1;
    while (end < contents.size() && contents[end].first == contents[begin].first) ++end;
    if (end - begin > 1) {
      std::vector<std::uint32_t>& group = index.groups[contents[begin].first];
      for (std::size_t i = begin; i < end; ++i) {
        group.push_back(contents[i].second);
        index.members.Set(contents[i].second);
      }
    }
    begin = end;
  }
  return index;
}

std::shared_ptr<const DuplicateIndex> DuplicatesIn(const Snapshot& snapshot) {
  return snapshot.caches->Get<DuplicateIndex>("m:duplicates", [&] { return FindDuplicates(snapshot); });
}

std::shared_ptr<Snapshot> CopyForAttachments(const Snapshot& snapshot, std::string_view changed) {
  auto copy = std::make_shared<Snapshot>(snapshot);
  copy->caches = snapshot.caches->Without(changed);
  return copy;
}

template <class T>
void FillUpTo(Column<T>& column, ColumnEditor<T>& editor, std::size_t size, T value) {
  if (column.Size() < size) editor.AppendMany(size - column.Size(), value);
}

}  // namespace

void Snapshot::Check(model::Ordinal ordinal) const {
  if (ordinal >= size) {
    throw base::Error(base::ErrorCode::kNotFound, "There is no sample " + std::to_string(ordinal) + " in this project.",
                      std::to_string(ordinal));
  }
}

model::Media Snapshot::MediaAt(std::uint32_t index) const {
  return {static_cast<model::MediaKind>(media_kinds[index]),
          {roots->Text(media_roots[index]), std::string(media_paths[index])},
          media_content[index],
          media_bytes[index],
          media_width[index],
          media_height[index]};
}

std::vector<std::uint32_t> Snapshot::TagsOf(model::Ordinal i) const {
  std::vector<std::uint32_t> found;
  for (std::uint32_t tag = 0; tag < tags.size(); ++tag) {
    if (tags[tag]->Test(i)) found.push_back(tag);
  }
  return found;
}

model::FieldValue Snapshot::ValueOf(std::size_t field, model::Ordinal i) const {
  const FieldColumn& column = fields[field];
  model::FieldValue value;
  if (column.field.type == model::FieldType::kText) {
    const std::uint32_t code = column.codes[i];
    if (code != kMissingText) {
      value.missing = false;
      value.text = column.texts->Text(code);
    }
  } else if (const double number = column.numbers[i]; !std::isnan(number)) {
    value.missing = false;
    value.number = number;
  }
  return value;
}

std::optional<std::size_t> Snapshot::FindField(std::string_view name) const {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].field.name == name) return i;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> Snapshot::FindTag(std::string_view name) const {
  for (std::uint32_t i = 0; i < tag_names.size(); ++i) {
    if (tag_names[i] == name) return i;
  }
  return std::nullopt;
}

const RunColumns* Snapshot::FindRun(std::string_view run) const {
  for (const auto& candidate : runs) {
    if (candidate->run.Text() == run) return candidate.get();
  }
  for (const auto& candidate : runs) {
    if (candidate->name == run) return candidate.get();
  }
  return nullptr;
}

std::uint32_t Snapshot::Code(const model::Aspect& aspect, model::Ordinal i) const {
  switch (aspect.kind) {
    case model::AspectKind::kLabel:
      return labels[i];
    case model::AspectKind::kSplit:
      return splits[i];
    case model::AspectKind::kExcluded:
      return excluded->Test(i) ? 1 : 0;
    case model::AspectKind::kTag:
      return aspect.key < tags.size() && tags[aspect.key]->Test(i) ? 1 : 0;
    case model::AspectKind::kMedia:
      return media[i];
    case model::AspectKind::kWithdrawn:
      return withdrawn->Test(i) ? 1 : 0;
    case model::AspectKind::kRegions:
      return regions[i];
  }
  return 0;
}

Bitset Snapshot::Population() const {
  Bitset population(size, true);
  population.AndNot(*excluded).AndNot(*withdrawn);
  return population;
}

const Bitset& Snapshot::Duplicates() const { return DuplicatesIn(*this)->members; }

std::vector<model::Ordinal> Snapshot::DuplicatesOf(model::Ordinal i) const {
  const auto index = DuplicatesIn(*this);
  const auto group = index->groups.find(ContentOf(i));
  if (group == index->groups.end() || !index->members.Test(i)) return {};
  return group->second;
}

SnapshotPtr EmptySnapshot(base::ProjectId project) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->project = std::move(project);
  snapshot->excluded = std::make_shared<Bitset>();
  snapshot->withdrawn = std::make_shared<Bitset>();
  snapshot->sources = std::make_shared<Dictionary>();
  snapshot->roots = std::make_shared<Dictionary>();
  snapshot->caches = std::make_shared<SnapshotCaches>();
  return snapshot;
}

SnapshotPtr WithQuality(const Snapshot& snapshot, std::span<const model::Ordinal> ordinals,
                        std::span<const QualityRow> rows) {
  auto quality =
      snapshot.quality ? std::make_shared<QualityColumns>(*snapshot.quality) : std::make_shared<QualityColumns>();
  const std::size_t size = snapshot.Size();
  ColumnEditor brightness(quality->brightness), contrast(quality->contrast), sharpness(quality->sharpness);
  ColumnEditor colourfulness(quality->colourfulness), entropy(quality->entropy);
  ColumnEditor hash(quality->perceptual_hash);
  FillUpTo(quality->brightness, brightness, size, kMissingFloat);
  FillUpTo(quality->contrast, contrast, size, kMissingFloat);
  FillUpTo(quality->sharpness, sharpness, size, kMissingFloat);
  FillUpTo(quality->colourfulness, colourfulness, size, kMissingFloat);
  FillUpTo(quality->entropy, entropy, size, kMissingFloat);
  FillUpTo(quality->perceptual_hash, hash, size, std::uint64_t{0});
  Bitset measured = quality->measured ? *quality->measured : Bitset();
  measured.Resize(size);
  for (std::size_t i = 0; i < ordinals.size() && i < rows.size(); ++i) {
    const model::Ordinal ordinal = ordinals[i];
    if (ordinal >= size) continue;
    const QualityRow& row = rows[i];
    brightness.Set(ordinal, row.brightness);
    contrast.Set(ordinal, row.contrast);
    sharpness.Set(ordinal, row.sharpness);
    colourfulness.Set(ordinal, row.colourfulness);
    entropy.Set(ordinal, row.entropy);
    hash.Set(ordinal, row.perceptual_hash);
    measured.Assign(ordinal, row.measured);
  }
  quality->measured = std::make_shared<const Bitset>(std::move(measured));
  ++quality->generation;
  auto copy = CopyForAttachments(snapshot, "q");
  copy->quality = std::move(quality);
  return copy;
}

SnapshotPtr WithRun(const Snapshot& snapshot, RunColumns run) {
  auto copy = CopyForAttachments(snapshot, "r");
  auto shared = std::make_shared<const RunColumns>(std::move(run));
  const auto place = std::find_if(copy->runs.begin(), copy->runs.end(),
                                  [&](const auto& present) { return present->run == shared->run; });
  if (place == copy->runs.end()) {
    copy->runs.push_back(std::move(shared));
  } else {
    *place = std::move(shared);
  }
  return copy;
}

SnapshotPtr WithoutRun(const Snapshot& snapshot, const base::RunId& run) {
  auto copy = CopyForAttachments(snapshot, "r");
  std::erase_if(copy->runs, [&](const auto& present) { return present->run == run; });
  return copy;
}

SnapshotPtr WithMap(const Snapshot& snapshot, MapColumns map) {
  auto copy = CopyForAttachments(snapshot, "");
  copy->map = std::make_shared<const MapColumns>(std::move(map));
  return copy;
}

SnapshotPtr WithSuspects(const Snapshot& snapshot, SuspectColumns suspects) {
  auto copy = CopyForAttachments(snapshot, "u");
  copy->suspects = std::make_shared<const SuspectColumns>(std::move(suspects));
  return copy;
}

SnapshotPtr WithNearDuplicates(const Snapshot& snapshot, NearDuplicateColumns near_duplicates) {
  auto copy = CopyForAttachments(snapshot, "n");
  copy->near_duplicates = std::make_shared<const NearDuplicateColumns>(std::move(near_duplicates));
  return copy;
}

void CarryAttachments(const Snapshot& from, Snapshot& to) {
  to.quality = from.quality;
  to.runs = from.runs;
  to.map = from.map;
  to.suspects = from.suspects;
  to.near_duplicates = from.near_duplicates;
}

}  // namespace burnish::store
