#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/filter.hpp"
#include "store/columns/filter_compiler.hpp"
#include "store/columns/snapshot.hpp"

namespace burnish::store {

// One row of a facet: `all` counts the whole project, `now` what the rest of the filter leaves (a facet's own clause
// does not narrow it).
struct FacetValue {
  std::string value;     // class name, split name, tag, text, "true"/"false", import id
  bool missing = false;  // the row of samples that have no value; `value` is empty
  std::uint32_t all = 0;
  std::uint32_t now = 0;
  std::uint32_t id = 0;  // class id, tag id
  // How many region labels those samples have of this class; facet "region_class" only.
  std::optional<std::uint64_t> labels_all;
  std::optional<std::uint64_t> labels_now;
};

// Equal-width bins between stable edges: they come from all samples, not from the filter.
struct FacetHistogram {
  std::vector<double> edges;  // bins + 1, ascending
  std::vector<std::uint32_t> all;
  std::vector<std::uint32_t> now;
  std::uint32_t missing_all = 0;
  std::uint32_t missing_now = 0;
};

struct Facet {
  std::string key;   // as FacetOf: "split", "label", "field:site", "width", ...
  std::string name;  // the field's name for field:..., else the key
  std::optional<model::FieldType> type;
  std::vector<FacetValue>
      values;  // most frequent first (`now`, then `all`), capped; splits, states and booleans in their own order
  std::uint32_t distinct = 0;  // how many values match `search` before the cap
  std::optional<FacetHistogram> histogram;
};

struct FacetQuery {
  model::Filter filter;
  std::string run;  // whose predictions the prediction facets show; empty or unknown: those facets are left out
  std::vector<std::string> only;              // keys; empty: all
  std::map<std::string, std::string> search;  // by key: only values that contain the text, case-insensitive
  std::size_t limit = 50;                     // values per facet; at most 1,000
};

struct Facets {
  model::SequenceNumber as_of = 0;
  std::uint32_t total = 0;     // samples that count by default
  std::uint32_t matching = 0;  // samples that the whole filter leaves
  std::vector<Facet> facets;   // fixed order: built-ins, fields in their order, qualities
};

// The whole sidebar in one call; uses two threads from 50,000 samples on. Throws as Evaluate.
Facets ComputeFacets(const Snapshot& snapshot, const FacetQuery& query, const FilterSources& sources = {});

}  // namespace burnish::store
