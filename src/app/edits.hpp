#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/edit_outcome.hpp"
#include "model/filter.hpp"

namespace burnish::app {

struct ResultTarget {
  std::string id;
};
// Which samples: these, all that match now, or all of a result that the caller looks at.
using EditTarget = std::variant<std::vector<model::Ordinal>, model::Filter, ResultTarget>;

// What becomes of them. Each member that is there is done, all in one change.
struct EditSet {
  std::optional<std::optional<std::string>> class_name;  // holding nothing: the label is taken away
  bool confirm = false;                                  // the label is right as it stands, or as class_name sets it
  bool accept_suggestion = false;  // each sample takes the class that the ranking suggests for it, confirmed
  std::optional<model::Split> split;
  std::optional<bool> excluded;
  std::vector<std::string> add_tags;
  std::vector<std::string> remove_tags;
};

struct EditRequest {
  base::OperationId operation;
  base::SequenceNumber base = 0;  // what the caller saw
  bool overwrite = false;         // a conflict was shown: do it whatever moved since
  EditTarget target;
  EditSet set;
  std::uint64_t generation = 0;  // of the ranking, for accept_suggestion
  std::string reason;
  std::string body;  // the request as it arrived, for the operation's digest
};

// Labels, tags, splits and exclusion of samples: one change for one sample, a selection, or all that match.
class Edits {
 public:
  explicit Edits(Workspace& workspace) : workspace_(workspace) {}

  // On stable storage when it returns. Throws EditConflict when the one sample has moved since `base`;
  // among several, those that moved are listed in the outcome and the rest is done.
  EditOutcome Apply(const Caller& caller, const base::ProjectId& project, const EditRequest& request);

 private:
  Workspace& workspace_;
};

}  // namespace burnish::app
