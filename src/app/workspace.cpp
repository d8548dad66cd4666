#include "app/workspace.hpp"

#include <boost/json.hpp>
#include <chrono>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "base/log.hpp"

namespace burnish::app {
namespace {

// Of a project's columns from their file, or, when that is lost, from batches and log.
constexpr std::chrono::hours kMostLoading{1};
// How long another process' change of who may do what can go unseen; our own are seen at once.
constexpr base::Micros kKnownFor = 1'000'000;
constexpr std::size_t kMostKnown = 1024;

base::Error NoSuchProject(const base::ProjectId& project) {
  return {base::ErrorCode::kNotFound, "There is no such project, or it is not shared with you.", project.Text()};
}

}  // namespace

Workspace::Workspace(Services services) : services_(std::move(services)) {}
Workspace::~Workspace() = default;

Entry Workspace::Open(const Caller& caller, const base::ProjectId& project, Role least) {
  auto found = Find(caller.person, project);
  if (!found) throw NoSuchProject(project);
  Require({caller.person, caller.name, std::max(caller.role, found->role)}, least);
  return {OpenForServer(project), *std::move(found)};
}

std::shared_ptr<OpenProject> Workspace::AtHand(const Caller& caller, const base::ProjectId& project) {
  const std::unique_lock lock(mutex_, std::try_to_lock);  // somebody who opens a project holds it for long
  if (!lock) return nullptr;
  const auto known = known_.find({caller.person, project});
  if (known == known_.end() || !Holds(known->second)) return nullptr;
  if (std::max(caller.role, known->second.project.role) > Role::kViewer) return nullptr;
  const auto open = projects_.find(project);
  return open == projects_.end() ? nullptr : open->second;
}

bool Workspace::Holds(const Known& known) const {
  return known.generation == services_.catalog.Generation() && services_.clock.Now() < known.until;
}

std::optional<store::Project> Workspace::Find(const base::PersonId& person, const base::ProjectId& project) {
  const std::uint64_t generation = services_.catalog.Generation();
  const base::Micros now = services_.clock.Now();
  {
    const std::scoped_lock lock(mutex_);
    const auto known = known_.find({person, project});
    if (known != known_.end() && Holds(known->second)) return known->second.project;
  }
  auto found =
      services_.catalog.Read([&](store::Reader& reader) { return store::FindProject(reader, person, project); });
  if (!found) return found;
  const std::scoped_lock lock(mutex_);
  if (known_.size() >= kMostKnown) known_.clear();
  known_.insert_or_assign({person, project}, Known{generation, now + kKnownFor, *found});
  return found;
}

std::shared_ptr<OpenProject> Workspace::OpenForServer(const base::ProjectId& project) {
  std::shared_ptr<OpenProject> opened;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = projects_.find(project);
    if (found != projects_.end()) return found->second;
    opened = std::make_shared<OpenProject>(services_, project);
    projects_.emplace(project, opened);
  }
  // What was derived is attached to the samples, so they come first. Others that open the project meanwhile do not
  // wait.
  opened->View().AtLeast(services_.log.Head(project), kMostLoading);
  for (const OpenObserver& observer : opened_) observer(*opened);
  return opened;
}

store::SnapshotPtr Workspace::Committed(const base::ProjectId& project, const store::AppendResult& result) {
  const auto open = OpenForServer(project);
  BURNISH_FAILPOINT("app.committed");
  std::shared_ptr<const model::Change> change = result.change;
  if (!change) {
    // Recorded by an earlier try, of which nobody may have told the view.
    if (auto found = services_.log.FindChange(project, result.sequence))
      change = std::make_shared<const model::Change>(*std::move(found));
  }
  if (change) open->View().Apply(*change);
  auto snapshot = open->View().AtLeast(result.sequence);
  services_.notify({project, "change", boost::json::serialize(boost::json::object{{"sequence", result.sequence}})});
  if (change) {
    for (const CommitObserver& observer : committed_) observer(*open, *change);
  }
  return snapshot;
}

void Workspace::TellDamaged(OpenProject& project) {
  spdlog::warn("project {}: damaged artifacts are made again", project.Id().Text());
  for (const OpenObserver& observer : damaged_) observer(project);
}

void Workspace::AnnounceReady(const base::ProjectId& project, const std::string& view, std::uint64_t generation) {
  services_.notify(
      {project, "ready", boost::json::serialize(boost::json::object{{"view", view}, {"generation", generation}})});
}

}  // namespace burnish::app
