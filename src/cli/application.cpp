#include "cli/application.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "base/log.hpp"
#include "embed/bfloat16.hpp"
#include "http/handlers/edits.hpp"
#include "http/handlers/explore.hpp"
#include "http/handlers/exports.hpp"
#include "http/handlers/imports.hpp"
#include "http/handlers/jobs.hpp"
#include "http/handlers/models.hpp"
#include "http/handlers/projects.hpp"
#include "http/handlers/render.hpp"
#include "http/handlers/samples.hpp"
#include "http/handlers/session.hpp"
#include "http/handlers/versions.hpp"
#include "store/blobs/staging.hpp"
#include "store/catalog/projects.hpp"

namespace burnish::cli {
namespace {

std::unique_ptr<store::Catalog> OpenCatalog(const std::filesystem::path& data, const base::Clock& clock,
                                            base::Random& random) {
  store::CatalogConfig config;
  config.sqlite = data / "catalog.sqlite";
  return store::Catalog::Open(config, clock, random);
}

// Everything but similarity, the map and the probe works without a model.
std::unique_ptr<embed::Embedder> LoadEmbedder(const ApplicationOptions& options) {
  const embed::ModelRegistry registry(options.models);
  for (const auto& problem : registry.Problems()) spdlog::warn("{}", problem);
  if (registry.Models().empty()) {
    spdlog::warn("No embedding model is installed: the map, similar samples and the probe are not available.");
    return nullptr;
  }
  const embed::Model& model = registry.Models().front();
  if (std::filesystem::exists(options.bfloat16_plugin) && embed::HasBfloat16()) {
    try {
      auto embedder =
          std::make_unique<embed::Embedder>(model, embed::EmbedderOptions{.bfloat16_plugin = options.bfloat16_plugin});
      spdlog::info("Embeddings are computed in bfloat16, by OpenVINO.");
      return embedder;
    } catch (const base::Error& error) {
      spdlog::warn("Embeddings are computed in 32 bits: {}", error.what());
    }
  }
  return std::make_unique<embed::Embedder>(model);
}

bool BringsMedia(const model::Delta& delta) {
  return std::any_of(delta.aspects.begin(), delta.aspects.end(), [](const model::AspectDelta& part) {
    return part.aspect.kind == model::AspectKind::kMedia || part.aspect.kind == model::AspectKind::kWithdrawn;
  });
}

http::Event EventOf(const app::Notice& notice) {
  http::Event event{notice.kind, notice.project, {}};
  boost::json::error_code failed;
  auto payload = boost::json::parse(notice.payload, failed);
  if (!failed && payload.is_object()) event.members = std::move(payload.as_object());
  return event;
}

}  // namespace

Application::Application(ApplicationOptions given)
    : options(std::move(given)),
      folder(options.data),
      catalog(OpenCatalog(options.data, clock, random)),
      blobs(store::OpenFolderBlobStore(options.data / "blobs")),
      log(*catalog, *blobs),
      embedder(LoadEmbedder(options)),
      job_store(*catalog),
      scheduler(clock, random, job_store),
      accounts(*catalog, clock),
      activity(*catalog, scheduler),
      events([this](const app::Caller& caller, const base::ProjectId& project) {
        return activity.MaySee(caller, project);
      }),
      workspace(app::Services{*catalog, *blobs, log, decoders, embedder.get(), scheduler, clock, random, options.data,
                              options.media_roots,
                              [this](const app::Notice& notice) { events.Publish(EventOf(notice)); }}),
      models(workspace),
      projects(workspace, models),
      explore(workspace),
      samples(workspace, accounts),
      edits(workspace),
      history(workspace),
      ontology(workspace),
      impact(workspace),
      versions(workspace),
      imports(workspace),
      exports(workspace),
      map_maker(workspace),
      search_index(workspace),
      near_duplicates(workspace),
      probe(workspace),
      prepare(workspace, [this](app::OpenProject& project) {
        map_maker.Follow(project);
        search_index.Follow(project);
        near_duplicates.Follow(project);
        probe.FollowEmbeddings(project);
      }) {
  store::ClearStaging(Staging());
  scheduler.Listen([this](const jobs::Job& job) {
    events.Publish({"job", job.project, {{"job", http::JobJson(job)}}});
  });
}

Application::~Application() { Stop(); }

void Application::AddRoutes(http::Router& router, const std::string& cookie_name) {
  http::AddSessionRoutes(router, accounts, events, cookie_name);
  http::AddProjectRoutes(router, projects);
  http::AddExploreRoutes(router, explore);
  http::AddSampleRoutes(router, samples);
  http::AddEditRoutes(router, edits, history, ontology, accounts);
  http::AddModelRoutes(router, models, impact);
  http::AddVersionRoutes(router, versions, accounts);
  http::AddImportRoutes(router, imports);
  http::AddExportRoutes(router, exports);
  http::AddJobRoutes(router, activity);
}

void Application::Start() {
  workspace.WhenOpened([this](app::OpenProject& project) { BringBackDerived(project); });
  workspace.WhenCommitted([this](app::OpenProject& project, const model::Change& change) {
    // An undo names the run that it withdraws, and holds the samples of an import that it withdraws or brings back.
    // Looking for what lacks pictures walks over all samples, so an undo of labels must not.
    if (change.run) models.Follow(project);
    if (change.imported || BringsMedia(change.delta)) {
      prepare.Follow(project);
      map_maker.Follow(project);
      search_index.Follow(project);
      near_duplicates.Follow(project);
    }
    probe.Follow(project);
  });
  workspace.WhenDamaged([this](app::OpenProject& project) { prepare.MakeAgain(project); });
  scheduler.Start();
  opener_ = std::jthread([this](const std::stop_token& stop) { OpenProjects(stop); });
}

// Whoever opens the project is answered from its columns and the model runs. What else was derived is looked through
// beside that: of ten million samples it takes a while.
void Application::BringBackDerived(app::OpenProject& project) {
  models.Follow(project);
  restorer_.Run("project " + project.Id().Text() + " was not looked through", [this, &project] {
    search_index.Restore(project);
    prepare.Restore(project);
    search_index.Follow(project);
    map_maker.Restore(project);
    near_duplicates.Restore(project);
    probe.Follow(project);
  });
}

// Ahead of the first request, so that nobody waits for columns to load.
void Application::OpenProjects(const std::stop_token& stop) {
  for (const auto& project : catalog->Read([](store::Reader& reader) { return store::AllProjects(reader); })) {
    if (stop.stop_requested()) return;
    try {
      workspace.OpenForServer(project);
    } catch (const std::exception& failure) {
      spdlog::error("project {} could not be opened: {}", project.Text(), failure.what());
    }
  }
}

void Application::Stop() {
  opener_.request_stop();
  if (opener_.joinable()) opener_.join();
  restorer_.Stop();
  scheduler.Stop();
}

}  // namespace burnish::cli
