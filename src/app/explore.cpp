#include "app/explore.hpp"

#include <roaring/roaring.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "app/edit_outcome.hpp"
#include "app/sample_values.hpp"
#include "base/error.hpp"
#include "media/sniff.hpp"
#include "store/catalog/operations.hpp"
#include "store/catalog/stored_sets.hpp"

namespace burnish::app {
namespace {

// As the decoder scales: the longer side brought down to `side`, never up.
std::pair<int, int> FitInto(const model::Media& media, int side) {
  const auto longest = static_cast<double>(std::max(media.width, media.height));
  const double scale = longest > side ? side / longest : 1;
  const auto fit = [&](std::uint32_t length) { return std::max(1, static_cast<int>(std::lround(length * scale))); };
  return {fit(media.width), fit(media.height)};
}

std::shared_ptr<const store::Result> Kept(OpenProject& project, const std::string& id) {
  auto result = project.Results().Find(id);
  if (!result)
    throw base::Error(base::ErrorCode::kNotFound, "This view is no longer kept. Ask for it again.", "result");
  return result;
}

}  // namespace

ResultInfo Explore::CreateResult(const Caller& caller, const base::ProjectId& project, const store::ResultQuery& query,
                                 base::SequenceNumber at_least) {
  const Entry entry = workspace_.Open(caller, project);
  const auto snapshot = entry->View().AtLeast(at_least);
  const auto result = entry->Results().Get(snapshot, query, entry->FilterSources());
  store::Bitset excluded = *snapshot->excluded;
  excluded.AndNot(*snapshot->withdrawn);
  return {result->Id(), result->AsOf(), result->Size(), snapshot->Population().Count(), excluded.Count()};
}

Tiles Explore::TilesOf(const Caller& caller, const base::ProjectId& project, const std::string& id, std::size_t offset,
                       std::size_t count, const std::string& run_name, base::SequenceNumber at_least) {
  const Entry entry = workspace_.Open(caller, project);
  const auto result = Kept(*entry.open, id);
  const auto snapshot = entry->View().AtLeast(std::max(at_least, result->AsOf()));
  const store::RunColumns* run = snapshot->FindRun(run_name);
  Tiles tiles;
  tiles.as_of = snapshot->as_of;
  tiles.total = result->Size();
  for (const model::Ordinal i : result->Slice(offset, count)) {
    tiles.ordinal.push_back(i);
    tiles.truth.push_back(snapshot->ClassOf(i));
    tiles.state.push_back(static_cast<std::uint8_t>(model::StateOfLabel(snapshot->labels[i])));
    tiles.split.push_back(snapshot->splits[i]);
    tiles.excluded.push_back(snapshot->IsExcluded(i) ? 1 : 0);
    tiles.predicted.push_back(run == nullptr ? model::kNoClass : run->Predicted(i));
    tiles.confidence.push_back(run == nullptr ? store::kMissingFloat : run->Confidence(i));
    tiles.revision.push_back(snapshot->label_revisions[i]);
  }
  return tiles;
}

std::shared_ptr<const store::Result> Explore::FindResult(const Caller& caller, const base::ProjectId& project,
                                                         const std::string& id) {
  return Kept(*workspace_.Open(caller, project).open, id);
}

PositionInfo Explore::PositionOf(const Caller& caller, const base::ProjectId& project, const std::string& id,
                                 model::Ordinal ordinal) {
  const auto result = FindResult(caller, project, id);
  PositionInfo info;
  info.total = result->Size();
  const auto index = result->PositionOf(ordinal);
  if (!index) return info;
  info.index = *index;
  if (*index > 0) info.previous = result->Order()[*index - 1];
  if (*index + 1 < result->Size()) info.next = result->Order()[*index + 1];
  return info;
}

store::Facets Explore::FacetsOf(const Caller& caller, const base::ProjectId& project, const store::FacetQuery& query,
                                base::SequenceNumber at_least) {
  const Entry entry = workspace_.Open(caller, project);
  return store::ComputeFacets(*entry->View().AtLeast(at_least), query, entry->FilterSources());
}

MapPicture Explore::MapOf(const Caller& caller, const base::ProjectId& project) {
  const Entry entry = workspace_.Open(caller, project);
  const auto snapshot = entry->Latest();
  MapPicture picture;
  picture.as_of = snapshot->as_of;
  if (!snapshot->map) return picture;
  picture.ready = true;
  picture.generation = snapshot->map->generation;
  const auto& positions = snapshot->map->positions;
  for (std::size_t i = 0; i < std::min(positions.size(), snapshot->Size()); ++i) {
    const auto ordinal = static_cast<model::Ordinal>(i);
    if (std::isnan(positions[i][0]) || snapshot->IsWithdrawn(ordinal)) continue;
    picture.ordinal.push_back(ordinal);
    picture.x.push_back(positions[i][0]);
    picture.y.push_back(positions[i][1]);
  }
  return picture;
}

SampleValues Explore::ValuesOf(const Caller& caller, const base::ProjectId& project, const std::string& by,
                               const std::string& run, base::SequenceNumber at_least) {
  const Entry entry = workspace_.Open(caller, project);
  return CollectValues(*entry->View().AtLeast(at_least), by, run);
}

std::vector<ThumbnailInfo> Explore::ThumbnailsOf(const Caller& caller, const base::ProjectId& project,
                                                 std::span<const model::Ordinal> ordinals, int side) {
  const Entry entry = workspace_.Open(caller, project);
  const auto snapshot = entry->Latest();
  store::Pack& pack = entry->Thumbnails(side);
  std::vector<ThumbnailInfo> thumbnails;
  for (const model::Ordinal ordinal : ordinals) {
    snapshot->Check(ordinal);
    const base::ContentHash content = snapshot->ContentOf(ordinal);
    ThumbnailInfo info;
    info.ordinal = ordinal;
    info.content = content.Hex();
    if (auto bytes = pack.Get(content)) {
      info.type = media::MediaType(media::Sniff(std::as_bytes(std::span(bytes->data(), bytes->size()))));
      info.bytes = *std::move(bytes);
      std::tie(info.width, info.height) = FitInto(snapshot->MediaOf(ordinal), side);
    }
    thumbnails.push_back(std::move(info));
  }
  if (pack.TakeDamaged()) workspace_.TellDamaged(*entry.open);
  return thumbnails;
}

StoredSetInfo Explore::StoreSet(const Caller& caller, const base::ProjectId& project,
                                const base::OperationId& operation, std::vector<model::Ordinal> ordinals) {
  const Entry entry = workspace_.Open(caller, project);
  const auto snapshot = entry->Latest();
  for (const model::Ordinal ordinal : ordinals) snapshot->Check(ordinal);
  const std::unique_ptr<roaring_bitmap_t, void (*)(const roaring_bitmap_t*)> bitmap(
      roaring_bitmap_of_ptr(ordinals.size(), ordinals.data()),
      [](const roaring_bitmap_t* owned) { roaring_bitmap_free(owned); });
  roaring_bitmap_run_optimize(bitmap.get());
  std::string bytes(roaring_bitmap_portable_size_in_bytes(bitmap.get()), '\0');
  roaring_bitmap_portable_serialize(bitmap.get(), bytes.data());
  const auto count = static_cast<std::uint32_t>(roaring_bitmap_get_cardinality(bitmap.get()));
  const std::string blob = workspace_.Parts().blobs.Put(std::as_bytes(std::span(bytes.data(), bytes.size())));
  const store::OperationKey key{project, caller.person, operation, RequestDigest({"stored-set", blob})};
  return workspace_.Parts().catalog.Write([&](store::Writer& writer) {
    if (const auto first = store::FindOperation(writer, key)) return StoredSetInfo{base::StoredSetId(*first), count};
    const auto set = store::CreateStoredSet(writer, project, caller.person, blob, count);
    store::RememberOperation(writer, key, set.id.Text());
    return StoredSetInfo{set.id, count};
  });
}

}  // namespace burnish::app
