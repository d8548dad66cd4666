#pragma once

#include <optional>
#include <vector>

#include "app/caller.hpp"
#include "jobs/scheduler.hpp"
#include "store/catalog/catalog.hpp"

namespace burnish::app {

// Background work as the people of its project see it.
class Activity {
 public:
  Activity(store::Catalog& catalog, jobs::Scheduler& jobs) : catalog_(catalog), jobs_(jobs) {}

  // Of one project, or of all that the caller is a member of; running first, then newest. Throws kNotFound for a
  // project that the caller may not see.
  std::vector<jobs::Job> List(const Caller& caller, const std::optional<base::ProjectId>& project);
  // Asks a job to stop and returns it as it is then. Throws kNotFound for one that the caller may not see,
  // kPermissionDenied below an engineer.
  jobs::Job Cancel(const Caller& caller, const base::JobId& id);
  // Whether the caller may hear of the project at all.
  bool MaySee(const Caller& caller, const base::ProjectId& project);

 private:
  std::optional<Role> RoleIn(const Caller& caller, const base::ProjectId& project);

  store::Catalog& catalog_;
  jobs::Scheduler& jobs_;
};

}  // namespace burnish::app
