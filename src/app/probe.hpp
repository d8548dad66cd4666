#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/probe_training.hpp"
#include "app/workspace.hpp"

namespace burnish::app {

inline constexpr std::string_view kProbeRun = "probe";

// A state of the project that the probe is kept for, beside the present one.
struct Baseline {
  std::string name;  // "import", or a version's name
  base::SequenceNumber sequence = 0;
};
// The versions, newest first, then the last import of samples. Empty before the first import.
std::vector<Baseline> BaselinesOf(const Services& services, const OpenProject& project);
// "probe-12": the run of the probe that is kept for the state at sequence number 12.
base::RunId KeptRunOf(base::SequenceNumber sequence);

// Trains the probe by itself: after embeddings, and after each change, debounced and off the request's
// path. The present run is called "probe"; one more is kept for each baseline.
class Probe {
 public:
  explicit Probe(Workspace& workspace);

  // When a project is opened and after a commit, a moment after the last: the job finds out whether there is anything
  // to learn.
  void Follow(OpenProject& project);
  // The same after embeddings, at once: nobody is in the middle of edits for their sake.
  void FollowEmbeddings(OpenProject& project);

 private:
  void Submit(const OpenProject& project, std::chrono::milliseconds delay);
  void Run(jobs::Context& context);
  void LearnPresent(OpenProject& project, const math::RunControl& control);
  void LearnBaselines(OpenProject& project, const math::RunControl& control);

  // Remembered, for an edit of labels moves nobody: the search costs more than a retraining of a large project.
  std::shared_ptr<const math::Neighbours> NeighboursOf(const OpenProject& project, const store::Snapshot& snapshot,
                                                       const store::VectorSpace& vectors, const ProbeInputs& inputs,
                                                       const math::RunControl& control);

  struct Remembered {
    std::string key;
    std::shared_ptr<const math::Neighbours> neighbours;
  };
  Workspace& workspace_;
  KeptTrainRows kept_;
  std::mutex mutex_;                                // guards what follows
  std::map<base::ProjectId, std::string> present_;  // key of the probe that is attached
  std::map<base::ProjectId, Remembered> remembered_;
};

}  // namespace burnish::app
