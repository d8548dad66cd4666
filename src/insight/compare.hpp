#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "insight/evaluation.hpp"
#include "math/parallel.hpp"
#include "math/statistics.hpp"
#include "model/label.hpp"

namespace burnish::insight {

struct ClassDelta {
  ClassId id = kNoClass;
  std::uint64_t count = 0;  // compared samples with this truth
  double recall_first = 0;
  double recall_second = 0;
  double precision_first = 0;
  double precision_second = 0;
  double f1_first = 0;
  double f1_second = 0;
  math::McNemarResult mcnemar;  // on the samples with this truth
  double holm_p = 1;            // the exact p, adjusted over the classes that have samples (Holm 1979)
};

// Two model runs on the same samples. Only samples with a truth and both predictions are compared.
struct Comparison {
  std::uint64_t compared = 0;
  std::uint64_t left_out = 0;         // had a truth and only one of the predictions
  std::vector<std::uint32_t> better;  // positions in the input: wrong in the first, right in the second
  std::vector<std::uint32_t> worse;   // right in the first, wrong in the second
  std::uint64_t both_right = 0;
  std::uint64_t both_wrong = 0;
  double accuracy_first = 0;
  double accuracy_second = 0;
  math::Interval accuracy_delta;  // of second - first: paired bootstrap, BCa
  double macro_f1_first = 0;
  double macro_f1_second = 0;
  math::Interval macro_f1_delta;      // the same
  math::McNemarResult mcnemar;        // report exact_p
  std::vector<ClassDelta> per_class;  // one per class, by id
  bool same_predictions = false;      // equal on every compared sample
};

// Throws kInvalidArgument when lengths differ or a class id is out of range.
Comparison Compare(std::span<const ClassId> truth, std::span<const ClassId> first, std::span<const ClassId> second,
                   std::size_t classes, const math::BootstrapOptions& options = {},
                   const math::RunControl& control = {});

}  // namespace burnish::insight
