#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/catalog/session.hpp"

namespace burnish::store {

enum class RunKind : std::uint8_t { kImported = 0, kProbe = 1 };
enum class RunStatus : std::uint8_t { kPending = 0, kReady = 1, kFailed = 2 };
std::string_view RunKindName(RunKind kind);
std::string_view RunStatusName(RunStatus status);

// One model's predictions on a project's samples.
struct ModelRun {
  base::RunId id;  // chosen by the caller; unique in the project
  std::string name;
  RunKind kind = RunKind::kImported;
  RunStatus status = RunStatus::kPending;
  std::optional<base::SequenceNumber> trained_on;  // the project's state that it learned from, where known
  std::string artifact;                            // blob (imported) or artifact (probe) that holds the predictions
  std::string details = "{}";                      // a JSON object
  base::Micros created = 0;                        // filled by CreateModelRun
  bool withdrawn = false;                          // its import is undone
};

void CreateModelRun(Writer& writer, const base::ProjectId& project, const ModelRun& run);
// Status, artifact, trained_on, details and name of the run with this id become those of `run`.
// Throws kNotFound.
void UpdateModelRun(Writer& writer, const base::ProjectId& project, const ModelRun& run);
// Runs of the probe are derived and may go; a run that was imported cannot be removed (kInvalidArgument).
void RemoveProbeRun(Writer& writer, const base::ProjectId& project, const base::RunId& run);
std::vector<ModelRun> ListModelRuns(Reader& reader, const base::ProjectId& project);  // newest first
std::optional<ModelRun> FindModelRun(Reader& reader, const base::ProjectId& project, const base::RunId& run);
// For the log, which undoes and redoes imported runs.
void SetRunWithdrawn(Writer& writer, const base::ProjectId& project, const base::RunId& run, bool withdrawn);

}  // namespace burnish::store
