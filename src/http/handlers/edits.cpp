#include "http/handlers/edits.hpp"

#include <boost/json/serialize.hpp>

#include "base/error.hpp"
#include "http/handlers/render.hpp"
#include "model/filter_json.hpp"

namespace burnish::http {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kMostReason = 2000;
constexpr std::size_t kMostClassName = 200;
constexpr std::int64_t kMostSequence = 9'007'199'254'740'991;

base::SequenceNumber BaseOf(const JsonReader& body) {
  return static_cast<base::SequenceNumber>(body.Integer("base", 0, kMostSequence));
}

app::EditTarget TargetOf(const JsonReader& target) {
  const int given = int{target.Has("ordinals")} + int{target.Has("filter")} + int{target.Has("result")};
  if (given != 1)
    throw Error(ErrorCode::kInvalidArgument, "'target' must have exactly one of 'ordinals', 'filter' and 'result'.",
                "target");
  if (target.Has("filter")) return model::FilterFromJson(target.Value("filter"));
  if (target.Has("result")) return app::ResultTarget{target.Text("result", 64)};
  auto ordinals = target.Ordinals("ordinals", 1'000'000);
  if (ordinals.empty())
    throw Error(ErrorCode::kInvalidArgument, "'target.ordinals' must name at least one sample.", "target.ordinals");
  return ordinals;
}

app::EditSet SetOf(const JsonReader& set) {
  app::EditSet edit;
  if (set.IsNull("class")) {
    edit.class_name.emplace(std::nullopt);
  } else if (set.Has("class")) {
    edit.class_name.emplace(set.Text("class", kMostClassName));
  }
  edit.confirm = set.BooleanOr("confirm", false);
  edit.accept_suggestion = set.BooleanOr("accept_suggestion", false);
  if (set.Has("split")) edit.split = static_cast<model::Split>(set.Choice("split", model::kSplitNames));
  if (set.Has("excluded")) edit.excluded = set.Boolean("excluded");
  edit.add_tags = set.Texts("add_tags", 50, 120);
  edit.remove_tags = set.Texts("remove_tags", 50, 120);
  if (edit.accept_suggestion && edit.class_name)
    throw Error(ErrorCode::kInvalidArgument,
                "'set' names a class and accepts the suggested one. Send one of 'class' and 'accept_suggestion'.",
                "set.class");
  if (edit.confirm && edit.class_name && !*edit.class_name)
    throw Error(ErrorCode::kInvalidArgument,
                "'set' takes the label away and confirms it. Send 'confirm' without 'class', or with a class.",
                "set.confirm");
  return edit;
}

Response CreateEdit(const Request& request, app::Edits& edits, app::Accounts& accounts) {
  const auto body = request.Body({"base", "target", "set", "generation", "overwrite", "reason"});
  app::EditRequest edit;
  edit.operation = request.Operation();
  edit.base = BaseOf(body);
  edit.target = TargetOf(body.Object("target", {"ordinals", "filter", "result"}));
  edit.set = SetOf(
      body.Object("set", {"class", "confirm", "accept_suggestion", "split", "excluded", "add_tags", "remove_tags"}));
  edit.generation = static_cast<std::uint64_t>(body.IntegerIfAny("generation", 0).value_or(0));
  edit.overwrite = body.BooleanOr("overwrite", false);
  edit.reason = body.TextIfAny("reason", kMostReason).value_or("");
  edit.body = json::serialize(request.BodyJson());
  return Json(OutcomeJson(edits.Apply(request.Caller(), ProjectOf(request), edit), accounts));
}

Response ListChanges(const Request& request, app::History& history, app::Accounts& accounts) {
  const auto page =
      history.List(request.Caller(), ProjectOf(request), request.QueryOr<base::SequenceNumber>("before", 0),
                   QueryNumber(request, "count", 1, 200, 50));
  json::array changes;
  for (const auto& row : page.changes) {
    changes.push_back({{"sequence", row.sequence},
                       {"at", row.at},
                       {"author", accounts.NameOf(row.author)},
                       {"kind", model::ChangeKindName(row.kind)},
                       {"summary", row.summary},
                       {"reason", row.reason},
                       {"samples", row.samples},
                       {"undoes", OrNull(row.undoes)},
                       {"undone_by", OrNull(row.undone_by)}});
  }
  return Json({{"head", page.head},
               {"changes", std::move(changes)},
               {"can_undo", OrNull(page.can_undo)},
               {"can_redo", OrNull(page.can_redo)}});
}

Response CreateClass(const Request& request, app::OntologyEdits& ontology, app::Accounts& accounts) {
  const auto body = request.Body({"name", "reason"});
  return Json(
      OutcomeJson(ontology.Add(request.Caller(), ProjectOf(request), request.Operation(),
                               body.Text("name", kMostClassName), body.TextIfAny("reason", kMostReason).value_or("")),
                  accounts));
}

Response UpdateClass(const Request& request, app::OntologyEdits& ontology, app::Accounts& accounts) {
  const auto body = request.Body({"base", "name", "retired", "reason"});
  app::ClassEditRequest edit;
  edit.operation = request.Operation();
  edit.base = BaseOf(body);
  edit.id = request.Path<model::ClassId>("class");
  if (body.Has("name")) edit.name = body.Text("name", kMostClassName);
  if (body.Has("retired")) edit.retired = body.Boolean("retired");
  edit.reason = body.TextIfAny("reason", kMostReason).value_or("");
  return Json(OutcomeJson(ontology.Update(request.Caller(), ProjectOf(request), edit), accounts));
}

Response MergeClass(const Request& request, app::OntologyEdits& ontology, app::Accounts& accounts) {
  const auto body = request.Body({"base", "into", "reason"});
  app::MergeRequest merge;
  merge.operation = request.Operation();
  merge.base = BaseOf(body);
  merge.from = request.Path<model::ClassId>("class");
  merge.into = static_cast<model::ClassId>(body.Integer("into", 0, 65'534));
  merge.reason = body.TextIfAny("reason", kMostReason).value_or("");
  return Json(OutcomeJson(ontology.Merge(request.Caller(), ProjectOf(request), merge), accounts));
}

Route DestructiveRoute(Method method, std::string path, std::string operation, Handler handler, bool body) {
  auto route = WriteRoute(method, std::move(path), std::move(operation), app::Role::kExpert, std::move(handler), body);
  route.destructive = true;
  return route;
}

}  // namespace

ProblemDetails ConflictDetails(app::Accounts& accounts) {
  return [&accounts](const Error& failure) -> json::object {
    const auto* conflict = dynamic_cast<const app::EditConflict*>(&failure);
    if (conflict == nullptr) return {};
    return {{"conflicts", ConflictsJson(conflict->Items(), accounts)}};
  };
}

void AddEditRoutes(Router& router, app::Edits& edits, app::History& history, app::OntologyEdits& ontology,
                   app::Accounts& accounts) {
  const std::string project = "/api/v1/projects/{project}";
  router.Add(DestructiveRoute(
      Method::kPost, project + "/edits", "createEdit",
      [&](const Request& request) { return CreateEdit(request, edits, accounts); }, true));
  router.Add(DestructiveRoute(
      Method::kPost, project + "/undo", "undo",
      [&](const Request& request) {
        return Json(
            OutcomeJson(history.UndoLatest(request.Caller(), ProjectOf(request), request.Operation()), accounts));
      },
      false));
  router.Add(DestructiveRoute(
      Method::kPost, project + "/redo", "redo",
      [&](const Request& request) {
        return Json(
            OutcomeJson(history.RedoLatest(request.Caller(), ProjectOf(request), request.Operation()), accounts));
      },
      false));
  router.Add(ReadRoute(project + "/changes", "listChanges",
                       [&](const Request& request) { return ListChanges(request, history, accounts); },
                       {"before", "count"}));
  router.Add(DestructiveRoute(
      Method::kPost, project + "/changes/{sequence}/undo", "undoChange",
      [&](const Request& request) {
        return Json(OutcomeJson(history.UndoChange(request.Caller(), ProjectOf(request), request.Operation(),
                                                   request.Path<base::SequenceNumber>("sequence")),
                                accounts));
      },
      false));
  router.Add(DestructiveRoute(
      Method::kPost, project + "/classes", "createClass",
      [&](const Request& request) { return CreateClass(request, ontology, accounts); }, true));
  router.Add(DestructiveRoute(
      Method::kPatch, project + "/classes/{class}", "updateClass",
      [&](const Request& request) { return UpdateClass(request, ontology, accounts); }, true));
  router.Add(DestructiveRoute(
      Method::kPost, project + "/classes/{class}/merge", "mergeClass",
      [&](const Request& request) { return MergeClass(request, ontology, accounts); }, true));
}

}  // namespace burnish::http
