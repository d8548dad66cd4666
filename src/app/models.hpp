#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "app/workspace.hpp"
#include "insight/compare.hpp"
#include "insight/evaluation.hpp"
#include "insight/impact.hpp"
#include "model/filter.hpp"
#include "store/catalog/model_runs.hpp"

namespace burnish::app {

struct RunInfo {
  store::ModelRun run;
  bool has_probabilities = false;
  std::uint64_t predictions = 0;
};

struct EvaluationView {
  base::SequenceNumber as_of = 0;
  RunInfo run;
  std::vector<model::Class> classes;  // that occur among truths or predictions counted; rows and columns in this order
  insight::Evaluation evaluation;     // by class id, all classes of the project
  std::vector<std::uint64_t> not_predicted;  // samples of each of `classes` that have no prediction
  std::string sentence;                      // why there is nothing to measure, and what to do
};

struct EvaluationRequest {
  std::string run;
  std::optional<model::Filter> filter;  // absent: the test split
  std::string filter_text;              // as it arrived: with it the answer is remembered
  double threshold = 0;                 // predictions below it count as not given
  base::SequenceNumber at_least = 0;
};

struct ComparisonView {
  base::SequenceNumber as_of = 0;
  RunInfo a;
  RunInfo b;
  std::vector<model::Class> classes;  // as above
  insight::Comparison comparison;     // `better`, `worse` hold ordinals; at most kMostListed of each
  insight::Verdict verdict = insight::Verdict::kNoChange;
  std::uint64_t better_count = 0;
  std::uint64_t worse_count = 0;
};

struct SuspectRow {
  model::Ordinal ordinal = 0;
  std::string given;
  std::string suggested;
  std::optional<std::string> present;
  model::LabelState state = model::LabelState::kSet;
  float score = 0;
  bool decided = false;            // relabelled or confirmed since the ranking was made
  std::optional<float> agreement;  // share of the nearest labeled train samples that carry the given label
};

struct SuspectPage {
  std::uint64_t generation = 0;
  std::uint64_t newest = 0;
  base::SequenceNumber as_of = 0;
  bool ready = false;
  std::string sentence;
  std::uint64_t total = 0;      // of the ranking under the pair asked for
  std::uint64_t remaining = 0;  // of them not decided
  struct Pair {
    std::string given;
    std::string suggested;
    std::uint64_t count = 0;
  };
  std::vector<Pair> pairs;  // of the whole ranking, most first
  std::vector<SuspectRow> rows;
};

struct SuspectQuery {
  std::optional<std::uint64_t> generation;  // the ranking that the caller walks; absent: the newest
  std::optional<std::string> given;
  std::optional<std::string> suggested;
  std::size_t offset = 0;
  std::size_t count = 200;
};

// Model runs: metrics, comparison, suspected wrong labels.
class Models {
 public:
  static constexpr std::size_t kMostListed = 10'000;

  explicit Models(Workspace& workspace) : workspace_(workspace) {}

  // When a project is opened and after a commit: attaches the imported runs that stand.
  void Follow(OpenProject& project);

  std::vector<RunInfo> Runs(const Caller& caller, const base::ProjectId& project);
  // Throws kInvalidArgument for an unknown run.
  EvaluationView Evaluate(const Caller& caller, const base::ProjectId& project, const EvaluationRequest& request);
  ComparisonView Compare(const Caller& caller, const base::ProjectId& project, const std::string& a,
                         const std::string& b, const std::optional<model::Filter>& filter);
  SuspectPage Suspects(const Caller& caller, const base::ProjectId& project, const SuspectQuery& query);

 private:
  using EvaluationKey =
      std::tuple<base::ProjectId, std::string, std::uint64_t, base::SequenceNumber, std::string, double>;

  RunInfo InfoOf(OpenProject& project, const store::Snapshot& snapshot, const std::string& run);

  Workspace& workspace_;
  std::mutex mutex_;  // guards evaluations_
  std::map<EvaluationKey, EvaluationView> evaluations_;
};

}  // namespace burnish::app
