#include "http/handlers/samples.hpp"

#include <memory>

#include "base/error.hpp"
#include "http/handlers/render.hpp"

namespace burnish::http {
namespace {

model::Ordinal OrdinalOf(const Request& request) { return request.Path<model::Ordinal>("ordinal"); }

json::value FieldValueJson(const model::Field& field, const model::FieldValue& value) {
  if (value.missing) return nullptr;
  switch (field.type) {
    case model::FieldType::kText:
      return json::value(value.text);
    case model::FieldType::kBoolean:
      return value.number != 0;
    case model::FieldType::kTime:
      return static_cast<std::int64_t>(value.number);
    case model::FieldType::kNumber:
      break;
  }
  return NumberOrNull(value.number);
}

json::array PredictionsJson(const std::vector<app::PredictionView>& predictions) {
  json::array array;
  for (const auto& each : predictions) {
    json::object object{{"run", each.run.Text()},
                        {"name", each.name},
                        {"class", OrNull(each.class_name)},
                        {"confidence", each.confidence ? NumberOrNull(*each.confidence) : json::value(nullptr)}};
    if (!each.probabilities.empty()) {
      json::array probabilities;
      for (const auto& [name, probability] : each.probabilities)
        probabilities.push_back({{"class", name}, {"probability", probability}});
      object["probabilities"] = std::move(probabilities);
    }
    array.push_back(std::move(object));
  }
  return array;
}

json::object SampleJson(const app::SampleView& sample) {
  json::array fields;
  for (const auto& [field, value] : sample.fields) {
    fields.push_back({{"name", field.name},
                      {"type", model::kFieldTypeNames[static_cast<std::size_t>(field.type)]},
                      {"value", FieldValueJson(field, value)}});
  }
  json::object quality;
  for (const auto& [name, value] : sample.quality) {
    if (std::isfinite(value)) quality[name] = value;
  }
  json::array near;
  for (const auto& other : sample.near_duplicates)
    near.push_back({{"ordinal", other.ordinal}, {"score", NumberOrNull(other.score)}});
  json::object object{{"ordinal", sample.ordinal},
                      {"as_of", sample.as_of},
                      {"path", sample.path},
                      {"media",
                       {{"content", sample.media.content.Hex()},
                        {"bytes", sample.media.bytes},
                        {"width", sample.media.width},
                        {"height", sample.media.height}}},
                      {"split", model::SplitName(sample.split)},
                      {"excluded", sample.excluded},
                      {"withdrawn", sample.withdrawn},
                      {"tags", TextsJson(sample.tags)},
                      {"truth",
                       {{"class", OrNull(sample.truth)},
                        {"state", model::LabelStateName(sample.state)},
                        {"revision", sample.label_revision}}},
                      {"predictions", PredictionsJson(sample.predictions)},
                      {"fields", std::move(fields)},
                      {"quality", std::move(quality)},
                      {"duplicates", NumbersJson(sample.duplicates)},
                      {"near_duplicates", std::move(near)},
                      {"revision", sample.revision}};
  if (sample.suspect) {
    object["suspect"] = {{"given", sample.suspect->given},
                         {"suggested", sample.suspect->suggested},
                         {"score", NumberOrNull(sample.suspect->score)}};
  }
  if (!sample.import.Empty()) object["import"] = {{"id", sample.import.Text()}, {"name", sample.import_name}};
  return object;
}

Response GetHistory(const Request& request, app::Samples& samples) {
  json::array entries;
  for (const auto& row :
       samples.HistoryOf(request.Caller(), ProjectOf(request), OrdinalOf(request), AtLeastOf(request))) {
    entries.push_back({{"sequence", row.sequence},
                       {"at", row.at},
                       {"author", row.author},
                       {"what", row.what},
                       {"before", OrNull(row.before)},
                       {"after", OrNull(row.after)},
                       {"reason", row.reason},
                       {"summary", row.summary}});
  }
  return Json({{"entries", std::move(entries)}});
}

Response GetNeighbours(const Request& request, app::Samples& samples) {
  std::optional<model::Split> split;
  if (const auto name = request.QueryIfAny<std::string>("split")) {
    split = model::SplitFromName(*name);
    if (!split)
      throw base::Error(base::ErrorCode::kInvalidArgument,
                        "The parameter 'split' must be train, validation, test or pool.", "split");
  }
  const auto found =
      samples.NeighboursOf(request.Caller(), ProjectOf(request), OrdinalOf(request), split,
                           request.QueryIfAny<std::string>("class"), QueryNumber(request, "count", 1, 100, 12));
  json::array neighbours;
  for (const auto& each : found.neighbours) {
    neighbours.push_back({{"ordinal", each.ordinal},
                          {"similarity", NumberOrNull(each.similarity)},
                          {"class", OrNull(each.class_name)},
                          {"split", model::SplitName(each.split)}});
  }
  return Json({{"ready", found.ready}, {"neighbours", std::move(neighbours)}});
}

Response MediaResponse(app::MediaBytes media) {
  const auto bytes = std::as_bytes(std::span(*media.bytes));
  return Media({bytes, std::move(media.bytes)}, std::move(media.type), std::move(media.content), false);
}

int SizeOf(const Request& request) {
  const auto size = QueryNumber(request, "size", 160, 320, 320);
  if (size != 160 && size != 320)
    throw base::Error(base::ErrorCode::kInvalidArgument, "The parameter 'size' must be 160 or 320.", "size");
  return static_cast<int>(size);
}

Response ThumbnailResponse(app::MediaBytes media, int size) {
  media.content += "-" + std::to_string(size);
  return MediaResponse(std::move(media));
}

Response GetThumbnail(const Request& request, app::Samples& samples) {
  const int size = SizeOf(request);
  return ThumbnailResponse(samples.ThumbnailOf(request.Caller(), ProjectOf(request), OrdinalOf(request), size), size);
}

std::optional<Response> GetThumbnailAtOnce(const Request& request, app::Samples& samples) {
  const int size = SizeOf(request);
  auto media = samples.ThumbnailAtHand(request.Caller(), ProjectOf(request), OrdinalOf(request), size);
  if (!media) return std::nullopt;
  return ThumbnailResponse(*std::move(media), size);
}

}  // namespace

void AddSampleRoutes(Router& router, app::Samples& samples) {
  const std::string sample = "/api/v1/projects/{project}/samples/{ordinal}";
  router.Add(ReadRoute(sample, "getSample",
                       [&](const Request& request) {
                         return Json(SampleJson(samples.Get(request.Caller(), ProjectOf(request), OrdinalOf(request),
                                                            AtLeastOf(request))));
                       },
                       {"at_least"}));
  router.Add(ReadRoute(sample + "/media", "getMedia", [&](const Request& request) {
    return MediaResponse(samples.MediaOf(request.Caller(), ProjectOf(request), OrdinalOf(request)));
  }));
  auto thumbnail = ReadRoute(sample + "/thumbnail", "getThumbnail",
                             [&](const Request& request) { return GetThumbnail(request, samples); }, {"size"});
  thumbnail.at_once = [&](const Request& request) { return GetThumbnailAtOnce(request, samples); };
  router.Add(thumbnail);
  router.Add(ReadRoute(sample + "/history", "getSampleHistory",
                       [&](const Request& request) { return GetHistory(request, samples); }, {"at_least"}));
  router.Add(ReadRoute(sample + "/neighbours", "getNeighbours",
                       [&](const Request& request) { return GetNeighbours(request, samples); },
                       {"split", "class", "count"}));
}

}  // namespace burnish::http
