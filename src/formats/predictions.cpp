#include "formats/predictions.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/error.hpp"
#include "formats/limits.hpp"
#include "formats/profile.hpp"
#include "formats/table_format.hpp"
#include "formats/text.hpp"

namespace burnish::formats {
namespace {

using base::Error;
using base::ErrorCode;
constexpr std::size_t kSampledRows = 200;

TableKind KindOf(const std::string& table) {
  const auto kind = TableKindOf(table);
  if (!kind)
    throw Error(ErrorCode::kInvalidArgument,
                "\"" + table + "\" is no table: predictions are read from CSV, TSV and Parquet.", table);
  return *kind;
}

bool IsOneOf(const std::string& name, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), LowerAscii(name)) != words.end();
}

// The class that a column of probabilities is about: its name, also as "prob_cat", "p(cat)", "score:cat".
std::string ClassOfColumn(const std::string& name, const std::vector<std::string>& classes) {
  const auto known = [&](const std::string& text) {
    return std::find(classes.begin(), classes.end(), text) != classes.end();
  };
  if (known(name)) return name;
  for (const std::string_view prefix : {"prob_", "probability_", "prob:", "probability:", "score_", "p_", "p("}) {
    if (!LowerAscii(name).starts_with(prefix)) continue;
    std::string rest = name.substr(prefix.size());
    if (prefix == "p(" && rest.ends_with(')')) rest.pop_back();
    if (known(rest)) return rest;
  }
  return {};
}

// The column whose first values name the most samples.
std::optional<std::size_t> GuessPathColumn(const TableHeader& header, const std::vector<Row>& rows,
                                           const SampleFinder& find) {
  std::optional<std::size_t> best;
  std::size_t best_found = 0;
  for (std::size_t i = 0; i < header.columns.size(); ++i) {
    std::size_t found = 0;
    for (const auto& row : rows) found += row.cells[i].kind == Cell::Kind::kText && find(row.cells[i].text) ? 1U : 0U;
    const bool named = IsOneOf(header.columns[i].name, {"path", "file", "filename", "file_name", "image", "sample"});
    if (found > best_found || (!best && named)) {
      best = i;
      best_found = found;
    }
  }
  return best;
}

std::vector<ColumnMapping> GuessColumns(const std::vector<Column>& columns, const std::optional<std::size_t>& path,
                                        const std::vector<std::string>& classes) {
  std::vector<ColumnMapping> mapping(columns.size());
  bool class_taken = false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i == path) {
      mapping[i].role = Role::kPath;
    } else if (const auto about = ClassOfColumn(columns[i].name, classes);
               !about.empty() && columns[i].type == model::FieldType::kNumber) {
      mapping[i] = {Role::kProbability, model::FieldType::kNumber, about};
    } else if (IsOneOf(columns[i].name, {"confidence", "score", "probability", "prob", "conf"}) &&
               columns[i].type == model::FieldType::kNumber) {
      mapping[i].role = Role::kConfidence;
    } else if (!class_taken && IsOneOf(columns[i].name, {"class", "label", "prediction", "predicted", "pred",
                                                         "predicted_class", "predicted_label", "category"})) {
      mapping[i].role = Role::kClass;
      class_taken = true;
    }
  }
  return mapping;
}

// Checks the rows of one table under one mapping and turns them into predictions.
class PredictionReading {
 public:
  PredictionReading(const PredictionMapping& mapping, std::vector<std::string> classes, std::string table,
                    const SampleFinder& find, Problems& problems)
      : mapping_(mapping), classes_(std::move(classes)), table_(std::move(table)), find_(find), problems_(problems) {
    for (std::size_t i = 0; i < classes_.size(); ++i) index_.emplace(classes_[i], static_cast<std::uint32_t>(i));
    for (std::size_t i = 0; i < mapping.columns.size(); ++i) {
      const auto role = mapping.columns[i].role;
      if (role == Role::kPath) path_ = i;
      if (role == Role::kClass) class_ = i;
      if (role == Role::kConfidence) confidence_ = i;
      if (role == Role::kProbability) AddProbability(i);
    }
    if (!path_) problems_.Add(ProblemCode::kNoPathColumn, table_);
    if (!class_ && probabilities_.empty()) problems_.Add(ProblemCode::kNoPredictionColumns, table_);
  }

  bool CanRead() const { return path_ && (class_ || !probabilities_.empty()); }

  std::optional<PredictionRow> Take(const Row& row) {
    PredictionRow result;
    const std::string path = CellText(row.cells[*path_]);
    const auto sample = find_(path);
    if (!sample)
      return Refuse(path.empty() ? ProblemCode::kPathEmpty : ProblemCode::kUnknownSample,
                    path.empty() ? Where(row) : path);
    result.sample = *sample;
    const bool good = probabilities_.empty() ? TakeClass(row, path, result) : TakeProbabilities(row, path, result);
    if (!good) return std::nullopt;
    if (!seen_.insert(*sample).second) return Refuse(ProblemCode::kDuplicatePrediction, path);
    return result;
  }

  const std::vector<std::string>& Classes() const { return classes_; }
  const std::map<std::string, std::uint64_t>& Unknown() const { return unknown_; }

 private:
  std::string Where(const Row& row) const { return "line " + std::to_string(row.line) + " of " + table_; }

  std::optional<PredictionRow> Refuse(ProblemCode code, const std::string& name) {
    problems_.Add(code, name);
    return std::nullopt;
  }

  // The index of a class after the person's choices; nothing if its rows are left out.
  std::optional<std::uint32_t> IndexOf(const std::string& name) {
    if (const auto known = index_.find(name); known != index_.end()) return known->second;
    const auto choice = mapping_.unknown_classes.find(name);
    const auto kind = choice == mapping_.unknown_classes.end() ? ClassChoice::Kind::kIgnore : choice->second.kind;
    if (kind == ClassChoice::Kind::kMap) {
      if (const auto target = index_.find(choice->second.to); target != index_.end()) return target->second;
    }
    if (kind == ClassChoice::Kind::kAdd && name.size() <= kMaxClassNameBytes && !HasControl(name)) {
      const auto index = static_cast<std::uint32_t>(classes_.size());
      index_.emplace(name, index);
      classes_.push_back(name);
      return index;
    }
    if (++unknown_[name] == 1) problems_.Add(ProblemCode::kUnknownClass, name);
    return std::nullopt;
  }

  void AddProbability(std::size_t column) {
    if (const auto index = IndexOf(mapping_.columns[column].name)) probabilities_.emplace_back(column, *index);
  }

  bool TakeClass(const Row& row, const std::string& path, PredictionRow& result) {
    const std::string name(Trim(CellText(row.cells[*class_])));
    if (name.empty()) return Refuse(ProblemCode::kNoPrediction, path).has_value();
    const auto index = IndexOf(name);
    if (!index) return false;
    result.class_index = *index;
    if (!confidence_ || row.cells[*confidence_].kind == Cell::Kind::kMissing) return true;
    double value = 0;
    if (!TakeProbability(row.cells[*confidence_], path, value)) return false;
    result.confidence = static_cast<float>(value);
    return true;
  }

  bool TakeProbability(const Cell& cell, const std::string& path, double& value) {
    bool fits = true;
    const auto number = ToFieldValue(cell, model::FieldType::kNumber, fits);
    if (!fits || number.missing) return Refuse(ProblemCode::kNotANumber, path).has_value();
    value = number.number;
    const bool within =
        value >= 0 && (value <= 1 + kProbabilitySumTolerance || (mapping_.normalize && std::isfinite(value)));
    return within || Refuse(ProblemCode::kProbabilityRange, path).has_value();
  }

  bool TakeProbabilities(const Row& row, const std::string& path, PredictionRow& result) {
    std::vector<double> values(classes_.size(), 0);
    double sum = 0;
    for (const auto& [column, index] : probabilities_) {
      double value = 0;
      if (!TakeProbability(row.cells[column], path, value)) return false;
      values[index] += value;
      sum += value;
    }
    if (std::abs(sum - 1) > kProbabilitySumTolerance && (!mapping_.normalize || sum <= 0)) {
      return Refuse(ProblemCode::kProbabilitySum, path).has_value();
    }
    // Rounding in the file is evened out, so that what is stored always sums to one.
    for (const double value : values) result.probabilities.push_back(static_cast<float>(value / sum));
    const auto best = std::max_element(result.probabilities.begin(), result.probabilities.end());
    result.class_index = static_cast<std::uint32_t>(best - result.probabilities.begin());
    result.confidence = *best;
    return true;
  }

  const PredictionMapping& mapping_;
  std::vector<std::string> classes_;
  std::string table_;
  const SampleFinder& find_;
  Problems& problems_;
  std::unordered_map<std::string, std::uint32_t> index_;
  std::optional<std::size_t> path_, class_, confidence_;
  std::vector<std::pair<std::size_t, std::uint32_t>> probabilities_;  // column, class
  std::unordered_set<std::uint32_t> seen_;
  std::map<std::string, std::uint64_t> unknown_;
};

}  // namespace

PredictionPlan InspectPredictions(const FileSet& files, std::size_t file, const std::vector<std::string>& classes,
                                  const SampleFinder& find, const Reader& reader) {
  PredictionPlan plan;
  const auto& table = files.Files().at(file).path;
  TableProfile profile;
  TableHeader head;
  std::vector<Row> first;
  reader.ReadTable(
      KindOf(table), files.Open(file), table, Pictures::kWithout,
      [&](const TableHeader& header) { return profile.Header(header), head = header, true; },
      [&](Row&& row) {
        profile.Add(row);
        if (first.size() < kSampledRows) first.push_back(std::move(row));
        return true;
      },
      plan.problems);
  plan.rows = profile.Rows();
  plan.columns = profile.Columns();
  plan.first_rows = profile.TakeFirstRows();
  plan.details = head.details;
  plan.sentence = "Predictions in " + table + ": " + WithThousands(plan.rows) + (plan.rows == 1 ? " row." : " rows.");
  const auto path = GuessPathColumn(head, first, find);
  plan.mapping = GuessColumns(plan.columns, path, classes);
  for (auto& row : plan.first_rows) row.path = path ? row.cells[*path] : "";
  // Classes that the table names in its class column and the project does not have.
  for (std::size_t i = 0; i < plan.mapping.size(); ++i) {
    if (plan.mapping[i].role != Role::kClass) continue;
    for (const auto& value : plan.columns[i].values) {
      if (!value.value.empty() && std::find(classes.begin(), classes.end(), value.value) == classes.end())
        plan.unknown_classes.push_back(value);
    }
  }
  return plan;
}

PredictionResult ReadPredictions(const FileSet& files, std::size_t file, const PredictionMapping& mapping,
                                 const std::vector<std::string>& classes, const SampleFinder& find,
                                 const Reader& reader, const std::function<bool(PredictionRow&&)>& sink,
                                 Problems& problems) {
  const auto& table = files.Files().at(file).path;
  PredictionReading reading(mapping, classes, table, find, problems);
  PredictionResult result;
  if (reading.CanRead()) {
    Problems of_rows;
    reader.ReadTable(
        KindOf(table), files.Open(file), table, Pictures::kWithout,
        [&](const TableHeader& header) { return header.columns.size() == mapping.columns.size(); },
        [&](Row&& row) {
          auto prediction = reading.Take(row);
          if (!prediction) return true;
          ++result.rows;
          return sink(*std::move(prediction));
        },
        of_rows);
    for (const auto& group : of_rows.Groups()) {
      if (SeverityOf(group.code) == Severity::kBlocking)
        problems.Add(group.code, group.names.empty() ? "" : group.names[0], group.count);
    }
    if (result.rows == 0 && !problems.Blocking()) problems.Add(ProblemCode::kNothingToImport, table);
  }
  result.classes = reading.Classes();
  return result;
}

}  // namespace burnish::formats
