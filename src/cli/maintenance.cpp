#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <iostream>

#include "base/error.hpp"
#include "base/shipped_parts.hpp"
#include "cli/commands.hpp"
#include "cli/scratch_folder.hpp"
#include "store/catalog/projects.hpp"

namespace burnish::cli {
namespace {

constexpr std::chrono::minutes kLoadingTime{30};

std::vector<base::ProjectId> ProjectsOf(Application& application) {
  return application.catalog->Read([](store::Reader& reader) { return store::AllProjects(reader); });
}

void RequireData(const ApplicationOptions& options) {
  if (!std::filesystem::exists(options.data / "catalog.sqlite")) {
    throw base::Error(base::ErrorCode::kNotFound,
                      "There is no Burnish data in this folder. Name the one that the server uses with --data.");
  }
}

}  // namespace

int Rebuild(const ApplicationOptions& options, const std::string& project) {
  RequireData(options);
  Application application(options);
  bool found = false;
  bool same = true;
  for (const auto& id : ProjectsOf(application)) {
    if (!project.empty() && id.Text() != project) continue;
    found = true;
    auto& view = application.workspace.OpenForServer(id)->View();
    view.AtLeast(application.log.Head(id),
                 kLoadingTime);  // what is there is loaded first: there is something to compare with
    const auto rebuilt = view.Rebuild();
    same = same && rebuilt.before == rebuilt.after;
    std::cout << id.Text() << "  change " << rebuilt.sequence << "  " << rebuilt.after
              << (rebuilt.before == rebuilt.after ? "  as before" : "  DIFFERS from before") << "\n";
  }
  if (!found && !project.empty())
    throw base::Error(base::ErrorCode::kNotFound, "There is no project '" + project + "'.");
  return same ? 0 : 1;
}

int PrintLicenses() {
  for (const auto& part : base::ShippedParts()) {
    std::cout << part.name << " " << part.version << "  " << part.license << "\n";
    if (!part.text.empty()) std::cout << "\n" << part.text << "\n\n";
  }
  return 0;
}

int PrintRoutes() {
  const ScratchFolder scratch;
  ApplicationOptions options;
  options.data = scratch.Path() / "data";
  Application application(options);
  http::Router router;
  application.AddRoutes(router, "burnish_session");
  boost::json::array routes;
  for (const auto& route : router.Routes()) {
    boost::json::array query;
    for (const auto& name : route.query) query.emplace_back(name);
    routes.push_back({{"operation", route.operation},
                      {"method", http::MethodName(route.method)},
                      {"path", route.path},
                      {"policy", route.policy.Name()},
                      {"effects", route.effects},
                      {"destructive", route.destructive},
                      {"key", route.key == http::Key::kRequired},
                      {"body", route.body == http::BodyKind::kNone   ? "none"
                               : route.body == http::BodyKind::kJson ? "json"
                                                                     : "upload"},
                      {"query", std::move(query)}});
  }
  std::cout << boost::json::serialize(routes) << "\n";
  return 0;
}

}  // namespace burnish::cli
