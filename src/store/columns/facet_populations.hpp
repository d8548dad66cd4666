#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "store/columns/bitset.hpp"
#include "store/columns/counted_rows.hpp"
#include "store/columns/filter_compiler.hpp"
#include "store/columns/snapshot.hpp"

namespace burnish::store {

// What a facet counts for the samples that match. Every count is a sum over samples: where fewer samples do not match
// than do, those are counted and taken from the counts of all, which are kept. So an open filter, or a screen without
// one, costs next to nothing.
class CountedPart {
 public:
  // `all`: the population that the facet's counts of all are of.
  CountedPart(Bitset matching, const Bitset& all);
  const CountedRows& Samples() const noexcept { return samples_; }
  // Makes the counts of Samples(), the rest of `all` it may be, those of the samples that match.
  template <class T>
  void ToMatching(const std::vector<T>& all, std::vector<T>& counts) const {
    if (!is_rest_) return;
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = all[i] - counts[i];
  }

 private:
  CountedRows samples_;
  bool is_rest_ = false;
};

// The populations of one call: each facet is counted over what the conjuncts of the others leave.
class Populations {
 public:
  // `conjuncts` outlives this.
  Populations(const Snapshot& snapshot, const Conjuncts& conjuncts);
  const CountedRows& All(const std::string& facet) const { return facet == "excluded" ? with_excluded_ : all_; }
  const Bitset& Matching() const { return now_; }
  // What to count for `facet`, without its own clauses.
  std::shared_ptr<const CountedPart> Now(const std::string& facet) const;

 private:
  const Bitset& Start(const std::string& facet) const;

  CountedRows all_;
  CountedRows with_excluded_;
  const Conjuncts& conjuncts_;
  Bitset now_;
  std::shared_ptr<const CountedPart> shared_;  // of every facet without a clause
};

}  // namespace burnish::store
