#include "http/handlers/versions.hpp"

#include <algorithm>

#include "http/handlers/render.hpp"
#include "model/filter_json.hpp"

namespace burnish::http {
namespace {

json::object VersionJson(const app::VersionView& view, app::Accounts& accounts) {
  const auto& version = view.version;
  return {{"name", version.name},
          {"note", version.note},
          {"sequence", version.sequence},
          {"digest", version.digest},
          {"samples", view.samples},
          {"created_at", version.at},
          {"author", accounts.NameOf(version.author)}};
}

json::object StateJson(const app::NamedState& state) { return {{"name", state.name}, {"sequence", state.sequence}}; }

json::array MovesJson(const std::vector<app::StateDiff::Move>& moves) {
  json::array array;
  for (const auto& move : moves)
    array.push_back({{"before", OrNull(move.before)}, {"after", OrNull(move.after)}, {"count", move.count}});
  return array;
}

Response ListVersions(const Request& request, app::Versions& versions, app::Accounts& accounts) {
  json::array array;
  for (const auto& view : versions.List(request.Caller(), ProjectOf(request)))
    array.push_back(VersionJson(view, accounts));
  return Json({{"versions", std::move(array)}});
}

Response CreateVersion(const Request& request, app::Versions& versions, app::Accounts& accounts) {
  const auto body = request.Body({"name", "note"});
  const auto view = versions.Publish(request.Caller(), ProjectOf(request), request.Operation(), body.Text("name", 120),
                                     body.TextIfAny("note", 4000).value_or(""));
  return Json(VersionJson(view, accounts), 201);
}

Response DiffVersions(const Request& request, app::Versions& versions) {
  const auto body = request.Body({"from", "to"});
  const auto diff = versions.Diff(request.Caller(), ProjectOf(request), body.Text("from", 120), body.Text("to", 120));
  json::array tags;
  for (const auto& tag : diff.tags) tags.push_back({{"tag", tag.tag}, {"added", tag.added}, {"removed", tag.removed}});
  const model::Filter changed{
      model::ChangedIn{std::min(diff.from.sequence, diff.to.sequence), std::max(diff.from.sequence, diff.to.sequence)}};
  return Json({{"from", StateJson(diff.from)},
               {"to", StateJson(diff.to)},
               {"samples_added", diff.samples_added},
               {"samples_withdrawn", diff.samples_withdrawn},
               {"labels", MovesJson(diff.labels)},
               {"splits", MovesJson(diff.splits)},
               {"excluded", {{"excluded", diff.excluded}, {"included", diff.included}}},
               {"tags", std::move(tags)},
               {"classes", TextsJson(diff.classes)},
               {"filter", model::FilterToJson(changed)}});
}

}  // namespace

void AddVersionRoutes(Router& router, app::Versions& versions, app::Accounts& accounts) {
  const std::string project = "/api/v1/projects/{project}";
  router.Add(ReadRoute(project + "/versions", "listVersions",
                       [&](const Request& request) { return ListVersions(request, versions, accounts); }));
  router.Add(WriteRoute(Method::kPost, project + "/versions", "createVersion", app::Role::kExpert,
                        [&](const Request& request) { return CreateVersion(request, versions, accounts); }));
  router.Add(AskRoute(project + "/diffs", "diffVersions",
                      [&](const Request& request) { return DiffVersions(request, versions); }));
}

}  // namespace burnish::http
