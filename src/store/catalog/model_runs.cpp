#include "store/catalog/model_runs.hpp"

#include <array>

#include "base/error.hpp"
#include "store/catalog/sql.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;

std::vector<ModelRun> Read(Reader& reader, const std::string& condition, const std::vector<sql::Param>& params) {
  std::vector<ModelRun> runs;
  for (auto& [id, name, kind, status, trained_on, artifact, details, created, withdrawn] :
       sql::Select<base::RunId, std::string, RunKind, RunStatus, std::optional<base::SequenceNumber>, std::string,
                   std::string, base::Micros, bool>(reader,
                                                    "SELECT id, name, kind, status, trained_on, artifact, details, "
                                                    "created, withdrawn FROM model_runs WHERE project = :a" +
                                                        condition,
                                                    params)) {
    runs.push_back({std::move(id), std::move(name), kind, status, trained_on, std::move(artifact), std::move(details),
                    created, withdrawn});
  }
  return runs;
}

void MustTouchOne(std::int64_t touched) {
  if (touched != 1) throw Error(ErrorCode::kNotFound, "There is no such model run.", "run");
}

}  // namespace

std::string_view RunKindName(RunKind kind) {
  constexpr std::array<std::string_view, 2> kNames = {"imported", "probe"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view RunStatusName(RunStatus status) {
  constexpr std::array<std::string_view, 3> kNames = {"pending", "ready", "failed"};
  return kNames[static_cast<std::size_t>(status)];
}

void CreateModelRun(Writer& writer, const base::ProjectId& project, const ModelRun& run) {
  sql::CheckName(run.name, 200, "name");
  sql::CheckJsonObject(run.details, "details");
  const auto added = sql::Execute(
      writer,
      "INSERT INTO model_runs (project, id, name, kind, status, trained_on, artifact, details, created, withdrawn) "
      "VALUES (:a, :b, :c, :d, :e, :f, :g, :h, :i, 0) ON CONFLICT (project, id) DO NOTHING",
      {project, run.id, run.name, run.kind, run.status, run.trained_on, run.artifact, run.details, writer.Now()});
  if (added != 1) throw Error(ErrorCode::kConflict, "There is already a model run with this id.", "run");
}

void UpdateModelRun(Writer& writer, const base::ProjectId& project, const ModelRun& run) {
  sql::CheckName(run.name, 200, "name");
  sql::CheckJsonObject(run.details, "details");
  MustTouchOne(sql::Execute(writer,
                            "UPDATE model_runs SET name = :a, status = :b, trained_on = :c, artifact = :d, details = "
                            ":e WHERE project = :f AND id = :g",
                            {run.name, run.status, run.trained_on, run.artifact, run.details, project, run.id}));
}

void RemoveProbeRun(Writer& writer, const base::ProjectId& project, const base::RunId& run) {
  const auto found = FindModelRun(writer, project, run);
  if (!found) return;
  if (found->kind != RunKind::kProbe) {
    throw Error(ErrorCode::kInvalidArgument,
                "A model run that was imported stays. Undo its import to take it out of sight.", "run");
  }
  sql::Execute(writer, "DELETE FROM model_runs WHERE project = :a AND id = :b", {project, run});
}

std::vector<ModelRun> ListModelRuns(Reader& reader, const base::ProjectId& project) {
  return Read(reader, " ORDER BY created DESC, id", {project});
}

std::optional<ModelRun> FindModelRun(Reader& reader, const base::ProjectId& project, const base::RunId& run) {
  auto found = Read(reader, " AND id = :b", {project, run});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

void SetRunWithdrawn(Writer& writer, const base::ProjectId& project, const base::RunId& run, bool withdrawn) {
  MustTouchOne(sql::Execute(writer, "UPDATE model_runs SET withdrawn = :a WHERE project = :b AND id = :c",
                            {withdrawn, project, run}));
}

}  // namespace burnish::store
