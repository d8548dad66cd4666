#pragma once

#include <vector>

#include "jobs/job.hpp"

namespace burnish::jobs {

// Where jobs outlive the process. Called by the scheduler, one call at a time.
class JobStore {
 public:
  virtual ~JobStore() = default;
  // Inserts or replaces by id; durable when it returns. Called when a job is queued, begun and ended, not for progress.
  virtual void Save(const Job& job) = 0;
  // Those that had not ended, oldest first.
  virtual std::vector<Job> Unfinished() = 0;
};

}  // namespace burnish::jobs
