#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/workspace.hpp"
#include "model/filter.hpp"
#include "store/columns/facets.hpp"
#include "store/columns/results.hpp"

namespace burnish::app {

struct ResultInfo {
  std::string id;
  base::SequenceNumber as_of = 0;
  std::uint64_t count = 0;
  std::uint64_t total = 0;     // samples that count by default
  std::uint64_t excluded = 0;  // of the whole project
};

// What the grid shows, column by column: the samples of a piece of a result, with their values now.
struct Tiles {
  base::SequenceNumber as_of = 0;
  std::uint64_t total = 0;  // of the result
  std::vector<std::uint32_t> ordinal;
  std::vector<std::uint16_t> truth;
  std::vector<std::uint8_t> state;
  std::vector<std::uint8_t> split;
  std::vector<std::uint8_t> excluded;
  std::vector<std::uint16_t> predicted;
  std::vector<float> confidence;  // NaN: none
  std::vector<std::uint32_t> revision;
};

struct PositionInfo {
  std::optional<std::uint64_t> index;
  std::uint64_t total = 0;
  std::optional<model::Ordinal> previous;
  std::optional<model::Ordinal> next;
};

struct MapPicture {
  base::SequenceNumber as_of = 0;
  std::uint64_t generation = 0;
  bool ready = false;
  std::vector<std::uint32_t> ordinal;
  std::vector<float> x;
  std::vector<float> y;
};

// One value of each sample that is not withdrawn: categories (`names` and codes) or numbers.
struct SampleValues {
  base::SequenceNumber as_of = 0;
  bool categories = true;
  std::vector<std::string> names;
  std::vector<std::uint16_t> code;  // index into names; 65535: none
  std::vector<float> number;        // NaN: none
  float low = 0;
  float high = 0;
  std::vector<std::uint32_t> ordinal;
};

struct ThumbnailInfo {
  model::Ordinal ordinal = 0;
  std::string content;  // hash of the media
  std::string type;     // "image/jpeg"; empty while there is none
  std::string bytes;
  int width = 0;  // of the thumbnail, in pixels
  int height = 0;
};

struct StoredSetInfo {
  base::StoredSetId id;
  std::uint64_t count = 0;
};

// Looking at a project: results, facets, map, thumbnails. Reads only.
class Explore {
 public:
  explicit Explore(Workspace& workspace) : workspace_(workspace) {}

  ResultInfo CreateResult(const Caller& caller, const base::ProjectId& project, const store::ResultQuery& query,
                          base::SequenceNumber at_least);
  // These three throw kNotFound for a handle that is no longer kept: ask for the result again.
  Tiles TilesOf(const Caller& caller, const base::ProjectId& project, const std::string& result, std::size_t offset,
                std::size_t count, const std::string& run, base::SequenceNumber at_least);
  std::shared_ptr<const store::Result> FindResult(const Caller& caller, const base::ProjectId& project,
                                                  const std::string& result);
  PositionInfo PositionOf(const Caller& caller, const base::ProjectId& project, const std::string& result,
                          model::Ordinal ordinal);

  store::Facets FacetsOf(const Caller& caller, const base::ProjectId& project, const store::FacetQuery& query,
                         base::SequenceNumber at_least);
  MapPicture MapOf(const Caller& caller, const base::ProjectId& project);
  // `by`: label, prediction, split, correct, excluded, confidence, margin, a quality's name, or field:<name>.
  SampleValues ValuesOf(const Caller& caller, const base::ProjectId& project, const std::string& by,
                        const std::string& run, base::SequenceNumber at_least);
  std::vector<ThumbnailInfo> ThumbnailsOf(const Caller& caller, const base::ProjectId& project,
                                          std::span<const model::Ordinal> ordinals, int side);
  StoredSetInfo StoreSet(const Caller& caller, const base::ProjectId& project, const base::OperationId& operation,
                         std::vector<model::Ordinal> ordinals);

 private:
  Workspace& workspace_;
};

}  // namespace burnish::app
