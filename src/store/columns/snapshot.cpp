#include "store/columns/snapshot.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/error.hpp"
#include "store/columns/caches.hpp"

namespace burnish::store {

namespace {

DuplicateIndex FindDuplicates(const Snapshot& snapshot) {
  // By the hash's first 64 bits, which nearly always tell contents apart: numbers sort much faster than whole hashes.
  std::vector<std::pair<std::uint64_t, std::uint32_t>> ordinals;
  ordinals.reserve(snapshot.Size());
  const base::ContentHash unknown;
  for (std::uint32_t i = 0; i < snapshot.Size(); ++i) {
    const base::ContentHash content = snapshot.ContentOf(i);
    if (content != unknown && !snapshot.IsWithdrawn(i))
      ordinals.emplace_back(std::hash<base::ContentHash>{}(content), i);
  }
  std::sort(ordinals.begin(), ordinals.end());
  DuplicateIndex index{Bitset(snapshot.Size()), Bitset(snapshot.Size()), {}};
  for (std::size_t begin = 0, end = 0; begin < ordinals.size(); begin = end) {
    while (end < ordinals.size() && ordinals[end].first == ordinals[begin].first) ++end;
    if (end - begin == 1) continue;
    std::unordered_map<base::ContentHash, std::vector<std::uint32_t>> alike;
    for (std::size_t i = begin; i < end; ++i)
      alike[snapshot.ContentOf(ordinals[i].second)].push_back(ordinals[i].second);
    for (auto& [content, group] : alike) {
      if (group.size() == 1) continue;
      for (const std::uint32_t ordinal : group) index.members.Set(ordinal);
      for (const std::uint32_t ordinal : std::span(group).subspan(1)) index.repeats.Set(ordinal);
      index.groups.emplace(content, std::move(group));
    }
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

const Bitset& Snapshot::Repeats() const { return DuplicatesIn(*this)->repeats; }

std::vector<model::Ordinal> Snapshot::DuplicatesOf(model::Ordinal i) const {
  const auto index = DuplicatesIn(*this);
  const auto group = index->groups.find(ContentOf(i));
  if (group == index->groups.end() || !index->members.Test(i)) return {};
  return group->second;
}

void ForEachContents(const Snapshot& snapshot,
                     const std::function<void(model::Ordinal, std::span<const base::ContentHash>)>& visit) {
  constexpr std::size_t kPiece = std::size_t{1} << 20U;
  std::vector<base::ContentHash> contents;
  for (std::size_t first = 0; first < snapshot.Size(); first += contents.size()) {
    contents.resize(std::min(kPiece, snapshot.Size() - first));
    for (std::size_t i = 0; i < contents.size(); ++i)
      contents[i] = snapshot.ContentOf(static_cast<model::Ordinal>(first + i));
    visit(static_cast<model::Ordinal>(first), contents);
  }
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

void AppendQuality(QualityColumns& quality, std::span<const QualityRow> rows) {
  ColumnEditor brightness(quality.brightness), contrast(quality.contrast), sharpness(quality.sharpness);
  ColumnEditor colourfulness(quality.colourfulness), entropy(quality.entropy);
  ColumnEditor hash(quality.perceptual_hash);
  Bitset measured = quality.measured ? *quality.measured : Bitset();
  std::size_t ordinal = measured.Size();
  measured.Resize(ordinal + rows.size());
  for (const QualityRow& row : rows) {
    brightness.Append(row.brightness);
    contrast.Append(row.contrast);
    sharpness.Append(row.sharpness);
    colourfulness.Append(row.colourfulness);
    entropy.Append(row.entropy);
    hash.Append(row.perceptual_hash);
    measured.Assign(ordinal++, row.measured);
  }
  quality.measured = std::make_shared<const Bitset>(std::move(measured));
}

SnapshotPtr WithQuality(const Snapshot& snapshot, QualityColumns quality) {
  auto copy = CopyForAttachments(snapshot, "q");
  quality.generation = snapshot.quality ? snapshot.quality->generation + 1 : 1;
  copy->quality = std::make_shared<const QualityColumns>(std::move(quality));
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
