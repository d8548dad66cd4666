#include "http/handlers/explore.hpp"

#include <charconv>

#include "base/error.hpp"
#include "http/handlers/render.hpp"
#include "model/filter_json.hpp"

namespace burnish::http {
namespace {

constexpr std::size_t kMostThumbnails = 500;

model::Filter FilterOf(const JsonReader& body) {
  const auto* value = body.ValueIfAny("filter");
  return value == nullptr ? model::Filter{} : model::FilterFromJson(*value);
}

Response CreateResult(const Request& request, app::Explore& explore) {
  const auto body = request.Body({"filter", "sort", "run", "at_least"});
  store::ResultQuery query;
  query.filter = FilterOf(body);
  if (const auto* sort = body.ValueIfAny("sort")) query.sort = model::SortFromJson(*sort);
  if (auto run = body.TextIfAny("run", 120)) query.run = *std::move(run);
  const auto result = explore.CreateResult(request.Caller(), ProjectOf(request), query, AtLeastOf(body));
  return Json({{"id", result.id},
               {"as_of", result.as_of},
               {"count", result.count},
               {"total", result.total},
               {"excluded", result.excluded}});
}

Response GetTiles(const Request& request, app::Explore& explore) {
  const auto offset = QueryNumber(request, "offset", 0, UINT32_MAX, 0);
  const auto tiles = explore.TilesOf(request.Caller(), ProjectOf(request), request.Path<std::string>("result"), offset,
                                     QueryNumber(request, "count", 1, 10'000, 200),
                                     request.QueryOr<std::string>("run", "probe"), AtLeastOf(request));
  return Frame(
      {{"as_of", tiles.as_of}, {"offset", offset}, {"total", tiles.total}},
      {ArrayOf("ordinal", tiles.ordinal), ArrayOf("truth", tiles.truth), ArrayOf("state", tiles.state),
       ArrayOf("split", tiles.split), ArrayOf("excluded", tiles.excluded), ArrayOf("predicted", tiles.predicted),
       ArrayOf("confidence", tiles.confidence), ArrayOf("revision", tiles.revision)});
}

Response GetOrdinals(const Request& request, app::Explore& explore) {
  const auto result = explore.FindResult(request.Caller(), ProjectOf(request), request.Path<std::string>("result"));
  return Frame({{"as_of", result->AsOf()}}, {ArrayOf("ordinal", result->Order())});
}

Response GetPosition(const Request& request, app::Explore& explore) {
  const auto position = explore.PositionOf(request.Caller(), ProjectOf(request), request.Path<std::string>("result"),
                                           request.Query<model::Ordinal>("ordinal"));
  json::object object{{"index", OrNull(position.index)}, {"total", position.total}};
  if (position.previous) object["previous"] = *position.previous;
  if (position.next) object["next"] = *position.next;
  return Json(object);
}

json::object FacetJson(const store::Facet& facet) {
  json::object object{{"key", facet.key}, {"name", facet.name}, {"kind", facet.histogram ? "histogram" : "values"}};
  if (facet.histogram) {
    object["edges"] = NumbersJson(facet.histogram->edges);
    object["all"] = NumbersJson(facet.histogram->all);
    object["now"] = NumbersJson(facet.histogram->now);
    object["missing_all"] = facet.histogram->missing_all;
    object["missing_now"] = facet.histogram->missing_now;
    return object;
  }
  json::array values;
  for (const auto& value : facet.values) {
    if (value.missing) {
      object["missing_all"] = value.all;
      object["missing_now"] = value.now;
    } else {
      json::object row{{"value", value.value}, {"all", value.all}, {"now", value.now}};
      if (value.labels_all) row["labels_all"] = *value.labels_all;
      if (value.labels_now) row["labels_now"] = *value.labels_now;
      values.push_back(std::move(row));
    }
  }
  object["values"] = std::move(values);
  object["distinct"] = facet.distinct;
  return object;
}

Response ComputeFacets(const Request& request, app::Explore& explore) {
  const auto body = request.Body({"filter", "run", "facets", "search", "at_least"});
  store::FacetQuery query;
  query.filter = FilterOf(body);
  query.run = body.TextIfAny("run", 120).value_or("probe");
  query.only = body.Texts("facets", 200, 200);
  if (const auto* search = body.ValueIfAny("search")) {
    if (!search->is_object())
      throw base::Error(base::ErrorCode::kInvalidArgument, "'search' must be a JSON object.", "search");
    for (const auto& member : search->as_object()) {
      if (!member.value().is_string())
        throw base::Error(base::ErrorCode::kInvalidArgument, "Each value of 'search' must be text.", "search");
      query.search.emplace(member.key(), member.value().as_string());
    }
  }
  const auto facets = explore.FacetsOf(request.Caller(), ProjectOf(request), query, AtLeastOf(body));
  json::array array;
  for (const auto& facet : facets.facets) array.push_back(FacetJson(facet));
  return Json(
      {{"as_of", facets.as_of}, {"count", facets.matching}, {"total", facets.total}, {"facets", std::move(array)}});
}

Response GetMap(const Request& request, app::Explore& explore) {
  const auto map = explore.MapOf(request.Caller(), ProjectOf(request));
  return Frame({{"as_of", map.as_of}, {"generation", map.generation}, {"ready", map.ready}},
               {ArrayOf("ordinal", map.ordinal), ArrayOf("x", map.x), ArrayOf("y", map.y)});
}

Response GetValues(const Request& request, app::Explore& explore) {
  const auto values = explore.ValuesOf(request.Caller(), ProjectOf(request), request.Query<std::string>("by"),
                                       request.QueryOr<std::string>("run", "probe"), AtLeastOf(request));
  if (values.categories) {
    return Frame({{"as_of", values.as_of}, {"kind", "categories"}, {"names", TextsJson(values.names)}},
                 {ArrayOf("ordinal", values.ordinal), ArrayOf("code", values.code)});
  }
  return Frame({{"as_of", values.as_of},
                {"kind", "numbers"},
                {"low", NumberOrNull(values.low)},
                {"high", NumberOrNull(values.high)}},
               {ArrayOf("ordinal", values.ordinal), ArrayOf("number", values.number)});
}

std::vector<model::Ordinal> OrdinalList(const Request& request) {
  std::vector<model::Ordinal> ordinals;
  for (const auto& text : request.QueryList("ordinals", kMostThumbnails)) {
    model::Ordinal ordinal = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ordinal);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
      throw base::Error(base::ErrorCode::kInvalidArgument,
                        "The parameter 'ordinals' must be whole numbers with commas between them.", "ordinals");
    }
    ordinals.push_back(ordinal);
  }
  if (ordinals.empty())
    throw base::Error(base::ErrorCode::kInvalidArgument, "The address needs the parameter 'ordinals'.", "ordinals");
  return ordinals;
}

Response GetThumbnails(const Request& request, app::Explore& explore) {
  const auto size = QueryNumber(request, "size", 160, 320, 160);
  if (size != 160 && size != 320)
    throw base::Error(base::ErrorCode::kInvalidArgument, "The parameter 'size' must be 160 or 320.", "size");
  const auto thumbnails =
      explore.ThumbnailsOf(request.Caller(), ProjectOf(request), OrdinalList(request), static_cast<int>(size));
  json::array listed;
  std::string data;
  for (const auto& each : thumbnails) {
    listed.push_back({{"ordinal", each.ordinal},
                      {"content", each.content},
                      {"type", each.type},
                      {"offset", data.size()},
                      {"bytes", each.bytes.size()},
                      {"width", each.width},
                      {"height", each.height}});
    data += each.bytes;
  }
  return Frame({{"thumbnails", std::move(listed)}}, {BytesOf("data", std::as_bytes(std::span(data)))});
}

Response CreateStoredSet(const Request& request, app::Explore& explore) {
  const auto set = explore.StoreSet(request.Caller(), ProjectOf(request), request.Operation(),
                                    request.Body({"ordinals"}).Ordinals("ordinals", 1'000'000));
  return Json({{"id", set.id.Text()}, {"count", set.count}}, 201);
}

}  // namespace

void AddExploreRoutes(Router& router, app::Explore& explore) {
  const std::string project = "/api/v1/projects/{project}";
  const std::string result = project + "/results/{result}";
  router.Add(AskRoute(project + "/results", "createResult",
                      [&](const Request& request) { return CreateResult(request, explore); }));
  router.Add(ReadRoute(result + "/tiles", "getTiles",
                       [&](const Request& request) { return GetTiles(request, explore); },
                       {"offset", "count", "run", "at_least"}));
  router.Add(ReadRoute(result + "/ordinals", "getResultOrdinals",
                       [&](const Request& request) { return GetOrdinals(request, explore); }));
  router.Add(ReadRoute(result + "/position", "getPosition",
                       [&](const Request& request) { return GetPosition(request, explore); }, {"ordinal"}));
  router.Add(AskRoute(project + "/facets", "computeFacets",
                      [&](const Request& request) { return ComputeFacets(request, explore); }));
  router.Add(ReadRoute(project + "/thumbnails", "getThumbnails",
                       [&](const Request& request) { return GetThumbnails(request, explore); }, {"ordinals", "size"}));
  router.Add(ReadRoute(project + "/map", "getMap", [&](const Request& request) { return GetMap(request, explore); }));
  router.Add(ReadRoute(project + "/values", "getValues",
                       [&](const Request& request) { return GetValues(request, explore); }, {"by", "run", "at_least"}));
  router.Add(WriteRoute(Method::kPost, project + "/stored-sets", "createStoredSet", app::Role::kViewer,
                        [&](const Request& request) { return CreateStoredSet(request, explore); }));
}

}  // namespace burnish::http
