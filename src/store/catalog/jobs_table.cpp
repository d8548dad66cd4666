#include "store/catalog/jobs_table.hpp"

#include "base/error.hpp"
#include "store/catalog/sql.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;

std::vector<JobRecord> Read(Reader& reader, const std::string& condition, const std::vector<sql::Param>& params) {
  std::vector<JobRecord> jobs;
  for (auto& [project, id, person, kind, state, priority, progress, resume, error, created, started, finished] :
       sql::Select<base::ProjectId, base::JobId, base::PersonId, std::string, JobState, std::int64_t, std::string,
                   std::string, std::string, base::Micros, std::optional<base::Micros>, std::optional<base::Micros>>(
           reader,
           "SELECT project, id, person, kind, state, priority, progress, resume, error, created, started, finished "
           "FROM jobs WHERE " +
               condition,
           params)) {
    jobs.push_back({std::move(id), std::move(project), std::move(person), std::move(kind), state, priority,
                    std::move(progress), std::move(resume), std::move(error), created, started, finished});
  }
  return jobs;
}

}  // namespace

std::string_view JobStateName(JobState state) { return kJobStateNames[static_cast<std::size_t>(state)]; }

void CreateJob(Writer& writer, const JobRecord& job) {
  sql::CheckJsonObject(job.progress, "progress");
  sql::CheckJsonObject(job.resume, "resume");
  sql::Execute(writer,
               "INSERT INTO jobs (project, id, person, kind, state, priority, progress, resume, error, created, "
               "started, finished) "
               "VALUES (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j, :k, :l)",
               {job.project, job.id, job.person, job.kind, job.state, job.priority, job.progress, job.resume, job.error,
                writer.Now(), job.started, job.finished});
}

void UpdateJob(Writer& writer, const JobRecord& job) {
  sql::CheckJsonObject(job.progress, "progress");
  sql::CheckJsonObject(job.resume, "resume");
  const auto touched = sql::Execute(
      writer,
      "UPDATE jobs SET state = :a, priority = :b, progress = :c, resume = :d, error = :e, started = :f, "
      "finished = :g WHERE project = :h AND id = :i",
      {job.state, job.priority, job.progress, job.resume, job.error, job.started, job.finished, job.project, job.id});
  if (touched != 1) throw Error(ErrorCode::kNotFound, "There is no such job.", "job");
}

std::optional<JobRecord> FindJob(Reader& reader, const base::ProjectId& project, const base::JobId& job) {
  auto found = Read(reader, "project = :a AND id = :b", {project, job});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<JobRecord> ListJobs(Reader& reader, const base::ProjectId& project, std::size_t limit) {
  return Read(reader, "project = :a ORDER BY created DESC, id LIMIT :b", {project, limit});
}

std::vector<JobRecord> UnfinishedJobs(Reader& reader) {
  return Read(reader, "state = :a OR state = :b ORDER BY priority DESC, created, id",
              {JobState::kQueued, JobState::kRunning});
}

void ForgetOldJobs(Writer& writer, const base::ProjectId& project, std::size_t keep) {
  sql::Execute(writer,
               "DELETE FROM jobs WHERE project = :a AND state >= :b AND id NOT IN "
               "(SELECT id FROM jobs WHERE project = :c AND state >= :d ORDER BY created DESC, id LIMIT :e)",
               {project, JobState::kDone, project, JobState::kDone, keep});
}

}  // namespace burnish::store
