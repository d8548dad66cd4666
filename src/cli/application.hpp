#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "app/accounts.hpp"
#include "app/activity.hpp"
#include "app/edits.hpp"
#include "app/explore.hpp"
#include "app/exports.hpp"
#include "app/history.hpp"
#include "app/impact.hpp"
#include "app/imports.hpp"
#include "app/map.hpp"
#include "app/models.hpp"
#include "app/near_duplicates.hpp"
#include "app/ontology.hpp"
#include "app/prepare.hpp"
#include "app/probe.hpp"
#include "app/projects.hpp"
#include "app/samples.hpp"
#include "app/search_index.hpp"
#include "app/versions.hpp"
#include "app/workspace.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "embed/embedder.hpp"
#include "embed/model_registry.hpp"
#include "http/events.hpp"
#include "http/router.hpp"
#include "jobs/catalog_job_store.hpp"
#include "jobs/quiet_thread.hpp"
#include "jobs/scheduler.hpp"
#include "media/decoder.hpp"
#include "store/blobs/blob_store.hpp"
#include "store/catalog/catalog.hpp"
#include "store/catalog/data_folder.hpp"
#include "store/log/change_log.hpp"

namespace burnish::cli {

struct ApplicationOptions {
  std::filesystem::path data;
  std::map<std::string, std::filesystem::path> media_roots;  // by name
  std::filesystem::path models;                              // folder of embedding models
  std::filesystem::path bfloat16_plugin;  // used where it is there and the processor has bfloat16; may be empty
};

// All parts of Burnish but the server, wired once. Members stand in the order in which they need each other, and go in
// the reverse one. Holds the data folder: one per folder at a time.
class Application {
 public:
  // Throws kUnavailable with one sentence when the data folder cannot be used.
  explicit Application(ApplicationOptions options);
  ~Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  // The routes of all use cases. `cookie_name` is the server's.
  void AddRoutes(http::Router& router, const std::string& cookie_name);
  // Takes up background work, opens the projects, and from now on starts what follows from each change.
  void Start();
  // Ends background work. Called before the parts go.
  void Stop();

  std::filesystem::path Staging() const { return options.data / "staging"; }

  ApplicationOptions options;
  base::SystemClock clock;
  base::SystemRandom random;
  store::DataFolder folder;
  std::unique_ptr<store::Catalog> catalog;
  std::unique_ptr<store::BlobStore> blobs;
  store::ChangeLog log;
  media::DecoderPool decoders;
  std::unique_ptr<embed::Embedder> embedder;  // null: no model is installed
  jobs::CatalogJobStore job_store;
  jobs::Scheduler scheduler;
  app::Accounts accounts;
  app::Activity activity;
  http::EventHub events;
  app::Workspace workspace;
  app::Models models;
  app::Projects projects;
  app::Explore explore;
  app::Samples samples;
  app::Edits edits;
  app::History history;
  app::OntologyEdits ontology;
  app::ImpactReport impact;
  app::Versions versions;
  app::Imports imports;
  app::Exports exports;
  app::MapMaker map_maker;
  app::SearchIndex search_index;
  app::NearDuplicates near_duplicates;
  app::Probe probe;
  app::Prepare prepare;

 private:
  void BringBackDerived(app::OpenProject& project);
  void OpenProjects(const std::stop_token& stop);

  jobs::QuietThread restorer_;
  std::jthread opener_;
};

}  // namespace burnish::cli
