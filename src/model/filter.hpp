#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "model/label.hpp"
#include "model/sample.hpp"

namespace burnish::model {

// A question about samples: one tree, the same in a page's URL, the API, a slice and a queue's rule.
// Built-in keys and users' fields never share a name space. Its JSON form is in filter_json.hpp and
// api/openapi.yaml (schema Filter).
struct Filter;

// Closed range; an absent end is open.
struct Range {
  std::optional<double> low;
  std::optional<double> high;
  bool operator==(const Range&) const = default;
};

struct AllOf {
  std::vector<Filter> filters;
};
struct AnyOf {
  std::vector<Filter> filters;
};
struct NotOf {
  std::shared_ptr<const Filter> filter;
};
struct SplitIs {
  std::vector<Split> splits;
};
struct HasTag {
  std::vector<std::string> tags;
};  // any of them; empty: any tag at all
struct ExcludedIs {
  bool excluded = true;
};
// Truth (or, later, an annotator's set): class is one of `classes`, or there is no label when `missing`;
// with both, either. `states` narrows to labels in one of these states when not empty.
struct LabelIs {
  std::string set = "truth";
  std::vector<std::string> classes;
  std::vector<LabelState> states;
  bool missing = false;
};
// Predictions of a model run. `correct` compares with truth; samples without truth are neither.
struct PredictionIs {
  std::string run;
  std::vector<std::string> classes;
  std::optional<bool> correct;
  std::optional<Range> confidence;
  std::optional<Range> margin;  // first minus second probability
  bool missing = false;
};
// The sample has a region label in `set` that is of one of `classes` (empty: of any) and has a confidence in the range;
// or has no region label at all when `missing`; with both, either.
struct RegionIs {
  std::string set = "truth";
  std::vector<std::string> classes;
  std::optional<Range> confidence;
  bool missing = false;
};
struct FieldIn {
  std::string field;
  std::vector<std::string> texts;
  std::vector<double> numbers;
};
struct FieldRange {
  std::string field;
  Range range;
};
struct FieldMissing {
  std::string field;
};
struct FieldContains {
  std::string field;
  std::string text;
};  // case-insensitive
// width, height, bytes, brightness, contrast, sharpness, colourfulness, entropy
struct QualityRange {
  std::string name;
  Range range;
};
struct PathContains {
  std::string text;
};  // case-insensitive
// Suspected wrong labels of the probe's present ranking.
struct SuspectIs {
  bool suspected = true;
  std::vector<std::string> given;
  std::vector<std::string> suggested;
};
struct HasDuplicate {
  bool duplicate = true;
};  // byte-equal media elsewhere in the project
// Another picture of the project shows the same photograph, by its pixels and embedding.
struct HasNearDuplicate {
  bool near_duplicate = true;
};
struct SimilarTo {
  std::vector<Ordinal> ordinals;
  std::uint32_t count = 200;
};
// Even-odd polygon in map coordinates.
struct InPolygon {
  std::vector<std::array<float, 2>> points;
};
struct InStoredSet {
  base::StoredSetId set;
};
struct OrdinalIn {
  std::vector<Ordinal> ordinals;
};
struct FromImport {
  std::vector<base::ImportId> imports;
};
// Touched by a change with after < sequence <= upto.
struct ChangedIn {
  SequenceNumber after = 0;
  SequenceNumber upto = 0;
};

struct Filter {
  std::variant<AllOf, AnyOf, NotOf, SplitIs, HasTag, ExcludedIs, LabelIs, PredictionIs, RegionIs, FieldIn, FieldRange,
               FieldMissing, FieldContains, QualityRange, PathContains, SuspectIs, HasDuplicate, HasNearDuplicate,
               SimilarTo, InPolygon, InStoredSet, OrdinalIn, FromImport, ChangedIn>
      node = AllOf{};
};

// True when some node of the tree asks about `excluded`: then the default (excluded samples left
// out) does not apply.
bool AsksAboutExcluded(const Filter& filter);

enum class SortKey : std::uint8_t {
  kOrdinal,
  kPath,
  kConfidence,
  kMargin,
  kLabelScore,
  kWidth,
  kHeight,
  kBytes,
  kBrightness,
  kContrast,
  kSharpness,
  kColourfulness,
  kEntropy,
  kChanged,
  kSimilarity,
  kField,
};
// Ties are broken by ordinal, so that an order is one order. Missing values come last both ways.
struct Sort {
  SortKey key = SortKey::kOrdinal;
  bool descending = false;
  std::string field;  // kField
};

}  // namespace burnish::model
