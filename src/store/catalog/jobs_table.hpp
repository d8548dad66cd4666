#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/catalog/session.hpp"

namespace burnish::store {

enum class JobState : std::uint8_t { kQueued = 0, kRunning = 1, kDone = 2, kFailed = 3, kCancelled = 4 };
inline constexpr std::array<std::string_view, 5> kJobStateNames = {"queued", "running", "done", "failed", "cancelled"};
std::string_view JobStateName(JobState state);

// Background work, as the scheduler keeps it over restarts.
struct JobRecord {
  base::JobId id;
  base::ProjectId project;
  base::PersonId person;  // on whose behalf; empty for the server itself
  std::string kind;
  JobState state = JobState::kQueued;
  std::int64_t priority = 0;    // higher goes first
  std::string progress = "{}";  // JSON for people
  std::string resume = "{}";    // JSON for the job: where to go on after a restart
  std::string error;            // one sentence, kFailed
  base::Micros created = 0;     // filled by CreateJob
  std::optional<base::Micros> started;
  std::optional<base::Micros> finished;
};

void CreateJob(Writer& writer, const JobRecord& job);
// State, priority, progress, resume, error, started and finished become those of `job`. Throws kNotFound.
void UpdateJob(Writer& writer, const JobRecord& job);
std::optional<JobRecord> FindJob(Reader& reader, const base::ProjectId& project, const base::JobId& job);
std::vector<JobRecord> ListJobs(Reader& reader, const base::ProjectId& project,
                                std::size_t limit = 100);  // newest first
// For the scheduler at start: queued and running ones of all projects, highest priority first, then oldest.
std::vector<JobRecord> UnfinishedJobs(Reader& reader);
// Removes finished jobs of the project except its newest `keep`.
void ForgetOldJobs(Writer& writer, const base::ProjectId& project, std::size_t keep);

}  // namespace burnish::store
