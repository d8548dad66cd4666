#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/probe.hpp"
#include "insight/impact.hpp"

namespace burnish::app {

struct ImpactView {
  bool ready = false;
  bool stale = false;  // changes were made that the probe has not learnt yet
  std::string sentence;
  Baseline baseline;
  base::SequenceNumber now = 0;
  std::vector<Baseline> baselines;
  // Samples whose truth label, split or exclusion differs between the two states.
  std::uint64_t labels_changed = 0;
  std::uint64_t splits_changed = 0;
  std::uint64_t excluded_changed = 0;
  std::uint64_t samples_changed = 0;  // in any of the three
  // Present when ready. Positions in `better` and `worse` are ordinals.
  std::optional<insight::TwoByTwo> result;
  std::vector<model::Class> classes;  // that have test samples
};

// What the changes since a baseline did to the probe: the plain answer to "did it help?".
class ImpactReport {
 public:
  explicit ImpactReport(Workspace& workspace) : workspace_(workspace) {}

  // `baseline`: a version's name, or "import"; absent for the last version, else the import.
  // Throws kNotFound for a baseline that the project does not have.
  ImpactView Get(const Caller& caller, const base::ProjectId& project, const std::optional<std::string>& baseline);

 private:
  Workspace& workspace_;
};

// "Fixing 41 labels: accuracy 83.1 → 84.0 %, likely real gain (p = 0.02)."
std::string ImpactSentence(const ImpactView& view);

}  // namespace burnish::app
