#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "math/matrix.hpp"
#include "model/label.hpp"

namespace burnish::insight {

using model::ClassId;
using model::kNoClass;

struct SuspectedLabel {
  std::uint32_t position = 0;  // in the input
  ClassId given = kNoClass;
  ClassId suggested = kNoClass;  // the most probable other class
  float self_confidence = 0;     // probability of the given label: lower is more suspect
  float normalized_margin = 0;   // (self-confidence - best other + 1) / 2
};

struct SuspectedPair {
  ClassId given = kNoClass;
  ClassId suggested = kNoClass;
  std::uint32_t count = 0;
};

struct LabelErrors {
  std::vector<SuspectedLabel> suspects;  // ranked: lowest normalized_margin first, then lower position
  std::vector<SuspectedPair> pairs;      // most suspects first, then by class ids
  // Estimated counts: row: given label, column: true label (cleanlab's calibrated confident joint).
  std::vector<std::int64_t> joint;  // classes x classes
  std::vector<ClassId> not_judged;  // classes with labels, but too few
};

struct LabelErrorOptions {
  // A class with fewer labels than this is not judged: the model cannot know it. Its samples, and the column of its
  // probabilities (rows scaled to sum 1 again), are left out; it is never suggested.
  std::size_t minimum_per_class = 5;
};

// Suspected wrong labels by confident learning (Northcutt, Jiang and Chuang 2021): the set that cleanlab 2.9's
// find_label_issues(filter_by="prune_by_noise_rate") finds, ranked by its normalized margin (the better of its two
// scores where another class is clearly nearer), with its self-confidence beside it. Equal
// margins at the cut, and equal fractions in the rounding of counts, go in stable order (cleanlab leaves both to
// NumPy's sort, whose order of equal entries depends on the CPU).
//
// `probabilities`: rows x classes, out of sample, each row summing to 1. `labels[i]`: kNoClass where none: left out.
// Throws kInvalidArgument when sizes differ or an id is out of range. Fewer than two judged classes: no suspects.
LabelErrors FindLabelErrors(math::MatrixView probabilities, std::span<const ClassId> labels,
                            const LabelErrorOptions& options = {});

}  // namespace burnish::insight
