#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/caller.hpp"
#include "app/open_project.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "embed/embedder.hpp"
#include "jobs/scheduler.hpp"
#include "media/decoder.hpp"
#include "store/blobs/blob_store.hpp"
#include "store/catalog/catalog.hpp"
#include "store/catalog/projects.hpp"
#include "store/log/change_log.hpp"

namespace burnish::app {

// Told to every page that looks at the project. `payload` is one JSON object as text.
struct Notice {
  base::ProjectId project;
  std::string kind;  // "change", "ready", "job"
  std::string payload;
};

// What the use cases are built on; lent, and outlives them. Made in cli/.
struct Services {
  store::Catalog& catalog;
  store::BlobStore& blobs;
  store::ChangeLog& log;
  media::DecoderPool& decoders;
  embed::Embedder* embedder;  // null: no model is installed; everything but embeddings works
  jobs::Scheduler& jobs;
  const base::Clock& clock;
  base::Random& random;
  std::filesystem::path data;                                // the data folder
  std::map<std::string, std::filesystem::path> media_roots;  // folders that may be imported from, by name
  std::function<void(const Notice&)> notify;
};

// A project that the caller may touch, and what they may do in it.
struct Entry {
  std::shared_ptr<OpenProject> open;
  store::Project project;

  OpenProject* operator->() const { return open.get(); }
};

// The open projects, one object each, shared by all use cases. Any thread may call.
class Workspace {
 public:
  explicit Workspace(Services services);
  ~Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  // Checks membership and the least role, and opens the project at its first use. Throws kNotFound for
  // outsiders as for projects that do not exist, kPermissionDenied below `least`.
  Entry Open(const Caller& caller, const base::ProjectId& project, Role least = Role::kViewer);
  // The same for a caller who may look at it, if all is in memory already; null for whatever reason: Open knows. Never
  // waits.
  std::shared_ptr<OpenProject> AtHand(const Caller& caller, const base::ProjectId& project);
  // For jobs and for the start of the server: they act for the project itself.
  std::shared_ptr<OpenProject> OpenForServer(const base::ProjectId& project);

  // After a commit that recorded a change: brings it into the view, tells the pages, and lets the observers start what
  // follows from it. Returns the snapshot that holds it.
  store::SnapshotPtr Committed(const base::ProjectId& project, const store::AppendResult& result);

  // Called once for each project when it is opened (to bring back what was derived before), and after
  // each commit. Register before the first Open.
  using OpenObserver = std::function<void(OpenProject&)>;
  using CommitObserver = std::function<void(OpenProject&, const model::Change&)>;
  void WhenOpened(OpenObserver observer) { opened_.push_back(std::move(observer)); }
  // On the path of the request: starts work, never does it.
  void WhenCommitted(CommitObserver observer) { committed_.push_back(std::move(observer)); }
  // Once a reader has come upon damaged artifacts, on the path of its request too.
  void WhenDamaged(OpenObserver observer) { damaged_.push_back(std::move(observer)); }
  void TellDamaged(OpenProject& project);

  // Tells the pages that a derived view was renewed.
  void AnnounceReady(const base::ProjectId& project, const std::string& view, std::uint64_t generation);

  const Services& Parts() const noexcept { return services_; }

 private:
  // What the catalog said of a person's project.
  struct Known {
    std::uint64_t generation = 0;
    base::Micros until = 0;
    store::Project project;
  };
  bool Holds(const Known& known) const;
  std::optional<store::Project> Find(const base::PersonId& person, const base::ProjectId& project);

  Services services_;
  std::vector<OpenObserver> opened_;
  std::vector<CommitObserver> committed_;
  std::vector<OpenObserver> damaged_;
  std::mutex mutex_;  // guards what follows
  std::map<base::ProjectId, std::shared_ptr<OpenProject>> projects_;
  std::map<std::pair<base::PersonId, base::ProjectId>, Known> known_;
};

}  // namespace burnish::app
