#include "http/handlers/exports.hpp"

#include "base/error.hpp"
#include "http/handlers/render.hpp"
#include "model/filter_json.hpp"

namespace burnish::http {
namespace {

std::string_view FormatName(formats::ExportFormat format) {
  return formats::kExportFormatNames[static_cast<std::size_t>(format)];
}

Response ListFormats(const Request& request, app::Exports& exports) {
  json::array array;
  for (const auto& view : exports.Formats(request.Caller())) {
    array.push_back({{"format", FormatName(view.format)},
                     {"name", view.name},
                     {"carries", TextsJson(view.carries.carried)},
                     {"leaves_out", TextsJson(view.carries.not_carried)}});
  }
  return Json({{"formats", std::move(array)}});
}

app::ExportChoices ChoicesOf(const Request& request) {
  const auto body = request.Body({"format", "version", "filter", "csv_mode", "with_media", "folder"});
  app::ExportChoices choices;
  choices.format = static_cast<formats::ExportFormat>(body.Choice("format", formats::kExportFormatNames));
  if (body.Has("version")) choices.version = body.Text("version", 120);
  if (const auto* filter = body.ValueIfAny("filter")) choices.filter = model::FilterFromJson(*filter);
  if (body.Has("csv_mode"))
    choices.csv_mode = body.Choice("csv_mode", {"exact", "spreadsheet"}) == 0 ? formats::CsvMode::kExact
                                                                              : formats::CsvMode::kSpreadsheets;
  choices.with_media = body.BooleanOr("with_media", true);
  if (const auto folder = body.ObjectIfAny("folder", {"root", "path"})) {
    choices.folder = app::ExportChoices::Folder{folder->Text("root", 64), folder->Text("path", 4096)};
  }
  return choices;
}

Response CreateExport(const Request& request, app::Exports& exports) {
  const auto project = ProjectOf(request);
  const auto view = exports.Create(request.Caller(), project, request.Operation(), ChoicesOf(request));
  json::object object{{"id", view.id},
                      {"format", FormatName(view.format)},
                      {"sequence", view.sequence},
                      {"samples", view.samples},
                      {"digest", view.digest},
                      {"leaves_out", TextsJson(view.leaves_out)}};
  if (view.version) object["version"] = *view.version;
  if (view.download) object["archive"] = "/api/v1/projects/" + project.Text() + "/exports/" + view.id + "/archive";
  if (view.job) object["job"] = JobJson(*view.job);
  return Json(object, 201);
}

Response DownloadExport(const Request& request, app::Exports& exports) {
  const auto caller = request.Caller();
  const auto project = ProjectOf(request);
  const auto id = request.Path<std::string>("export");
  const auto name = exports.FileName(caller, project, id);  // refuses before the answer has begun
  return Download(
      [&exports, caller, project, id](StreamWriter& writer) {
        exports.Write(caller, project, id, [&](std::span<const std::byte> bytes) {
          writer.Write({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        });
      },
      "application/zip", name);
}

}  // namespace

void AddExportRoutes(Router& router, app::Exports& exports) {
  const std::string project = "/api/v1/projects/{project}";
  router.Add(ReadRoute("/api/v1/export-formats", "listExportFormats",
                       [&](const Request& request) { return ListFormats(request, exports); }));
  router.Add(WriteRoute(Method::kPost, project + "/exports", "createExport", app::Role::kViewer,
                        [&](const Request& request) { return CreateExport(request, exports); }));
  router.Add(ReadRoute(project + "/exports/{export}/archive", "downloadExport",
                       [&](const Request& request) { return DownloadExport(request, exports); }));
}

}  // namespace burnish::http
