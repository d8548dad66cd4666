#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/open_project.hpp"
#include "math/knn.hpp"
#include "math/logistic.hpp"
#include "math/matrix.hpp"
#include "math/parallel.hpp"
#include "store/columns/snapshot.hpp"

namespace burnish::app {

// The probe: multinomial logistic regression on standardised embeddings, trained on what has a truth
// label in train and is not excluded. Train samples are predicted out of fold, all others by the model
// of all train samples. Its parameters, fixed for all projects so that two runs can be compared:
inline constexpr double kProbeC = 0.01;  // inverse strength of the L2 penalty, on standardised columns
inline constexpr std::size_t kProbeFolds = 5;
inline constexpr std::uint64_t kProbeSeed = 7;

// What the probe learns from in one state of a project.
struct ProbeInputs {
  std::vector<model::Ordinal> train;         // ascending
  std::vector<model::ClassId> train_labels;  // beside train
  std::vector<model::Ordinal> others;        // with an embedding, not withdrawn, not in `train`; ascending
  std::vector<model::ClassId> classes;       // that occur in train, ascending
  std::size_t samples = 0;                   // ordinals of the project
  // Why there can be no probe as things stand, for the person: no labels in train, one class only, ...
  std::string obstacle;
};
ProbeInputs CollectProbeInputs(const store::Snapshot& snapshot, const store::VectorSpace* vectors);

// One trained probe: probabilities by ordinal. An artifact, named by a digest of everything that it
// depends on, so that the same labels give the same numbers, whatever happened between.
struct ProbeResult {
  std::string key;
  std::vector<model::ClassId> classes;  // columns
  std::size_t rows = 0;                 // ordinals
  std::vector<float> probabilities;     // rows x classes, as stored (rounded to f16); NaN rows: not predicted
  std::filesystem::path file;           // f16, see probabilities.hpp

  std::span<const float> Row(model::Ordinal ordinal) const {
    return std::span(probabilities).subspan(ordinal * classes.size(), classes.size());
  }
};

// What a probe is fitted on, whatever the labels.
struct TrainRows {
  TrainRows(math::Standardisation by, const math::Matrix& standardised, const math::RunControl& control)
      : standardisation(std::move(by)), rows(standardised, control) {}

  math::Standardisation standardisation;
  math::LogisticRows rows;
};

// The rows of the last training, kept for the next: an edit of labels moves none of them. Any thread may call.
class KeptTrainRows {
 public:
  // More than this is made anew each time.
  static constexpr std::size_t kMostBytes = std::size_t{256} << 20U;

  // Those of the key, or else what `make` gives.
  std::shared_ptr<const TrainRows> Find(const std::string& key,
                                        const std::function<std::shared_ptr<const TrainRows>()>& make);

 private:
  std::mutex mutex_;  // guards what follows
  std::string key_;
  std::shared_ptr<const TrainRows> rows_;
};

// Loads the artifact for these inputs, or trains and stores it. `inputs.obstacle` must be empty.
ProbeResult TrainOrLoadProbe(const OpenProject& project, const store::Snapshot& snapshot,
                             const store::VectorSpace& vectors, const ProbeInputs& inputs, KeptTrainRows& kept,
                             const math::RunControl& control);

store::RunColumns RunColumnsOf(const ProbeResult& result, base::RunId run, std::string name, std::uint64_t generation);
// The nearest other train samples of each train sample, by position in `inputs.train`; byte-equal copies are no others
// (kNoNeighbour in their places). Labels play no part in it: it changes only with what NeighboursKey names.
math::Neighbours TrainNeighbours(const store::Snapshot& snapshot, const store::VectorSpace& vectors,
                                 const ProbeInputs& inputs, const math::RunControl& control);
std::string NeighboursKey(const OpenProject& project, const store::Snapshot& snapshot, const ProbeInputs& inputs);
// Suspected wrong labels among the train samples, from their out-of-fold probabilities and their neighbours' labels;
// confirmed labels are left out. `score` is the model's probability of the given label.
store::SuspectColumns RankSuspects(const store::Snapshot& snapshot, const ProbeInputs& inputs,
                                   const ProbeResult& result, const math::Neighbours& neighbours,
                                   std::uint64_t generation);
// For each suspect the share of its 10 nearest other train samples that carry the given label.
std::vector<float> AgreementOf(const math::Neighbours& neighbours, const ProbeInputs& inputs,
                               const std::vector<store::Suspect>& suspects);

}  // namespace burnish::app
