#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/columns/bitset.hpp"
#include "store/columns/filter_compiler.hpp"
#include "store/columns/snapshot.hpp"

namespace burnish::store {

// Every count is a sum over samples: where fewer samples of a population do not match than do, those are counted and
// taken from the counts of all, which are kept. So an open filter, or a screen without one, costs next to nothing.
struct Counted {
  Bitset samples;
  bool is_rest = false;  // the samples that do not match
};

inline Counted FewerOf(Bitset matching, const Bitset& all) {
  Bitset rest = all;
  rest.AndNot(matching);
  const std::size_t left = rest.Count();
  const std::size_t matches = matching.Count();
  const bool within = matches + left == all.Count();
  if (within && left < matches) return {std::move(rest), true};
  return {std::move(matching), false};
}

template <class T>
void TakeFrom(const std::vector<T>& all, std::vector<T>& counts) {
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = all[i] - counts[i];
}

// The populations of one call: each facet is counted over what the conjuncts of the others leave.
class Populations {
 public:
  Populations(const Snapshot& snapshot, const Conjuncts& conjuncts)
      : all_(snapshot.Population()),
        with_excluded_(Bitset(snapshot.Size(), true).AndNot(*snapshot.withdrawn)),
        conjuncts_(conjuncts) {
    now_ = Start("");
    for (const Conjunct& part : conjuncts_.parts) now_ &= part.samples;
    counted_ = std::make_shared<const Counted>(FewerOf(now_, all_));
  }
  const Bitset& All(const std::string& facet) const { return facet == "excluded" ? with_excluded_ : all_; }
  const Bitset& Matching() const { return now_; }
  // What to count for `facet`, without its own clauses.
  std::shared_ptr<const Counted> Now(const std::string& facet) const {
    const bool own = std::any_of(conjuncts_.parts.begin(), conjuncts_.parts.end(),
                                 [&](const Conjunct& part) { return part.facet == facet; });
    if (!own && facet != "excluded") return counted_;
    Bitset now = Start(facet);
    for (const Conjunct& part : conjuncts_.parts) {
      if (part.facet != facet) now &= part.samples;
    }
    return std::make_shared<const Counted>(FewerOf(std::move(now), All(facet)));
  }

 private:
  // Leaving out a clause about `excluded` does not bring the excluded ones back into the other facets' counts, only
  // into its own.
  const Bitset& Start(const std::string& facet) const {
    return conjuncts_.asks_excluded || facet == "excluded" ? with_excluded_ : all_;
  }

  Bitset all_;
  Bitset with_excluded_;
  const Conjuncts& conjuncts_;
  Bitset now_;
  std::shared_ptr<const Counted> counted_;
};

}  // namespace burnish::store
