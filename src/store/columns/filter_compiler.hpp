#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "model/filter.hpp"
#include "store/columns/snapshot.hpp"

namespace burnish::store {

struct SimilarHit {
  model::Ordinal ordinal = 0;
  float score = 0;  // cosine
};

// What a filter may ask that a snapshot does not hold. An absent function means that the project has none:
// asking then throws kInvalidArgument naming the node.
struct FilterSources {
  // The ordinals of a stored set, any order. Throws kNotFound when there is none of that id in the project.
  std::function<std::vector<model::Ordinal>(const base::StoredSetId&)> stored_set;
  // The `count` samples among `candidates` most like `to`, best first. Throws kUnavailable before there are embeddings.
  std::function<std::vector<SimilarHit>(std::span<const model::Ordinal> to, std::uint32_t count,
                                        const Bitset& candidates)>
      similar;
  // Counts what `similar` searches (embeddings arriving), so that an answer from before is not taken for one from now.
  std::uint64_t similar_generation = 0;
  // Samples touched by changes with after < sequence <= upto.
  std::function<std::vector<model::Ordinal>(model::SequenceNumber after, model::SequenceNumber upto)> changed_in;
};

// The samples for which `filter` holds. Withdrawn samples are never in it; excluded ones only when the tree asks about
// them. `similar` is searched among those that the other conjuncts of the same "all" leave.
// Throws kInvalidArgument naming what is unknown: a class, tag, field, run, import or quality; or of the wrong type.
Bitset Evaluate(const model::Filter& filter, const Snapshot& snapshot, const FilterSources& sources = {});

// The facet that a node answers for ("split", "label", "label_state", "region_class", "tag", "excluded", "import",
// "duplicate", "near_duplicate", "suspect", "prediction", "correct", "confidence", "margin", a quality's name,
// "field:<name>"), or empty when it mixes or has none.
std::string FacetOf(const model::Filter& filter);

// One conjunct of a tree, for cross-filtering: `samples` without regard to the default population.
struct Conjunct {
  std::string facet;
  Bitset samples;
};
struct Conjuncts {
  std::vector<Conjunct> parts;
  bool asks_excluded = false;
};
// The top-level conjuncts; a prediction or label node that says several things is several conjuncts.
Conjuncts EvaluateConjuncts(const model::Filter& filter, const Snapshot& snapshot, const FilterSources& sources = {});

// The same question for DuckDB: a condition over the tables of a columns file, each value a parameter, each identifier
// ours (fields as f_<i>). What only memory knows (region labels, runs, qualities measured, the map, suspects, stored
// sets, similarity) goes in as a list of ordinals.
using SqlValue = std::variant<std::int64_t, double, std::string, std::vector<std::string>, std::vector<double>,
                              std::vector<model::Ordinal>>;
struct SqlFilter {
  std::string where;  // over `samples s`; parameters are $1, $2, ...
  std::vector<SqlValue> parameters;
};
SqlFilter CompileToSql(const model::Filter& filter, const Snapshot& snapshot, const FilterSources& sources = {});

}  // namespace burnish::store
