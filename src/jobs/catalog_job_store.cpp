#include "jobs/catalog_job_store.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/failpoint.hpp"
#include "store/catalog/jobs_table.hpp"

namespace burnish::jobs {
namespace {

namespace json = boost::json;

constexpr std::size_t kKeptPerProject = 200;

std::string TextOf(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(json::string_view(name.data(), name.size()));
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

store::JobRecord RecordOf(const Job& job) {
  store::JobRecord record;
  record.id = job.id;
  record.project = job.project;
  record.person = job.person;
  record.kind = job.kind;
  record.state = static_cast<store::JobState>(job.state);
  record.priority = -static_cast<std::int64_t>(job.priority);  // the table puts higher numbers first
  record.progress = json::serialize(json::object{{"done", job.progress.done},
                                                 {"total", job.progress.total},
                                                 {"unit", job.progress.unit},
                                                 {"phase", job.progress.phase}});
  record.resume = json::serialize(json::object{{"key", job.key},
                                               {"title", job.title},
                                               {"parameters", job.parameters},
                                               {"result", job.result},
                                               {"starts", job.starts}});
  record.error = job.error;
  record.created = job.created_at;
  if (job.started_at != 0) record.started = job.started_at;
  if (job.ended_at != 0) record.finished = job.ended_at;
  return record;
}

Job JobOf(const store::JobRecord& record) {
  Job job;
  job.id = record.id;
  job.project = record.project;
  job.person = record.person;
  job.kind = record.kind;
  job.state = static_cast<State>(record.state);
  job.priority = static_cast<Priority>(-record.priority);
  job.error = record.error;
  job.created_at = record.created;
  job.started_at = record.started.value_or(0);
  job.ended_at = record.finished.value_or(0);
  json::error_code failed;
  const auto resume = json::parse(record.resume, failed);
  if (failed || !resume.is_object()) return job;
  const auto& object = resume.as_object();
  job.key = TextOf(object, "key");
  job.title = TextOf(object, "title");
  job.parameters = TextOf(object, "parameters");
  job.result = TextOf(object, "result");
  if (const auto* starts = object.if_contains("starts"); starts != nullptr && starts->is_int64())
    job.starts = static_cast<int>(starts->as_int64());
  return job;
}

}  // namespace

void CatalogJobStore::Save(const Job& job) {
  const auto record = RecordOf(job);
  const bool known =
      catalog_.Read([&](store::Reader& reader) { return store::FindJob(reader, job.project, job.id).has_value(); });
  BURNISH_FAILPOINT("jobs.save.before");
  catalog_.Write([&](store::Writer& writer) {
    if (!known) store::CreateJob(writer, record);
    if (known || job.state != State::kQueued) store::UpdateJob(writer, record);
    if (job.Ended()) store::ForgetOldJobs(writer, job.project, kKeptPerProject);
  });
  BURNISH_FAILPOINT("jobs.save.after");
}

std::vector<Job> CatalogJobStore::Unfinished() {
  const auto records = catalog_.Read([](store::Reader& reader) { return store::UnfinishedJobs(reader); });
  std::vector<Job> jobs;
  jobs.reserve(records.size());
  for (const auto& record : records) jobs.push_back(JobOf(record));
  return jobs;
}

}  // namespace burnish::jobs
