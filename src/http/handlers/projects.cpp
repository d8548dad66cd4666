#include "http/handlers/projects.hpp"

#include "http/handlers/render.hpp"

namespace burnish::http {
namespace {

json::object CardJson(const app::ProjectCard& card) {
  json::object object{{"id", card.project.id.Text()},
                      {"name", card.project.name},
                      {"sequence", card.project.head},
                      {"samples", card.samples},
                      {"labeled", card.labeled},
                      {"excluded", card.excluded},
                      {"created_at", card.project.created},
                      {"changed_at", card.changed_at},
                      {"trashed", card.project.trashed.has_value()},
                      {"covers", NumbersJson(card.covers)}};
  if (!card.banner.empty()) object["banner"] = card.banner;
  return object;
}

json::array ClassesJson(const std::vector<app::ClassCount>& classes) {
  json::array array;
  for (const auto& each : classes) {
    auto object = ClassJson(each.value);
    object["count"] = each.count;
    array.push_back(std::move(object));
  }
  return array;
}

json::object ViewJson(const std::string& name, const app::ViewState& state) {
  json::object object{{"view", name},
                      {"done", state.done},
                      {"total", state.total},
                      {"ready", state.ready},
                      {"generation", state.generation}};
  if (!state.sentence.empty()) object["sentence"] = state.sentence;
  return object;
}

json::object ProjectJson(const app::ProjectView& view) {
  json::object splits;
  for (std::size_t i = 0; i < view.splits.size() && i < model::kSplitNames.size(); ++i)
    splits[model::kSplitNames[i]] = view.splits[i];
  json::array fields;
  for (const auto& field : view.fields)
    fields.push_back({{"name", field.name}, {"type", model::kFieldTypeNames[static_cast<std::size_t>(field.type)]}});
  json::array runs;
  for (const auto& run : view.runs) runs.push_back(RunJson(run));
  json::array views;
  for (const auto& [name, state] : view.views) views.push_back(ViewJson(name, state));
  json::array advice;
  for (const auto& each : view.advice) advice.push_back({{"code", each.code}, {"sentence", each.sentence}});
  json::object object{{"card", CardJson(view.card)},  {"as_of", view.as_of},
                      {"splits", std::move(splits)},  {"classes", ClassesJson(view.classes)},
                      {"tags", TextsJson(view.tags)}, {"fields", std::move(fields)},
                      {"runs", std::move(runs)},      {"views", std::move(views)},
                      {"advice", std::move(advice)}};
  if (!view.banner.empty()) object["banner"] = view.banner;
  return object;
}

Response ListProjects(const Request& request, app::Projects& projects) {
  json::array cards;
  for (const auto& card : projects.List(request.Caller(), request.QueryOr<bool>("trashed", false)))
    cards.push_back(CardJson(card));
  return Json({{"projects", std::move(cards)}});
}

Response CreateProject(const Request& request, app::Projects& projects) {
  const auto card = projects.Create(request.Caller(), request.Operation(), request.Body({"name"}).Text("name", 120));
  return Created(CardJson(card), "/api/v1/projects/" + card.project.id.Text());
}

Response UpdateProject(const Request& request, app::Projects& projects) {
  const auto body = request.Body({"name", "trashed"});
  std::optional<std::string> name;
  if (body.Has("name")) name = body.Text("name", 120);
  std::optional<bool> trashed;
  if (body.Has("trashed")) trashed = body.Boolean("trashed");
  return Json(CardJson(projects.Update(request.Caller(), ProjectOf(request), name, trashed)));
}

Response ListClasses(const Request& request, app::Projects& projects) {
  const auto [as_of, classes] = projects.Classes(request.Caller(), ProjectOf(request));
  return Json({{"as_of", as_of}, {"classes", ClassesJson(classes)}});
}

}  // namespace

void AddProjectRoutes(Router& router, app::Projects& projects) {
  router.Add(ReadRoute("/api/v1/projects", "listProjects",
                       [&](const Request& request) { return ListProjects(request, projects); }, {"trashed"}));
  router.Add(WriteRoute(Method::kPost, "/api/v1/projects", "createProject", app::Role::kManager,
                        [&](const Request& request) { return CreateProject(request, projects); }));
  router.Add(ReadRoute("/api/v1/projects/{project}", "getProject", [&](const Request& request) {
    return Json(ProjectJson(projects.Get(request.Caller(), ProjectOf(request))));
  }));
  auto update = WriteRoute(Method::kPatch, "/api/v1/projects/{project}", "updateProject", app::Role::kManager,
                           [&](const Request& request) { return UpdateProject(request, projects); });
  update.destructive = true;
  router.Add(update);
  router.Add(ReadRoute("/api/v1/projects/{project}/classes", "listClasses",
                       [&](const Request& request) { return ListClasses(request, projects); }));
}

}  // namespace burnish::http
