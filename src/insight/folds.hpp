#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/hash.hpp"
#include "math/logistic.hpp"
#include "model/label.hpp"
#include "model/sample.hpp"

namespace burnish::insight {

using math::kNoFold;
using model::ClassId;
using model::kNoClass;

struct FoldOptions {
  std::size_t folds = 5;
  std::uint64_t seed = 0;
};

// A fold for each labeled sample, kNoFold for the others. Byte-equal samples (same content) share one fold, even under
// two labels. Within a class (a group's class is its most common one, ties: the lower id) groups are taken in an order
// that only seed and content decide, each to the fold that has fewest of the class, then fewest in all, then the lower.
//
// `previous`, by position, kNoFold where unknown: a sample that has a fold keeps it, its equals join it, so
// that an edit of some labels moves nobody else. Empty: none known.
//
// A class with fewer groups than folds fills only some folds: its samples are predicted by models that saw the others
// of the class; the only group of a class is predicted by a model that never saw the class. Such classes are not
// judged (LabelErrorOptions::minimum_per_class).
std::vector<std::uint8_t> AssignFolds(std::span<const base::ContentHash> content, std::span<const ClassId> labels,
                                      const FoldOptions& options, std::span<const std::uint8_t> previous = {});

struct SplitShares {
  double train = 0.7;
  double validation = 0.0;
  double test = 0.3;
};

// A stratified split of all samples (the unlabeled ones are a class of their own), byte-equal samples together. Groups
// of each class are taken in an order that only seed and content decide, each to the split that lacks most of
// its share of the class. A class whose only group it is goes to train. Throws kInvalidArgument unless the shares
// are >= 0 and sum to 1.
std::vector<model::Split> SuggestSplit(std::span<const base::ContentHash> content, std::span<const ClassId> labels,
                                       const SplitShares& shares, std::uint64_t seed);

}  // namespace burnish::insight
