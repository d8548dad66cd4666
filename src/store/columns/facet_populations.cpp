#include "store/columns/facet_populations.hpp"

#include <algorithm>
#include <utility>

namespace burnish::store {

CountedPart::CountedPart(Bitset matching, const Bitset& all) {
  Bitset rest = all;
  rest.AndNot(matching);
  const std::size_t left = rest.Count();
  const std::size_t matches = matching.Count();
  // A filter may ask for excluded samples, which are not among all.
  const bool within = matches + left == all.Count();
  is_rest_ = within && left < matches;
  samples_ = CountedRows(is_rest_ ? std::move(rest) : std::move(matching));
}

Populations::Populations(const Snapshot& snapshot, const Conjuncts& conjuncts)
    : all_(snapshot.Population()),
      with_excluded_(Bitset(snapshot.Size(), true).AndNot(*snapshot.withdrawn)),
      conjuncts_(conjuncts) {
  now_ = Start("");
  for (const Conjunct& part : conjuncts_.parts) now_ &= part.samples;
  shared_ = std::make_shared<const CountedPart>(now_, all_.Set());
}

std::shared_ptr<const CountedPart> Populations::Now(const std::string& facet) const {
  const bool own = std::any_of(conjuncts_.parts.begin(), conjuncts_.parts.end(),
                               [&](const Conjunct& part) { return part.facet == facet; });
  if (!own && facet != "excluded") return shared_;
  Bitset now = Start(facet);
  for (const Conjunct& part : conjuncts_.parts) {
    if (part.facet != facet) now &= part.samples;
  }
  return std::make_shared<const CountedPart>(std::move(now), All(facet).Set());
}

// Leaving out a clause about `excluded` does not bring the excluded ones back into the other facets' counts, only into
// its own.
const Bitset& Populations::Start(const std::string& facet) const {
  return conjuncts_.asks_excluded || facet == "excluded" ? with_excluded_.Set() : all_.Set();
}

}  // namespace burnish::store
