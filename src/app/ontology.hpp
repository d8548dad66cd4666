#pragma once

#include <optional>
#include <string>

#include "app/edit_outcome.hpp"

namespace burnish::app {

struct ClassEditRequest {
  base::OperationId operation;
  base::SequenceNumber base = 0;
  model::ClassId id = model::kNoClass;
  std::optional<std::string> name;
  std::optional<bool> retired;
  std::string reason;
};

struct MergeRequest {
  base::OperationId operation;
  base::SequenceNumber base = 0;
  model::ClassId from = model::kNoClass;
  model::ClassId into = model::kNoClass;
  std::string reason;
};

// The project's classes. Names are 1 to 200 characters and unique among classes that are not merged away.
class OntologyEdits {
 public:
  explicit OntologyEdits(Workspace& workspace) : workspace_(workspace) {}

  // Throws kConflict for a taken name.
  EditOutcome Add(const Caller& caller, const base::ProjectId& project, const base::OperationId& operation,
                  const std::string& name, const std::string& reason);
  // Renames, retires, brings back. Throws kNotFound for an unknown class, kConflict for a taken name or a class that
  // moved since.
  EditOutcome Update(const Caller& caller, const base::ProjectId& project, const ClassEditRequest& request);
  // Every label of `from` becomes `into`, and `from` is gone: one change, and so one undo.
  EditOutcome Merge(const Caller& caller, const base::ProjectId& project, const MergeRequest& request);

 private:
  Workspace& workspace_;
};

}  // namespace burnish::app
