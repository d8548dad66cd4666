#include "app/map.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "app/embedding_matrix.hpp"
#include "base/error.hpp"
#include "math/knn.hpp"
#include "math/map_layout.hpp"
#include "math/pca.hpp"

namespace burnish::app {
namespace {

constexpr std::string_view kKind = "map";
constexpr std::size_t kNeighbours = 14;
constexpr std::uint64_t kSeed = 20;
// Above this share of samples without a position the map is laid out anew.
constexpr double kNewShareForNewMap = 0.5;

// This header, then x and y (f32) by ordinal in the view's units, NaN where a sample has no place.
struct MapHeader {
  char magic[8] = {'B', 'R', 'N', 'M', 'A', 'P', '0', '2'};
  std::uint64_t generation = 0;
  std::uint64_t count = 0;
  double reach = 1;  // how many units of the layout one unit of the view is: new points move in the layout's units
};

struct StoredMap {
  store::MapColumns columns;
  double reach = 1;
};

std::filesystem::path FileOf(const OpenProject& project) {
  return project.ArtifactFolder() / ("map-" + project.EmbeddingRecipe() + ".bin");
}

void SaveMap(const OpenProject& project, const store::MapColumns& map, double reach) {
  MapHeader header;
  header.reach = reach;
  header.generation = map.generation;
  header.count = map.positions.size();
  std::vector<std::byte> bytes(sizeof header + map.positions.size() * sizeof map.positions[0]);
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(bytes.data() + sizeof header, map.positions.data(), map.positions.size() * sizeof map.positions[0]);
  base::WriteFileDurably(FileOf(project), bytes);
}

std::optional<StoredMap> LoadMap(const OpenProject& project) {
  if (!std::filesystem::exists(FileOf(project))) return std::nullopt;
  const std::string bytes = base::ReadFile(FileOf(project));
  MapHeader header;
  const MapHeader expected;
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  StoredMap stored;
  store::MapColumns& map = stored.columns;
  if (std::memcmp(header.magic, expected.magic, sizeof header.magic) != 0 ||
      header.count != (bytes.size() - sizeof header) / sizeof map.positions[0])
    return std::nullopt;
  map.generation = header.generation;
  map.positions.resize(header.count);
  std::memcpy(map.positions.data(), bytes.data() + sizeof header, header.count * sizeof map.positions[0]);
  stored.reach = header.reach;
  return stored;
}

struct Unplaced {
  std::vector<model::Ordinal> placed;
  std::vector<model::Ordinal> fresh;
};

Unplaced SplitByPlace(const store::Snapshot& snapshot, const store::VectorSpace& vectors) {
  Unplaced split;
  for (std::size_t i = 0; i < std::min(snapshot.Size(), vectors.Size()); ++i) {
    const auto ordinal = static_cast<model::Ordinal>(i);
    if (snapshot.IsWithdrawn(ordinal) || vectors.Vector(ordinal).empty()) continue;
    const bool has_place =
        snapshot.map && i < snapshot.map->positions.size() && !std::isnan(snapshot.map->positions[i][0]);
    (has_place ? split.placed : split.fresh).push_back(ordinal);
  }
  return split;
}

// How far the layout reaches from its middle: what becomes 1 in the view.
double ReachOf(const std::vector<math::Point>& points) {
  float reach = 0;
  for (const math::Point& point : points) reach = std::max({reach, std::abs(point.x), std::abs(point.y)});
  return reach == 0 ? 1 : reach;
}

std::vector<math::Point> LayOut(const store::VectorSpace& vectors, const std::vector<model::Ordinal>& ordinals,
                                const math::RunControl& control) {
  math::Matrix rows = math::NormaliseRows(GatherEmbeddings(vectors, ordinals), control);
  const auto start = math::FindPrincipalComponents(rows, 2, kSeed, control.Part(0, 0.05));
  const std::size_t neighbours = std::min(kNeighbours, rows.rows - 1);
  const auto graph =
      math::NearestNeighbours(std::move(rows), neighbours, math::Metric::kCosine, control.Part(0.05, 0.55));
  math::MapOptions options;
  options.seed = kSeed;
  return math::LayOutMap(graph, start.scores, options, control.Part(0.55, 1));
}

std::vector<math::Point> Place(const store::Snapshot& snapshot, const store::VectorSpace& vectors,
                               const Unplaced& split, double reach, const math::RunControl& control) {
  const auto unit = static_cast<float>(reach);
  const math::Matrix known = math::NormaliseRows(GatherEmbeddings(vectors, split.placed), control);
  const math::Matrix fresh = math::NormaliseRows(GatherEmbeddings(vectors, split.fresh), control);
  const auto neighbours =
      math::FindNearest(known, fresh, std::min(kNeighbours, known.rows), math::Metric::kCosine, {}, control);
  std::vector<math::Point> places;
  for (const model::Ordinal ordinal : split.placed)
    places.push_back({snapshot.map->positions[ordinal][0] * unit, snapshot.map->positions[ordinal][1] * unit});
  math::MapOptions options;
  options.seed = kSeed;
  return math::PlaceNew(places, neighbours, options, control);
}

}  // namespace

MapMaker::MapMaker(Workspace& workspace) : workspace_(workspace) {
  jobs::Kind kind;
  kind.name = kKind;
  kind.heavy = true;
  kind.run = [this](jobs::Context& context) { Run(context); };
  workspace_.Parts().jobs.Register(std::move(kind));
}

void MapMaker::Restore(OpenProject& project) {
  if (auto map = LoadMap(project))
    project.View().Attach([&](const store::Snapshot& snapshot) { return store::WithMap(snapshot, map->columns); });
  Follow(project);
}

void MapMaker::Follow(OpenProject& project) {
  const auto snapshot = project.Latest();
  const auto vectors = project.Vectors();
  if (!vectors) {
    project.SetState("map",
                     {0, snapshot->Size(), false, 0, snapshot->Size() == 0 ? "" : "The map follows the embeddings."});
    return;
  }
  const Unplaced split = SplitByPlace(*snapshot, *vectors);
  const std::uint64_t total = split.placed.size() + split.fresh.size();
  project.SetState(
      "map", {split.placed.size(), total, split.fresh.empty(), snapshot->map ? snapshot->map->generation : 0, {}});
  if (split.fresh.empty()) return;
  workspace_.Parts().jobs.Submit({.kind = std::string(kKind),
                                  .project = project.Id(),
                                  .person = {},
                                  .key = std::string(kKind),
                                  .title = "Drawing the map"});
}

void MapMaker::Run(jobs::Context& context) {
  const auto project = workspace_.OpenForServer(context.Self().project);
  const auto vectors = project->Vectors();
  const auto snapshot = project->Latest();
  if (!vectors) return;
  const Unplaced split = SplitByPlace(*snapshot, *vectors);
  const std::size_t total = split.placed.size() + split.fresh.size();
  if (split.fresh.empty()) return;
  math::RunControl control;
  control.stop = context.Stop();
  control.progress = [&](double share) {
    context.Report(static_cast<std::uint64_t>(share * 100), 100, "%", "Drawing the map");
  };

  const auto stored = LoadMap(*project);
  const bool anew =
      !stored || static_cast<double>(split.fresh.size()) > kNewShareForNewMap * static_cast<double>(total);
  store::MapColumns map;
  if (!anew) map = stored->columns;
  map.positions.resize(snapshot->Size(), {store::kMissingFloat, store::kMissingFloat});
  map.generation = snapshot->as_of;
  std::vector<model::Ordinal> moved = split.fresh;
  if (anew) {
    moved.insert(moved.end(), split.placed.begin(), split.placed.end());
    std::sort(moved.begin(), moved.end());
  }
  const auto points =
      anew ? LayOut(*vectors, moved, control) : Place(*snapshot, *vectors, split, stored->reach, control);
  const double reach = anew ? ReachOf(points) : stored->reach;
  const auto unit = static_cast<float>(reach);
  for (std::size_t i = 0; i < moved.size(); ++i) map.positions[moved[i]] = {points[i].x / unit, points[i].y / unit};
  SaveMap(*project, map, reach);
  project->View().Attach([&](const store::Snapshot& latest) { return store::WithMap(latest, map); });
  project->SetState("map", {total, total, true, map.generation, {}});
  workspace_.AnnounceReady(project->Id(), "map", map.generation);
}

}  // namespace burnish::app
