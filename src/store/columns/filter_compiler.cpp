#include "store/columns/filter_compiler.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <type_traits>

#include "base/error.hpp"
#include "store/columns/caches.hpp"
#include "store/columns/column_scan.hpp"
#include "store/columns/filter_names.hpp"
#include "store/columns/text_match.hpp"

namespace burnish::store {

namespace {

using namespace model;

// Closed; NaN is in no range.
struct InRange {
  double low;
  double high;
  explicit InRange(const Range& range)
      : low(range.low.value_or(-std::numeric_limits<double>::infinity())),
        high(range.high.value_or(std::numeric_limits<double>::infinity())) {}
  bool operator()(double value) const { return value >= low && value <= high; }
};

class Evaluator {
 public:
  Evaluator(const Snapshot& snapshot, const FilterSources& sources)
      : snapshot_(snapshot), sources_(sources), size_(snapshot.Size()) {}

  // `candidates`: among which a similarity is searched.
  Bitset Node(const Filter& filter, const Bitset& candidates) const {
    return std::visit(
        [&](const auto& node) -> Bitset {
          using T = std::decay_t<decltype(node)>;
          if constexpr (std::is_same_v<T, SimilarTo> || std::is_same_v<T, AllOf> || std::is_same_v<T, AnyOf> ||
                        std::is_same_v<T, NotOf>) {
            return Of(node, candidates);
          } else {
            return Of(node);
          }
        },
        filter.node);
  }

  Bitset Of(const AllOf& node, const Bitset& candidates) const {
    Bitset result(size_, true);
    for (const Filter& filter : node.filters) {
      if (!std::holds_alternative<SimilarTo>(filter.node)) result &= Node(filter, candidates);
    }
    // Last, among what the others leave: a filter is honoured inside the search.
    for (const Filter& filter : node.filters) {
      if (!std::holds_alternative<SimilarTo>(filter.node)) continue;
      Bitset among = candidates;
      among &= result;
      result &= Node(filter, among);
    }
    return result;
  }

  Bitset Of(const AnyOf& node, const Bitset& candidates) const {
    Bitset result(size_);
    for (const Filter& filter : node.filters) result |= Node(filter, candidates);
    return result;
  }

  Bitset Of(const NotOf& node, const Bitset& candidates) const {
    Bitset result = Node(*node.filter, candidates);
    result.Flip();
    return result;
  }

  Bitset Of(const SimilarTo& node, const Bitset& candidates) const {
    if (!sources_.similar)
      throw base::Error(base::ErrorCode::kInvalidArgument, "This project has no embeddings to compare.", "similar");
    for (const Ordinal ordinal : node.ordinals) CheckOrdinal(ordinal, "similar");
    Bitset result(size_);
    for (const SimilarHit& hit : sources_.similar(node.ordinals, node.count, candidates)) {
      if (hit.ordinal < size_) result.Set(hit.ordinal);
    }
    return result;
  }

  Bitset Of(const SplitIs& node) const {
    std::vector<std::uint8_t> wanted;
    for (const Split split : node.splits) wanted.push_back(static_cast<std::uint8_t>(split));
    return ScanChunks(snapshot_.splits, size_,
                      [&](std::span<const std::uint8_t> splits, std::span<std::uint64_t> words) {
                        MatchCodes(splits, wanted, words);
                      });
  }

  Bitset Of(const HasTag& node) const {
    Bitset result(size_);
    for (const std::uint32_t tag : TagIds(node, snapshot_)) result |= *snapshot_.tags[tag];
    return result;
  }

  Bitset Of(const ExcludedIs& node) const {
    Bitset result = *snapshot_.excluded;
    if (!node.excluded) result.Flip();
    return result;
  }

  Bitset Of(const LabelIs& node) const {
    CheckLabelSet(node.set);
    if (!node.classes.empty() && node.classes.size() <= kMostWantedCodes && node.states.empty() && !node.missing)
      return LabelOfClass(ClassIds(node.classes, snapshot_));
    const std::vector<bool> wanted = ClassTable(node.classes, snapshot_);
    std::array<bool, 256> states{};
    for (const LabelState state : node.states) states[static_cast<std::uint8_t>(state)] = true;
    const bool any_class = node.classes.empty();
    const bool any_state = node.states.empty();
    // "missing" alone asks for samples without a label; beside classes or states it adds them.
    const bool labeled = !any_class || !any_state || !node.missing;
    return ScanColumn(snapshot_.labels, size_, [&](std::uint32_t code) {
      const ClassId id = LabelClass(code);
      if (id == kNoClass) return node.missing;
      return labeled && (any_class || wanted[id]) && (any_state || states[code & 0xFFU]);
    });
  }

  Bitset Of(const PredictionIs& node) const {
    const RunColumns& run = RequireRun(node.run, snapshot_);
    const std::vector<ClassId> classes = ClassIds(node.classes, snapshot_);
    const Bitset predicted = Predicted(run);
    Bitset result(size_);
    // "missing" alone asks for samples without a prediction; beside the others it adds them.
    if (!node.missing || !node.classes.empty() || node.correct || node.confidence || node.margin) {
      result = predicted;
      if (!node.classes.empty()) result &= PredictedOneOf(run, classes);
      if (node.confidence) result &= ScanVector(run.confidence, size_, InRange(*node.confidence));
      if (node.margin) result &= ScanVector(run.margin, size_, InRange(*node.margin));
      if (node.correct) result &= *node.correct ? Right(run) : Labeled().AndNot(Right(run));
    }
    if (node.missing) result |= Bitset(size_, true).AndNot(predicted);
    return result;
  }

  Bitset Of(const RegionIs& node) const {
    CheckLabelSet(node.set);
    const std::vector<ClassId> classes = ClassIds(node.classes, snapshot_);
    Bitset result(size_);
    // "missing" alone asks for samples without a region; beside the others it adds them.
    if (node.confidence) {
      result =
          MatchRegions(*Regions(), snapshot_.regions, size_, {ClassTable(node.classes, snapshot_), node.confidence});
    } else if (!classes.empty()) {
      for (const ClassId id : classes) result |= *WithRegion(id);
    } else if (!node.missing) {
      result = *WithRegion(std::nullopt);
    }
    if (node.missing) {
      Bitset none = *WithRegion(std::nullopt);
      none.Flip();
      result |= none;
    }
    return result;
  }

  Bitset Of(const FieldIn& node) const {
    const FieldColumn& column = RequireField(node.field, snapshot_);
    CheckFieldValues(node, column.field);
    if (column.field.type == FieldType::kText) {
      std::vector<std::uint32_t> codes;
      for (const std::string& text : node.texts) {
        if (const std::uint32_t* code = column.texts->Find(text)) codes.push_back(*code);
      }
      if (codes.size() <= kMostWantedCodes) return ScanFor(column.codes, codes);
      std::vector<std::uint8_t> wanted(column.texts->Size() + 1, 0);  // the last one stands for missing
      for (const std::uint32_t code : codes) wanted[code] = 1;
      return ScanCodes(column, wanted);
    }
    std::vector<double> numbers = node.numbers;
    std::sort(numbers.begin(), numbers.end());
    return ScanColumn(column.numbers, size_, [&](double value) {
      return std::binary_search(numbers.begin(), numbers.end(), value) && !std::isnan(value);
    });
  }

  Bitset Of(const FieldRange& node) const {
    const FieldColumn& column = RequireField(node.field, snapshot_);
    CheckRangeField(column.field);
    return ScanColumn(column.numbers, size_, InRange(node.range));
  }

  Bitset Of(const FieldMissing& node) const {
    const FieldColumn& column = RequireField(node.field, snapshot_);
    if (column.field.type == FieldType::kText)
      return ScanColumn(column.codes, size_, [](std::uint32_t code) { return code == kMissingText; });
    return ScanColumn(column.numbers, size_, [](double value) { return std::isnan(value); });
  }

  Bitset Of(const FieldContains& node) const {
    const FieldColumn& column = RequireField(node.field, snapshot_);
    CheckTextField(column.field);
    const std::string folded = FoldCase(node.text);
    std::vector<std::uint8_t> wanted(column.texts->Size() + 1, 0);
    for (std::uint32_t code = 0; code < column.texts->Size(); ++code)
      wanted[code] = ContainsFolded(column.texts->Text(code), folded);
    return ScanCodes(column, wanted);
  }

  Bitset Of(const QualityRange& node) const {
    const InRange range(node.range);
    switch (RequireQuality(node.name)) {
      case QualityName::kWidth:
        return ScanMedia(snapshot_.media_width, range);
      case QualityName::kHeight:
        return ScanMedia(snapshot_.media_height, range);
      case QualityName::kBytes:
        return ScanMedia(snapshot_.media_bytes, range);
      default:
        break;
    }
    const Column<float>* column = MeasuredColumn(snapshot_, RequireQuality(node.name));
    return column == nullptr ? Bitset(size_) : ScanColumn(*column, size_, range);
  }

  Bitset Of(const PathContains& node) const {
    Bitset result(size_);
    MatchContains(snapshot_.paths, FoldCase(node.text), result);
    return result;
  }

  Bitset Of(const SuspectIs& node) const {
    const std::vector<bool> given = ClassTable(node.given, snapshot_);
    const std::vector<bool> suggested = ClassTable(node.suggested, snapshot_);
    Bitset result(size_);
    if (snapshot_.suspects) {
      for (const Suspect& suspect : snapshot_.suspects->ranking) {
        const bool holds =
            (node.given.empty() || given[suspect.given]) && (node.suggested.empty() || suggested[suspect.suggested]);
        if (holds && suspect.ordinal < size_) result.Set(suspect.ordinal);
      }
    }
    if (!node.suspected) result.Flip();
    return result;
  }

  Bitset Of(const HasDuplicate& node) const {
    Bitset result = snapshot_.Duplicates();
    if (!node.duplicate) result.Flip();
    return result;
  }

  Bitset Of(const HasNearDuplicate& node) const {
    Bitset result = snapshot_.near_duplicates ? snapshot_.near_duplicates->members : Bitset();
    result.Resize(size_);
    if (!node.near_duplicate) result.Flip();
    return result;
  }

  Bitset Of(const InPolygon& node) const {
    if (node.points.size() < 3)
      throw base::Error(base::ErrorCode::kInvalidArgument, "A polygon has three points at least.", "polygon");
    if (!snapshot_.map) return Bitset(size_);
    float low_y = node.points[0][1], high_y = low_y;
    for (const auto& point : node.points) {
      low_y = std::min(low_y, point[1]);
      high_y = std::max(high_y, point[1]);
    }
    return ScanVector(snapshot_.map->positions, size_, [&](const std::array<float, 2>& at) {
      return at[1] >= low_y && at[1] <= high_y && Inside(node, at);
    });
  }

  Bitset Of(const InStoredSet& node) const {
    if (!sources_.stored_set)
      throw base::Error(base::ErrorCode::kInvalidArgument, "There is no such stored set.", "stored_set");
    return Bitset::Of(size_, sources_.stored_set(node.set));
  }

  Bitset Of(const OrdinalIn& node) const {
    for (const Ordinal ordinal : node.ordinals) CheckOrdinal(ordinal, "ordinals");
    return Bitset::Of(size_, node.ordinals);
  }

  Bitset Of(const FromImport& node) const {
    Bitset result(size_);
    for (const std::size_t index : ImportIndices(node, snapshot_)) {
      const ImportInfo& import = snapshot_.imports[index];
      for (Ordinal i = import.first; i < import.first + import.count; ++i) result.Set(i);
    }
    return result;
  }

  Bitset Of(const ChangedIn& node) const {
    // Up to now, the last change of each sample is enough to know.
    if (node.upto >= snapshot_.as_of)
      return ScanColumn(snapshot_.changed, size_, [&](std::uint32_t changed) { return changed > node.after; });
    if (!sources_.changed_in)
      throw base::Error(base::ErrorCode::kInvalidArgument, "The history of this project cannot be asked now.",
                        "changed");
    return Bitset::Of(size_, sources_.changed_in(node.after, node.upto));
  }

 private:
  Bitset ScanFor(const Column<std::uint32_t>& codes, std::span<const std::uint32_t> wanted, unsigned drop = 0) const {
    return ScanChunks(codes, size_, [&](std::span<const std::uint32_t> values, std::span<std::uint64_t> words) {
      MatchCodes(values, wanted, words, drop);
    });
  }

  Bitset LabelOfClass(const std::vector<ClassId>& classes) const {
    return ScanFor(snapshot_.labels, std::vector<std::uint32_t>(classes.begin(), classes.end()), kLabelClassShift);
  }

  Bitset Labeled() const {
    Bitset result = LabelOfClass({kNoClass});
    result.Flip();
    return result;
  }

  Bitset PredictedOneOf(const RunColumns& run, std::span<const ClassId> classes) const {
    const std::size_t count = std::min(run.predicted.size(), size_);
    Bitset result(count);
    if (classes.size() <= kMostWantedCodes) {
      MatchCodes(std::span(run.predicted).first(count), classes, result.Words());
    } else {
      std::vector<bool> wanted(std::size_t{kNoClass} + 1, false);
      for (const ClassId id : classes) wanted[id] = true;
      result = ScanVector(run.predicted, count, [&](ClassId id) { return wanted[id]; });
    }
    result.Resize(size_);
    return result;
  }

  // Samples that came after the run have no prediction either.
  Bitset Predicted(const RunColumns& run) const {
    const std::size_t count = std::min(run.predicted.size(), size_);
    Bitset result(count);
    MatchCodes(std::span(run.predicted).first(count), std::array{kNoClass}, result.Words());
    result.Flip();
    result.Resize(size_);
    return result;
  }

  // Predicted as what the truth says.
  Bitset Right(const RunColumns& run) const {
    Bitset result = ScanOrdinals(std::min(run.predicted.size(), size_),
                                 [&](std::size_t i) { return snapshot_.ClassOf(i) == run.predicted[i]; });
    result.Resize(size_);
    return result;
  }

  void CheckOrdinal(Ordinal ordinal, const char* thing) const {
    if (ordinal < size_) return;
    throw base::Error(base::ErrorCode::kInvalidArgument,
                      "There is no sample " + std::to_string(ordinal) + " in this project.", thing);
  }

  Bitset ScanCodes(const FieldColumn& column, const std::vector<std::uint8_t>& wanted) const {
    const auto last = static_cast<std::uint32_t>(wanted.size() - 1);
    return ScanColumn(column.codes, size_, [&](std::uint32_t code) { return wanted[std::min(code, last)] != 0; });
  }

  std::shared_ptr<const RegionTable> Regions() const {
    return snapshot_.region_table ? snapshot_.region_table : std::make_shared<const RegionTable>();
  }

  // The samples with a region of this class, or with any. Kept for the first classes: at most 32 bytes a sample.
  std::shared_ptr<const Bitset> WithRegion(std::optional<ClassId> id) const {
    constexpr ClassId kKept = 256;
    const auto match = [&] {
      RegionTest test;
      if (id) {
        test.classes.resize(std::size_t{*id} + 1, false);
        test.classes[*id] = true;
      }
      return MatchRegions(*Regions(), snapshot_.regions, size_, test);
    };
    if (id && *id >= kKept) return std::make_shared<const Bitset>(match());
    return snapshot_.caches->Get<Bitset>("g:region:" + (id ? std::to_string(*id) : "any"), match);
  }

  template <class T>
  Bitset ScanMedia(const Column<T>& column, const InRange& range) const {
    return ScanColumn(snapshot_.media, size_,
                      [&](std::uint32_t media) { return range(static_cast<double>(column[media])); });
  }

  // Even-odd rule.
  static bool Inside(const InPolygon& polygon, const std::array<float, 2>& at) {
    bool inside = false;
    const auto& points = polygon.points;
    for (std::size_t i = 0, j = points.size() - 1; i < points.size(); j = i++) {
      if ((points[i][1] > at[1]) != (points[j][1] > at[1]) &&
          at[0] <
              (points[j][0] - points[i][0]) * (at[1] - points[i][1]) / (points[j][1] - points[i][1]) + points[i][0]) {
        inside = !inside;
      }
    }
    return inside;
  }

  const Snapshot& snapshot_;
  const FilterSources& sources_;
  std::size_t size_;
};

// Says the same in more conjuncts, each about one facet where that is possible.
void Split(const Filter& filter, std::vector<Filter>& parts) {
  if (const auto* all = std::get_if<AllOf>(&filter.node)) {
    for (const Filter& part : all->filters) Split(part, parts);
    return;
  }
  if (const auto* prediction = std::get_if<PredictionIs>(&filter.node); prediction != nullptr && !prediction->missing) {
    const std::size_t before = parts.size();
    const auto add = [&](auto&& fill) {
      PredictionIs part;
      part.run = prediction->run;
      fill(part);
      parts.push_back({part});
    };
    if (!prediction->classes.empty()) add([&](PredictionIs& part) { part.classes = prediction->classes; });
    if (prediction->correct) add([&](PredictionIs& part) { part.correct = prediction->correct; });
    if (prediction->confidence) add([&](PredictionIs& part) { part.confidence = prediction->confidence; });
    if (prediction->margin) add([&](PredictionIs& part) { part.margin = prediction->margin; });
    if (parts.size() == before) parts.push_back(filter);
    return;
  }
  if (const auto* label = std::get_if<LabelIs>(&filter.node);
      label != nullptr && !label->missing && !label->classes.empty() && !label->states.empty()) {
    parts.push_back({LabelIs{label->set, label->classes, {}, false}});
    parts.push_back({LabelIs{label->set, {}, label->states, false}});
    return;
  }
  parts.push_back(filter);
}

struct FacetNamer {
  std::string Of(const Filter& filter) const { return std::visit(*this, filter.node); }
  std::string Common(const std::vector<Filter>& filters) const {
    std::string common;
    for (const Filter& filter : filters) {
      const std::string facet = Of(filter);
      if (facet.empty() || (!common.empty() && common != facet)) return {};
      common = facet;
    }
    return common;
  }
  std::string operator()(const AllOf& node) const { return Common(node.filters); }
  std::string operator()(const AnyOf& node) const { return Common(node.filters); }
  std::string operator()(const NotOf& node) const { return Of(*node.filter); }
  std::string operator()(const SplitIs&) const { return "split"; }
  std::string operator()(const HasTag&) const { return "tag"; }
  std::string operator()(const ExcludedIs&) const { return "excluded"; }
  std::string operator()(const LabelIs& node) const {
    if (node.states.empty()) return "label";
    return node.classes.empty() && !node.missing ? "label_state" : "";
  }
  std::string operator()(const PredictionIs& node) const {
    const int parts =
        (node.classes.empty() ? 0 : 1) + (node.correct ? 1 : 0) + (node.confidence ? 1 : 0) + (node.margin ? 1 : 0);
    if (parts > 1) return {};
    if (node.correct) return node.missing ? "" : "correct";
    if (node.confidence) return "confidence";
    if (node.margin) return "margin";
    return "prediction";
  }
  std::string operator()(const RegionIs& node) const { return node.confidence ? "" : "region_class"; }
  std::string operator()(const FieldIn& node) const { return "field:" + node.field; }
  std::string operator()(const FieldRange& node) const { return "field:" + node.field; }
  std::string operator()(const FieldMissing& node) const { return "field:" + node.field; }
  std::string operator()(const FieldContains& node) const { return "field:" + node.field; }
  std::string operator()(const QualityRange& node) const { return node.name; }
  std::string operator()(const SuspectIs&) const { return "suspect"; }
  std::string operator()(const HasDuplicate&) const { return "duplicate"; }
  std::string operator()(const HasNearDuplicate&) const { return "near_duplicate"; }
  std::string operator()(const FromImport&) const { return "import"; }
  template <class Other>
  std::string operator()(const Other&) const {
    return {};
  }
};

}  // namespace

std::string FacetOf(const Filter& filter) { return FacetNamer().Of(filter); }

Bitset Evaluate(const Filter& filter, const Snapshot& snapshot, const FilterSources& sources) {
  Bitset candidates =
      AsksAboutExcluded(filter) ? Bitset(snapshot.Size(), true).AndNot(*snapshot.withdrawn) : snapshot.Population();
  Bitset result = Evaluator(snapshot, sources).Node(filter, candidates);
  result &= candidates;
  return result;
}

Conjuncts EvaluateConjuncts(const Filter& filter, const Snapshot& snapshot, const FilterSources& sources) {
  std::vector<Filter> parts;
  Split(filter, parts);
  Conjuncts conjuncts{{}, AsksAboutExcluded(filter)};
  const Evaluator evaluator(snapshot, sources);
  Bitset candidates =
      conjuncts.asks_excluded ? Bitset(snapshot.Size(), true).AndNot(*snapshot.withdrawn) : snapshot.Population();
  std::vector<const Filter*> similar;
  for (const Filter& part : parts) {
    if (std::holds_alternative<SimilarTo>(part.node)) {
      similar.push_back(&part);
      continue;
    }
    conjuncts.parts.push_back({FacetOf(part), evaluator.Node(part, candidates)});
  }
  for (const Conjunct& part : conjuncts.parts) candidates &= part.samples;
  for (const Filter* part : similar) conjuncts.parts.push_back({"", evaluator.Node(*part, candidates)});
  return conjuncts;
}

}  // namespace burnish::store
