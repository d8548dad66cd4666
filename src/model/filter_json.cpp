#include "model/filter_json.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <span>

#include "base/error.hpp"
#include "base/json.hpp"

namespace burnish::model {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 16> kSortKeys = {
    "ordinal",    "path",     "confidence", "margin",        "label_score", "width",   "height",     "bytes",
    "brightness", "contrast", "sharpness",  "colourfulness", "entropy",     "changed", "similarity", "field"};

[[noreturn]] void Refuse(const std::string& path, const std::string& message) {
  throw base::Error(base::ErrorCode::kInvalidArgument, message, path.empty() ? "filter" : path);
}

std::string Below(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}
std::string Below(const std::string& path, std::size_t index) { return path + "[" + std::to_string(index) + "]"; }

// Typed reading of one JSON tree; counts nodes, so that no tree can cost more than it should.
class Reader {
 public:
  Filter Node(const json::value& value, const std::string& path, int depth) {
    if (depth > kMaxFilterDepth) Refuse(path, "This filter is nested too deeply.");
    if (++nodes_ > kMaxFilterNodes) Refuse(path, "This filter has too many parts.");
    const json::object* object = value.if_object();
    if (object == nullptr) Refuse(path, "A filter must be an object such as {\"split\": [\"test\"]}.");
    if (object->empty()) Refuse(path, "A filter must have a key such as \"all\".");
    if (object->contains("field")) return {FieldNode(*object, path)};
    if (object->contains("quality")) return {QualityNode(*object, path)};
    const json::key_value_pair& only = *object->begin();
    const std::string key(only.key());
    const std::string below = Below(path, key);
    if (object->size() != 1) Refuse(path, "A filter must have one key only; put several filters into \"all\".");
    return {Keyed(key, only.value(), below, depth)};
  }

 private:
  using Variant = decltype(Filter::node);

  Variant Keyed(const std::string& key, const json::value& value, const std::string& path, int depth) {
    if (key == "all") return AllOf{Nodes(value, path, depth)};
    if (key == "any") return AnyOf{Nodes(value, path, depth)};
    if (key == "not") return NotOf{std::make_shared<const Filter>(Node(value, path, depth + 1))};
    if (key == "split") return SplitIs{Splits(value, path)};
    if (key == "tag") return HasTag{Texts(value, path)};
    if (key == "excluded") return ExcludedIs{Boolean(value, path)};
    if (key == "label") return LabelNode(Object(value, path, {"set", "class", "state", "missing"}), path);
    if (key == "prediction") {
      return PredictionNode(Object(value, path, {"run", "class", "correct", "confidence", "margin", "missing"}), path);
    }
    if (key == "region") return RegionNode(Object(value, path, {"set", "class", "confidence", "missing"}), path);
    if (key == "path") return PathContains{Text(value, path)};
    if (key == "suspect") return SuspectNode(Object(value, path, {"suspected", "given", "suggested"}), path);
    if (key == "duplicate") return HasDuplicate{Boolean(value, path)};
    if (key == "near_duplicate") return HasNearDuplicate{Boolean(value, path)};
    if (key == "similar") return SimilarNode(Object(value, path, {"to", "count"}), path);
    if (key == "polygon") return Polygon(value, path);
    if (key == "stored_set") return InStoredSet{base::StoredSetId(IdText(value, path))};
    if (key == "ordinals") return OrdinalIn{Ordinals(value, path)};
    if (key == "import") return Imports(value, path);
    if (key == "changed") return ChangedNode(Object(value, path, {"after", "upto"}), path);
    Refuse(path, "There is no filter called \"" + key.substr(0, 60) + "\".");
  }

  std::vector<Filter> Nodes(const json::value& value, const std::string& path, int depth) {
    std::vector<Filter> filters;
    const json::array& list = List(value, path);
    for (std::size_t i = 0; i < list.size(); ++i) filters.push_back(Node(list[i], Below(path, i), depth + 1));
    return filters;
  }

  static Variant FieldNode(const json::object& object, const std::string& path) {
    CheckKeys(object, path, {"field", "in", "range", "missing", "text"});
    const std::string name = Text(object.at("field"), Below(path, "field"));
    if (object.size() != 2)
      Refuse(path, "A filter on a field must have one of \"in\", \"range\", \"missing\" and \"text\".");
    if (const json::value* in = object.if_contains("in")) return FieldValues(name, *in, Below(path, "in"));
    if (const json::value* range = object.if_contains("range"))
      return FieldRange{name, RangeOf(*range, Below(path, "range"))};
    if (const json::value* text = object.if_contains("text"))
      return FieldContains{name, Text(*text, Below(path, "text"))};
    if (Boolean(object.at("missing"), Below(path, "missing"))) return FieldMissing{name};
    return NotOf{std::make_shared<const Filter>(Filter{FieldMissing{name}})};
  }

  static FieldIn FieldValues(const std::string& name, const json::value& value, const std::string& path) {
    FieldIn in{name, {}, {}};
    const json::array& list = List(value, path);
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (list[i].is_string()) {
        in.texts.emplace_back(list[i].as_string());
      } else if (list[i].is_bool()) {
        in.numbers.push_back(list[i].as_bool() ? 1 : 0);
      } else {
        in.numbers.push_back(Number(list[i], Below(path, i)));
      }
    }
    return in;
  }

  static QualityRange QualityNode(const json::object& object, const std::string& path) {
    CheckKeys(object, path, {"quality", "range"});
    if (!object.contains("range")) Refuse(path, "A filter on a quality must have a \"range\".");
    return {Text(object.at("quality"), Below(path, "quality")), RangeOf(object.at("range"), Below(path, "range"))};
  }

  static LabelIs LabelNode(const json::object& object, const std::string& path) {
    LabelIs label;
    if (const json::value* set = object.if_contains("set")) label.set = Text(*set, Below(path, "set"));
    if (const json::value* classes = object.if_contains("class")) label.classes = Texts(*classes, Below(path, "class"));
    if (const json::value* states = object.if_contains("state")) {
      for (const std::string& name : Texts(*states, Below(path, "state"))) {
        const auto found = std::find(kLabelStateNames.begin(), kLabelStateNames.end(), name);
        if (found == kLabelStateNames.end())
          Refuse(Below(path, "state"), "A label's state is one of draft, set, confirmed and rejected.");
        label.states.push_back(static_cast<LabelState>(found - kLabelStateNames.begin()));
      }
    }
    if (const json::value* missing = object.if_contains("missing"))
      label.missing = Boolean(*missing, Below(path, "missing"));
    return label;
  }

  static PredictionIs PredictionNode(const json::object& object, const std::string& path) {
    PredictionIs prediction;
    const json::value* run = object.if_contains("run");
    if (run == nullptr) Refuse(Below(path, "run"), "A filter on predictions must say of which \"run\".");
    prediction.run = Text(*run, Below(path, "run"));
    if (const json::value* classes = object.if_contains("class"))
      prediction.classes = Texts(*classes, Below(path, "class"));
    if (const json::value* correct = object.if_contains("correct"))
      prediction.correct = Boolean(*correct, Below(path, "correct"));
    if (const json::value* range = object.if_contains("confidence"))
      prediction.confidence = RangeOf(*range, Below(path, "confidence"));
    if (const json::value* range = object.if_contains("margin"))
      prediction.margin = RangeOf(*range, Below(path, "margin"));
    if (const json::value* missing = object.if_contains("missing"))
      prediction.missing = Boolean(*missing, Below(path, "missing"));
    return prediction;
  }

  static RegionIs RegionNode(const json::object& object, const std::string& path) {
    RegionIs region;
    if (const json::value* set = object.if_contains("set")) region.set = Text(*set, Below(path, "set"));
    if (const json::value* classes = object.if_contains("class"))
      region.classes = Texts(*classes, Below(path, "class"));
    if (const json::value* range = object.if_contains("confidence"))
      region.confidence = RangeOf(*range, Below(path, "confidence"));
    if (const json::value* missing = object.if_contains("missing"))
      region.missing = Boolean(*missing, Below(path, "missing"));
    return region;
  }

  static SuspectIs SuspectNode(const json::object& object, const std::string& path) {
    SuspectIs suspect;
    if (const json::value* suspected = object.if_contains("suspected"))
      suspect.suspected = Boolean(*suspected, Below(path, "suspected"));
    if (const json::value* given = object.if_contains("given")) suspect.given = Texts(*given, Below(path, "given"));
    if (const json::value* suggested = object.if_contains("suggested"))
      suspect.suggested = Texts(*suggested, Below(path, "suggested"));
    return suspect;
  }

  static SimilarTo SimilarNode(const json::object& object, const std::string& path) {
    SimilarTo similar;
    const json::value* to = object.if_contains("to");
    if (to == nullptr) Refuse(Below(path, "to"), "A filter on similarity must say \"to\" which samples.");
    similar.ordinals = Ordinals(*to, Below(path, "to"));
    if (similar.ordinals.empty() || similar.ordinals.size() > 1'000)
      Refuse(Below(path, "to"), "Give 1 to 1,000 samples to be similar to.");
    if (const json::value* count = object.if_contains("count")) {
      const std::uint64_t asked = Whole(*count, Below(path, "count"), 10'000);
      if (asked == 0) Refuse(Below(path, "count"), "Ask for one similar sample at least.");
      similar.count = static_cast<std::uint32_t>(asked);
    }
    return similar;
  }

  static InPolygon Polygon(const json::value& value, const std::string& path) {
    InPolygon polygon;
    const json::array& list = List(value, path);
    if (list.size() < 3 || list.size() > 2'000) Refuse(path, "A polygon has 3 to 2,000 points.");
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string below = Below(path, i);
      const json::array& point = List(list[i], below);
      if (point.size() != 2) Refuse(below, "A point is two numbers.");
      polygon.points.push_back({Coordinate(point[0], below), Coordinate(point[1], below)});
    }
    return polygon;
  }

  static ChangedIn ChangedNode(const json::object& object, const std::string& path) {
    if (!object.contains("after") || !object.contains("upto"))
      Refuse(path, "A filter on changes needs \"after\" and \"upto\".");
    constexpr std::uint64_t kMost = 1ULL << 53U;
    return {Whole(object.at("after"), Below(path, "after"), kMost),
            Whole(object.at("upto"), Below(path, "upto"), kMost)};
  }

  static FromImport Imports(const json::value& value, const std::string& path) {
    FromImport from;
    const json::array& list = List(value, path);
    for (std::size_t i = 0; i < list.size(); ++i) from.imports.emplace_back(IdText(list[i], Below(path, i)));
    return from;
  }

  static std::vector<Split> Splits(const json::value& value, const std::string& path) {
    std::vector<Split> splits;
    const std::vector<std::string> names = Texts(value, path);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto split = SplitFromName(names[i]);
      if (!split) Refuse(Below(path, i), "A split is one of train, validation, test and pool.");
      splits.push_back(*split);
    }
    return splits;
  }

  static std::vector<Ordinal> Ordinals(const json::value& value, const std::string& path) {
    std::vector<Ordinal> ordinals;
    const json::array& list = List(value, path);
    ordinals.reserve(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
      ordinals.push_back(static_cast<Ordinal>(Whole(list[i], Below(path, i), std::numeric_limits<Ordinal>::max())));
    }
    return ordinals;
  }

  static std::vector<std::string> Texts(const json::value& value, const std::string& path) {
    std::vector<std::string> texts;
    const json::array& list = List(value, path);
    for (std::size_t i = 0; i < list.size(); ++i) texts.push_back(Text(list[i], Below(path, i)));
    return texts;
  }

  static Range RangeOf(const json::value& value, const std::string& path) {
    const json::array& list = List(value, path);
    if (list.size() != 2) Refuse(path, "A range is [low, high]; null leaves an end open.");
    Range range;
    if (!list[0].is_null()) range.low = Number(list[0], Below(path, 0));
    if (!list[1].is_null()) range.high = Number(list[1], Below(path, 1));
    return range;
  }

  static const json::array& List(const json::value& value, const std::string& path) {
    const json::array* list = value.if_array();
    if (list == nullptr) Refuse(path, "A list is expected here.");
    if (list->size() > kMaxFilterValues) Refuse(path, "This list is too long: keep the selection as a stored set.");
    return *list;
  }

  static const json::object& Object(const json::value& value, const std::string& path,
                                    std::initializer_list<std::string_view> keys) {
    const json::object* object = value.if_object();
    if (object == nullptr) Refuse(path, "An object is expected here.");
    CheckKeys(*object, path, keys);
    return *object;
  }

  static void CheckKeys(const json::object& object, const std::string& path,
                        std::initializer_list<std::string_view> keys) {
    for (const auto& entry : object) {
      const std::string_view key = entry.key();
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
        Refuse(Below(path, key.substr(0, 60)),
               "There is no \"" + std::string(key.substr(0, 60)) + "\" in this filter.");
      }
    }
  }

  static std::string Text(const json::value& value, const std::string& path) {
    const json::string* text = value.if_string();
    if (text == nullptr) Refuse(path, "A text is expected here.");
    return std::string(*text);
  }

  static std::string IdText(const json::value& value, const std::string& path) {
    std::string text = Text(value, path);
    if (!base::LooksLikeId(text)) Refuse(path, "This is no id.");
    return text;
  }

  static bool Boolean(const json::value& value, const std::string& path) {
    if (!value.is_bool()) Refuse(path, "true or false is expected here.");
    return value.as_bool();
  }

  static double Number(const json::value& value, const std::string& path) {
    if (!value.is_number()) Refuse(path, "A number is expected here.");
    const double number = value.to_number<double>();
    if (!std::isfinite(number)) Refuse(path, "A finite number is expected here.");
    return number;
  }

  // Places on the map are kept as floats.
  static float Coordinate(const json::value& value, const std::string& path) {
    const double number = Number(value, path);
    if (std::abs(number) > std::numeric_limits<float>::max()) Refuse(path, "This point lies too far away.");
    return static_cast<float>(number);
  }

  static std::uint64_t Whole(const json::value& value, const std::string& path, std::uint64_t most) {
    const double number = Number(value, path);
    if (number < 0 || number > static_cast<double>(most) || number != std::floor(number))
      Refuse(path, "A whole number is expected here.");
    return static_cast<std::uint64_t>(number);
  }

  std::size_t nodes_ = 0;
};

json::array TextList(std::span<const std::string> texts) {
  json::array list;
  for (const std::string& text : texts) list.emplace_back(text);
  return list;
}

json::array OrdinalList(std::span<const Ordinal> ordinals) { return json::array(ordinals.begin(), ordinals.end()); }

json::value RangeJson(const Range& range) {
  return json::array{range.low ? json::value(*range.low) : json::value(nullptr),
                     range.high ? json::value(*range.high) : json::value(nullptr)};
}

json::array FilterList(const std::vector<Filter>& filters) {
  json::array list;
  for (const Filter& filter : filters) list.push_back(FilterToJson(filter));
  return list;
}

struct Writer {
  json::object operator()(const AllOf& node) const { return {{"all", FilterList(node.filters)}}; }
  json::object operator()(const AnyOf& node) const { return {{"any", FilterList(node.filters)}}; }
  json::object operator()(const NotOf& node) const {
    if (const auto* missing = std::get_if<FieldMissing>(&node.filter->node))
      return {{"field", missing->field}, {"missing", false}};
    return {{"not", FilterToJson(*node.filter)}};
  }
  json::object operator()(const SplitIs& node) const {
    json::array list;
    for (const Split split : node.splits) list.emplace_back(SplitName(split));
    return {{"split", list}};
  }
  json::object operator()(const HasTag& node) const { return {{"tag", TextList(node.tags)}}; }
  json::object operator()(const ExcludedIs& node) const { return {{"excluded", node.excluded}}; }
  json::object operator()(const LabelIs& node) const {
    json::object label{{"set", node.set}};
    if (!node.classes.empty()) label["class"] = TextList(node.classes);
    if (!node.states.empty()) {
      json::array states;
      for (const LabelState state : node.states) states.emplace_back(LabelStateName(state));
      label["state"] = states;
    }
    if (node.missing) label["missing"] = true;
    return {{"label", label}};
  }
  json::object operator()(const PredictionIs& node) const {
    json::object prediction{{"run", node.run}};
    if (!node.classes.empty()) prediction["class"] = TextList(node.classes);
    if (node.correct) prediction["correct"] = *node.correct;
    if (node.confidence) prediction["confidence"] = RangeJson(*node.confidence);
    if (node.margin) prediction["margin"] = RangeJson(*node.margin);
    if (node.missing) prediction["missing"] = true;
    return {{"prediction", prediction}};
  }
  json::object operator()(const RegionIs& node) const {
    json::object region{{"set", node.set}};
    if (!node.classes.empty()) region["class"] = TextList(node.classes);
    if (node.confidence) region["confidence"] = RangeJson(*node.confidence);
    if (node.missing) region["missing"] = true;
    return {{"region", region}};
  }
  json::object operator()(const FieldIn& node) const {
    json::array values = TextList(node.texts);
    for (const double number : node.numbers) values.emplace_back(number);
    return {{"field", node.field}, {"in", values}};
  }
  json::object operator()(const FieldRange& node) const {
    return {{"field", node.field}, {"range", RangeJson(node.range)}};
  }
  json::object operator()(const FieldMissing& node) const { return {{"field", node.field}, {"missing", true}}; }
  json::object operator()(const FieldContains& node) const { return {{"field", node.field}, {"text", node.text}}; }
  json::object operator()(const QualityRange& node) const {
    return {{"quality", node.name}, {"range", RangeJson(node.range)}};
  }
  json::object operator()(const PathContains& node) const { return {{"path", node.text}}; }
  json::object operator()(const SuspectIs& node) const {
    json::object suspect{{"suspected", node.suspected}};
    if (!node.given.empty()) suspect["given"] = TextList(node.given);
    if (!node.suggested.empty()) suspect["suggested"] = TextList(node.suggested);
    return {{"suspect", suspect}};
  }
  json::object operator()(const HasDuplicate& node) const { return {{"duplicate", node.duplicate}}; }
  json::object operator()(const HasNearDuplicate& node) const { return {{"near_duplicate", node.near_duplicate}}; }
  json::object operator()(const SimilarTo& node) const {
    return {{"similar", json::object{{"to", OrdinalList(node.ordinals)}, {"count", node.count}}}};
  }
  json::object operator()(const InPolygon& node) const {
    json::array points;
    for (const auto& point : node.points) points.push_back(json::array{point[0], point[1]});
    return {{"polygon", points}};
  }
  json::object operator()(const InStoredSet& node) const { return {{"stored_set", node.set.Text()}}; }
  json::object operator()(const OrdinalIn& node) const { return {{"ordinals", OrdinalList(node.ordinals)}}; }
  json::object operator()(const FromImport& node) const {
    json::array imports;
    for (const base::ImportId& import : node.imports) imports.emplace_back(import.Text());
    return {{"import", imports}};
  }
  json::object operator()(const ChangedIn& node) const {
    return {{"changed", json::object{{"after", node.after}, {"upto", node.upto}}}};
  }
};

}  // namespace

Filter ParseFilter(std::string_view text) {
  if (text.size() > kMaxFilterBytes)
    throw base::Error(base::ErrorCode::kInvalidArgument, "This filter is too long: keep the selection as a stored set.",
                      "filter");
  json::parse_options options;
  options.max_depth = 2 * kMaxFilterDepth + 8;  // a node is an object inside a list, at most; lists of values below
  boost::system::error_code failure;
  const json::value value = base::ParseJson(text, failure, options);
  if (failure) throw base::Error(base::ErrorCode::kInvalidArgument, "This filter is not valid JSON.", "filter");
  return FilterFromJson(value);
}

Filter FilterFromJson(const json::value& value) { return Reader().Node(value, "", 1); }

json::value FilterToJson(const Filter& filter) { return std::visit(Writer(), filter.node); }

std::string_view SortKeyName(SortKey key) { return kSortKeys[static_cast<std::size_t>(key)]; }

Sort SortFromJson(const json::value& value) {
  const json::object* object = value.if_object();
  if (object == nullptr) Refuse("sort", "A sort must be an object such as {\"by\": \"confidence\"}.");
  Sort sort;
  for (const auto& entry : *object) {
    const std::string_view key = entry.key();
    if (key == "by") {
      const json::string* name = entry.value().if_string();
      const auto found =
          name == nullptr ? kSortKeys.end() : std::find(kSortKeys.begin(), kSortKeys.end(), std::string_view(*name));
      if (found == kSortKeys.end()) Refuse("sort.by", "Samples cannot be sorted by this.");
      sort.key = static_cast<SortKey>(found - kSortKeys.begin());
    } else if (key == "descending" && entry.value().is_bool()) {
      sort.descending = entry.value().as_bool();
    } else if (key == "field" && entry.value().is_string()) {
      sort.field = std::string(entry.value().as_string());
    } else {
      Refuse("sort." + std::string(key.substr(0, 60)), "This part of the sort is not understood.");
    }
  }
  if (!object->contains("by")) Refuse("sort.by", "A sort must say \"by\" what.");
  if ((sort.key == SortKey::kField) != !sort.field.empty())
    Refuse("sort.field", "A sort by field must name the field, and no other sort may.");
  return sort;
}

json::value SortToJson(const Sort& sort) {
  json::object object{{"by", SortKeyName(sort.key)}, {"descending", sort.descending}};
  if (sort.key == SortKey::kField) object["field"] = sort.field;
  return object;
}

}  // namespace burnish::model
