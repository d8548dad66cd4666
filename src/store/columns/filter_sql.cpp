#include <algorithm>
#include <type_traits>

#include "base/error.hpp"
#include "store/columns/filter_compiler.hpp"
#include "store/columns/filter_names.hpp"
#include "store/columns/text_match.hpp"

namespace burnish::store {

namespace {

using namespace model;

class SqlWriter {
 public:
  SqlWriter(const Snapshot& snapshot, const FilterSources& sources) : snapshot_(snapshot), sources_(sources) {}

  std::string Node(const Filter& filter) {
    return std::visit([&](const auto& node) { return "(" + Of(node, filter) + ")"; }, filter.node);
  }

  std::vector<SqlValue> TakeParameters() { return std::move(parameters_); }

 private:
  std::string Bind(SqlValue value) {
    parameters_.push_back(std::move(value));
    return "$" + std::to_string(parameters_.size());
  }

  template <class T>
  std::string BindList(const std::vector<T>& values) {
    std::vector<Ordinal> numbers;
    for (const T value : values) numbers.push_back(static_cast<Ordinal>(value));
    return "(SELECT unnest(" + Bind(std::move(numbers)) + "))";
  }

  std::string Join(const std::vector<Filter>& filters, const char* with, const char* none) {
    std::string text;
    for (const Filter& filter : filters) text += (text.empty() ? "" : with) + Node(filter);
    return text.empty() ? none : text;
  }

  std::string Of(const AllOf& node, const Filter& self) {
    // A similarity among conjuncts is answered over what they leave: memory does the whole conjunction.
    const bool similar = std::any_of(node.filters.begin(), node.filters.end(),
                                     [](const Filter& part) { return std::holds_alternative<SimilarTo>(part.node); });
    return similar ? FromMemory(self) : Join(node.filters, " AND ", "true");
  }
  std::string Of(const AnyOf& node, const Filter&) { return Join(node.filters, " OR ", "false"); }
  std::string Of(const NotOf& node, const Filter&) { return "NOT " + Node(*node.filter); }

  std::string Of(const SplitIs& node, const Filter&) { return "s.split IN " + BindList(node.splits); }

  std::string Of(const HasTag& node, const Filter&) {
    return "EXISTS (SELECT 1 FROM sample_tags t WHERE t.ordinal = s.ordinal AND t.tag IN " +
           BindList(TagIds(node, snapshot_)) + ")";
  }

  std::string Of(const ExcludedIs& node, const Filter&) { return node.excluded ? "s.excluded" : "NOT s.excluded"; }

  std::string Of(const LabelIs& node, const Filter&) {
    CheckLabelSet(node.set);
    const std::string label =
        "EXISTS (SELECT 1 FROM labels l WHERE l.ordinal = s.ordinal AND l.label_set = 'truth' AND l.geometry IS NULL";
    if (node.missing && node.classes.empty() && node.states.empty()) return "NOT " + label + ")";
    std::string text = label;
    if (!node.classes.empty()) text += " AND l.class IN " + BindList(ClassIds(node.classes, snapshot_));
    if (!node.states.empty()) text += " AND l.state IN " + BindList(node.states);
    text += ")";
    return node.missing ? text + " OR NOT " + label + ")" : text;
  }

  std::string Of(const FieldIn& node, const Filter&) {
    const FieldColumn& column = RequireField(node.field, snapshot_);
    CheckFieldValues(node, column.field);
    const std::string name = Name(node.field);
    const std::string list = column.field.type == FieldType::kText ? Bind(node.texts) : Bind(node.numbers);
    return name + " IS NOT NULL AND " + name + " IN (SELECT unnest(" + list + "))";
  }

  std::string Of(const FieldRange& node, const Filter&) {
    CheckRangeField(RequireField(node.field, snapshot_).field);
    return RangeOf(Name(node.field), node.range);
  }

  std::string Of(const FieldMissing& node, const Filter&) {
    RequireField(node.field, snapshot_);
    return Name(node.field) + " IS NULL";
  }

  std::string Of(const FieldContains& node, const Filter&) {
    CheckTextField(RequireField(node.field, snapshot_).field);
    const std::string name = Name(node.field);
    return name + " IS NOT NULL AND contains(lower(" + name + "), " + Bind(FoldCase(node.text)) + ")";
  }

  std::string Of(const QualityRange& node, const Filter& self) {
    const QualityName name = RequireQuality(node.name);
    if (name != QualityName::kWidth && name != QualityName::kHeight && name != QualityName::kBytes)
      return FromMemory(self);
    const std::string column = name == QualityName::kWidth    ? "m.width"
                               : name == QualityName::kHeight ? "m.height"
                                                              : "m.bytes";
    return "EXISTS (SELECT 1 FROM media m WHERE m.media = s.media AND " + RangeOf(column, node.range) + ")";
  }

  std::string Of(const PathContains& node, const Filter&) {
    return "contains(lower(s.path), " + Bind(FoldCase(node.text)) + ")";
  }

  std::string Of(const HasDuplicate& node, const Filter&) {
    const std::string groups =
        "s.ordinal IN (SELECT unnest(list(d.ordinal)) FROM samples d JOIN media e ON e.media = d.media WHERE NOT "
        "d.withdrawn AND "
        "e.content <> '\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00'::BLOB GROUP "
        "BY e.content HAVING count(*) > 1)";
    return node.duplicate ? groups : "NOT (" + groups + ")";
  }

  std::string Of(const FromImport& node, const Filter&) {
    return "s.import IN " + BindList(ImportIndices(node, snapshot_));
  }

  std::string Of(const OrdinalIn&, const Filter& self) { return FromMemory(self); }

  std::string Of(const ChangedIn& node, const Filter& self) {
    if (node.upto < snapshot_.as_of) return FromMemory(self);
    return "s.changed > " + Bind(static_cast<std::int64_t>(node.after));
  }

  // Region labels, predictions, suspects, near duplicates, the map, stored sets and similarity are not in the file.
  template <class Other>
  std::string Of(const Other&, const Filter& self) {
    return FromMemory(self);
  }

  std::string FromMemory(const Filter& filter) {
    // Whatever is excluded: the default is for the whole tree to decide.
    const Filter everywhere{AllOf{{filter, Filter{AnyOf{{Filter{ExcludedIs{true}}, Filter{ExcludedIs{false}}}}}}}};
    return "s.ordinal IN (SELECT unnest(" + Bind(Evaluate(everywhere, snapshot_, sources_).Ordinals()) + "))";
  }

  std::string Name(const std::string& field) const { return "s.f_" + std::to_string(*snapshot_.FindField(field)); }

  std::string RangeOf(const std::string& column, const Range& range) {
    std::string text = column + " IS NOT NULL";
    if (range.low) text += " AND " + column + " >= " + Bind(*range.low);
    if (range.high) text += " AND " + column + " <= " + Bind(*range.high);
    return text;
  }

  const Snapshot& snapshot_;
  const FilterSources& sources_;
  std::vector<SqlValue> parameters_;
};

}  // namespace

SqlFilter CompileToSql(const Filter& filter, const Snapshot& snapshot, const FilterSources& sources) {
  SqlWriter writer(snapshot, sources);
  SqlFilter sql;
  sql.where = writer.Node(filter) + " AND NOT s.withdrawn";
  if (!AsksAboutExcluded(filter)) sql.where += " AND NOT s.excluded";
  sql.parameters = writer.TakeParameters();
  return sql;
}

}  // namespace burnish::store
