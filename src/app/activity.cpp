#include "app/activity.hpp"

#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "store/catalog/projects.hpp"

namespace burnish::app {

std::optional<Role> Activity::RoleIn(const Caller& caller, const base::ProjectId& project) {
  return catalog_.Read([&](store::Reader& reader) -> std::optional<Role> {
    const auto found = store::FindProject(reader, caller.person, project);
    if (!found) return std::nullopt;
    return found->role;
  });
}

bool Activity::MaySee(const Caller& caller, const base::ProjectId& project) {
  const auto role = RoleIn(caller, project);
  return role && *role <= Role::kViewer;
}

std::vector<jobs::Job> Activity::List(const Caller& caller, const std::optional<base::ProjectId>& project) {
  if (project) {
    if (!MaySee(caller, *project))
      throw base::Error(base::ErrorCode::kNotFound, "There is no such project.", "project");
    return jobs_.List(*project);
  }
  auto jobs = jobs_.ListAll();
  std::map<base::ProjectId, bool> seen;
  std::erase_if(jobs, [&](const jobs::Job& job) {
    if (!seen.contains(job.project)) seen[job.project] = MaySee(caller, job.project);
    return !seen[job.project];
  });
  return jobs;
}

jobs::Job Activity::Cancel(const Caller& caller, const base::JobId& id) {
  const auto jobs = List(caller, std::nullopt);
  const auto job = std::find_if(jobs.begin(), jobs.end(), [&](const jobs::Job& each) { return each.id == id; });
  if (job == jobs.end())
    throw base::Error(base::ErrorCode::kNotFound, "There is no such job; it may have ended long ago.", "job");
  if (RoleIn(caller, job->project).value_or(Role::kLabeler) > Role::kEngineer) {
    throw base::Error(base::ErrorCode::kPermissionDenied,
                      "Only engineers and above may stop jobs. Ask the owner of the project.");
  }
  jobs_.Cancel(job->project, id);
  return jobs_.Find(job->project, id).value_or(*job);
}

}  // namespace burnish::app
