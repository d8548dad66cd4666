#include "http/handlers/imports.hpp"

#include <sodium.h>

#include <algorithm>

#include "base/error.hpp"
#include "http/handlers/render.hpp"
#include "media/sniff.hpp"

namespace burnish::http {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::uint64_t kMostUploadBytes = 64ULL << 30U;
constexpr std::size_t kMostPath = 4096;
constexpr std::size_t kMostColumns = 4096;

base::ImportId ImportOf(const Request& request) { return request.Path<base::ImportId>("import"); }

// --- what comes in ---------------------------------------------------------------------------------------------

app::ImportSource SourceOf(const Request& request) {
  const auto kind = request.Body({"kind", "root", "path", "name"}).Choice("kind", {"folder", "upload"});
  if (kind == 0) {
    const auto body = request.Body({"kind", "root", "path"});
    return app::FolderSource{body.Text("root", 64), body.Text("path", kMostPath, 0)};
  }
  return app::UploadSource{request.Body({"kind", "name"}).Text("name", 255)};
}

app::ColumnChoice ColumnChoiceOf(const JsonReader& column) {
  app::ColumnChoice choice;
  choice.role = static_cast<formats::Role>(column.Choice("role", formats::kRoleNames));
  if (column.Has("type")) choice.type = static_cast<model::FieldType>(column.Choice("type", model::kFieldTypeNames));
  choice.class_name = column.TextIfAny("class", 200);
  return choice;
}

std::map<std::string, app::ColumnChoice> ColumnsOf(const JsonReader& body) {
  std::map<std::string, app::ColumnChoice> columns;
  const auto* value = body.ValueIfAny("columns");
  if (value == nullptr) return columns;
  if (!value->is_object()) throw Error(ErrorCode::kInvalidArgument, "'columns' must be a JSON object.", "columns");
  if (value->as_object().size() > kMostColumns)
    throw Error(ErrorCode::kInvalidArgument, "'columns' has too many entries.", "columns");
  for (const auto& member : value->as_object()) {
    const std::string name(member.key());
    columns.emplace(name, ColumnChoiceOf(JsonReader(member.value(), {"role", "type", "class"}, "columns." + name)));
  }
  return columns;
}

std::array<double, 3> SharesOf(const JsonReader& body) {
  const auto& array = body.Array("split_shares", 3);
  std::array<double, 3> shares{};
  const auto refuse = [] {
    throw Error(ErrorCode::kInvalidArgument,
                "'split_shares' must be three numbers from 0 to 1: train, validation, test.", "split_shares");
  };
  if (array.size() != shares.size()) refuse();
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (!array[i].is_number()) refuse();
    shares[i] = array[i].to_number<double>();
    if (!(shares[i] >= 0 && shares[i] <= 1)) refuse();
  }
  return shares;
}

app::ImportChoices ChoicesOf(const Request& request) {
  const auto body = request.Body({"format", "content", "columns", "media_base", "run_name", "split_plan",
                                  "split_shares", "changed_content", "changed_labels", "unknown_classes", "normalise"});
  app::ImportChoices choices;
  if (body.Has("format")) choices.format = static_cast<formats::FormatId>(body.Choice("format", formats::kFormatNames));
  if (body.Has("content"))
    choices.content = static_cast<app::ImportContent>(body.Choice("content", app::kImportContentNames));
  choices.columns = ColumnsOf(body);
  choices.media_base = body.TextIfAny("media_base", kMostPath);
  if (body.Has("run_name")) choices.run_name = body.Text("run_name", 120);
  if (body.Has("split_plan"))
    choices.split_plan = static_cast<app::SplitPlan>(body.Choice("split_plan", app::kSplitPlanNames));
  if (body.Has("split_shares")) choices.split_shares = SharesOf(body);
  if (body.Has("changed_content")) choices.replace_content = body.Choice("changed_content", {"keep", "replace"}) == 1;
  if (body.Has("changed_labels")) choices.replace_labels = body.Choice("changed_labels", {"keep", "replace"}) == 1;
  if (body.Has("unknown_classes"))
    choices.add_unknown_classes = body.Choice("unknown_classes", {"add", "leave_out"}) == 0;
  choices.normalize = body.BooleanOr("normalise", false);
  return choices;
}

// --- what goes out ---------------------------------------------------------------------------------------------

json::object RoleJson(const app::ColumnChoice& choice) {
  json::object object{{"role", formats::RoleName(choice.role)}};
  if (choice.type) object["type"] = model::kFieldTypeNames[static_cast<std::size_t>(*choice.type)];
  if (choice.class_name) object["class"] = *choice.class_name;
  return object;
}

json::object MappingJson(const app::CheckedImport& plan) {
  const auto& choices = plan.choices;
  json::object columns;
  for (const auto& column : plan.columns) columns[column.name] = RoleJson(column.choice);
  json::object object{{"format", formats::FormatName(plan.format)},
                      {"content", app::kImportContentNames[static_cast<std::size_t>(plan.content)]},
                      {"columns", std::move(columns)},
                      {"media_base", plan.media_base},
                      {"split_plan", app::kSplitPlanNames[static_cast<std::size_t>(choices.split_plan)]},
                      {"split_shares", NumbersJson(choices.split_shares)},
                      {"changed_content", choices.replace_content ? "replace" : "keep"},
                      {"changed_labels", choices.replace_labels ? "replace" : "keep"},
                      {"unknown_classes", choices.add_unknown_classes ? "add" : "leave_out"},
                      {"normalise", choices.normalize}};
  if (!choices.run_name.empty()) object["run_name"] = choices.run_name;
  return object;
}

std::string DataUrl(const std::string& bytes) {
  const auto type = media::MediaType(media::Sniff(std::as_bytes(std::span(bytes))));
  std::string encoded(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(encoded.data(), encoded.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  encoded.resize(encoded.find('\0'));
  return "data:" + std::string(type) + ";base64," + encoded;
}

json::object RowJson(const app::ImportPreviewRow& row) {
  json::object values;
  for (const auto& [name, value] : row.values) values[name] = value;
  json::object object{{"path", row.path}, {"values", std::move(values)}};
  if (!row.class_name.empty()) object["class"] = row.class_name;
  if (!row.split.empty()) object["split"] = row.split;
  if (!row.thumbnail.empty()) object["thumbnail"] = DataUrl(row.thumbnail);
  return object;
}

json::array ProblemsJson(const std::vector<formats::ProblemGroup>& groups) {
  constexpr std::size_t kFirstNames = 20;
  json::array array;
  for (const auto& group : groups) {
    const auto shown = std::span(group.names).first(std::min(group.names.size(), kFirstNames));
    array.push_back({{"code", formats::CodeName(group.code)},
                     {"severity", formats::kSeverityNames[static_cast<std::size_t>(formats::SeverityOf(group.code))]},
                     {"sentence", group.Sentence()},
                     {"way_out", formats::WayOut(group.code)},
                     {"count", group.count},
                     {"names", TextsJson(shown)}});
  }
  return array;
}

json::object DifferenceJson(const app::ImportDifference& difference) {
  return {{"new", difference.added},
          {"unchanged", difference.unchanged},
          {"changed_content", difference.changed_content},
          {"changed_labels", difference.changed_labels},
          {"duplicates", difference.duplicates},
          {"missing", difference.missing}};
}

json::object PlanJson(const app::CheckedImport& plan) {
  json::array alternatives;
  for (const auto format : plan.formats) alternatives.emplace_back(formats::FormatName(format));
  json::array columns;
  for (const auto& column : plan.columns)
    columns.push_back(
        {{"name", column.name}, {"role", RoleJson(column.choice)}, {"examples", TextsJson(column.examples)}});
  json::array rows;
  for (const auto& row : plan.rows) rows.push_back(RowJson(row));
  json::array classes;
  for (const auto& each : plan.classes)
    classes.push_back({{"name", each.name}, {"count", each.count}, {"known", each.known}});
  json::object splits;
  for (const auto& [name, count] : plan.splits) splits[name] = count;
  json::object object{{"format", formats::FormatName(plan.format)},
                      {"formats", std::move(alternatives)},
                      {"content", app::kImportContentNames[static_cast<std::size_t>(plan.content)]},
                      {"samples", plan.samples},
                      {"columns", std::move(columns)},
                      {"rows", std::move(rows)},
                      {"classes", std::move(classes)},
                      {"splits", std::move(splits)},
                      {"problems", ProblemsJson(plan.problems.Groups())},
                      {"mapping", MappingJson(plan)},
                      {"can_commit", plan.can_commit}};
  if (plan.difference) object["difference"] = DifferenceJson(*plan.difference);
  return object;
}

json::object ReportJson(const app::ImportReport& report) {
  json::object object{{"samples", report.samples},
                      {"predictions", report.predictions},
                      {"left_out", report.left_out},
                      {"seconds", NumberOrNull(report.seconds)},
                      {"problems", ProblemsJson(report.problems)}};
  if (report.sequence) object["sequence"] = *report.sequence;
  return object;
}

json::object ImportJson(const app::ImportView& view) {
  json::object object{{"id", view.id.Text()},
                      {"state", view.state},
                      {"source", {{"kind", view.source_kind}, {"name", view.source_name}}},
                      {"created_at", view.created_at},
                      {"files", view.files},
                      {"bytes", view.bytes}};
  if (view.job) object["job"] = JobJson(*view.job);
  if (view.plan) object["plan"] = PlanJson(*view.plan);
  if (view.report) object["report"] = ReportJson(*view.report);
  if (!view.failure.empty()) object["failure"] = ProblemJson(ErrorCode::kInvalidArgument, view.failure);
  return object;
}

// --- requests --------------------------------------------------------------------------------------------------

Response ListRoots(const Request& request, app::Imports& imports) {
  json::array roots;
  for (const auto& name : imports.ListRoots(request.Caller())) roots.push_back(json::object{{"name", name}});
  return Json({{"roots", std::move(roots)}});
}

Response ListFolders(const Request& request, app::Imports& imports) {
  const auto listing =
      imports.ListFolder(request.Caller(), request.Path<std::string>("root"), request.QueryOr<std::string>("path", ""));
  return Json({{"path", listing.path},
               {"folders", TextsJson(listing.folders)},
               {"files", TextsJson(listing.files)},
               {"image_count", listing.image_count}});
}

Response ListImports(const Request& request, app::Imports& imports) {
  json::array array;
  for (const auto& view : imports.List(request.Caller(), ProjectOf(request))) array.push_back(ImportJson(view));
  return Json({{"imports", std::move(array)}});
}

Response CreateImport(const Request& request, app::Imports& imports) {
  const auto project = ProjectOf(request);
  const auto view = imports.Create(request.Caller(), project, request.Operation(), SourceOf(request));
  return Created(ImportJson(view), "/api/v1/projects/" + project.Text() + "/imports/" + view.id.Text());
}

Response CancelImport(const Request& request, app::Imports& imports) {
  imports.Cancel(request.Caller(), ProjectOf(request), ImportOf(request));
  return NoContent();
}

Response UploadFile(const Request& request, app::Imports& imports) {
  const auto path = request.Query<std::string>("path");
  if (path.empty() || path.size() > kMostPath)
    throw Error(ErrorCode::kInvalidArgument, "The parameter 'path' must have 1 to 4,096 bytes.", "path");
  const auto view =
      imports.AddFile(request.Caller(), ProjectOf(request), ImportOf(request), path, request.Upload().path);
  return Json({{"files", view.files}, {"bytes", view.bytes}});
}

Response ListProblems(const Request& request, app::Imports& imports) {
  const auto group =
      imports.FindProblem(request.Caller(), ProjectOf(request), ImportOf(request), request.Query<std::string>("code"));
  const auto offset = std::min<std::size_t>(QueryNumber(request, "offset", 0, UINT32_MAX, 0), group.names.size());
  const auto count = std::min<std::size_t>(QueryNumber(request, "count", 1, 1000, 200), group.names.size() - offset);
  return Json({{"total", group.count}, {"names", TextsJson(std::span(group.names).subspan(offset, count))}});
}

}  // namespace

void AddImportRoutes(Router& router, app::Imports& imports) {
  const std::string project = "/api/v1/projects/{project}/imports";
  const std::string import = project + "/{import}";
  router.Add(ReadRoute("/api/v1/media-roots", "listMediaRoots",
                       [&](const Request& request) { return ListRoots(request, imports); }));
  router.Add(ReadRoute("/api/v1/media-roots/{root}/folders", "listFolders",
                       [&](const Request& request) { return ListFolders(request, imports); }, {"path"}));
  router.Add(ReadRoute(project, "listImports", [&](const Request& request) { return ListImports(request, imports); }));
  router.Add(WriteRoute(Method::kPost, project, "createImport", app::Role::kEngineer,
                        [&](const Request& request) { return CreateImport(request, imports); }));
  router.Add(ReadRoute(import, "getImport", [&](const Request& request) {
    return Json(ImportJson(imports.Get(request.Caller(), ProjectOf(request), ImportOf(request))));
  }));
  auto cancel = WriteRoute(
      Method::kDelete, import, "cancelImport", app::Role::kEngineer,
      [&](const Request& request) { return CancelImport(request, imports); }, false);
  cancel.key = Key::kNone;
  router.Add(cancel);

  auto upload = WriteRoute(Method::kPost, import + "/files", "uploadImportFile", app::Role::kEngineer,
                           [&](const Request& request) { return UploadFile(request, imports); });
  upload.key = Key::kNone;
  upload.body = BodyKind::kUpload;
  upload.body_limit = kMostUploadBytes;
  upload.query = {"path"};
  router.Add(upload);

  auto check =
      WriteRoute(Method::kPost, import + "/check", "checkImport", app::Role::kEngineer, [&](const Request& request) {
        return Accepted(
            ImportJson(imports.Check(request.Caller(), ProjectOf(request), ImportOf(request), ChoicesOf(request))));
      });
  check.key = Key::kNone;
  router.Add(check);
  router.Add(ReadRoute(import + "/problems", "listImportProblems",
                       [&](const Request& request) { return ListProblems(request, imports); },
                       {"code", "offset", "count"}));
  router.Add(WriteRoute(
      Method::kPost, import + "/commit", "commitImport", app::Role::kEngineer,
      [&](const Request& request) {
        return Accepted(
            ImportJson(imports.Commit(request.Caller(), ProjectOf(request), ImportOf(request), request.Operation())));
      },
      false));
}

}  // namespace burnish::http
