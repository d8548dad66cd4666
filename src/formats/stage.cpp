#include "formats/stage.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_set>

#include "base/error.hpp"
#include "formats/limits.hpp"
#include "formats/profile.hpp"
#include "formats/table_format.hpp"
#include "formats/text.hpp"
#include "model/label.hpp"

namespace burnish::formats {
namespace {

using base::Error;
using base::ErrorCode;

std::optional<std::size_t> ColumnOf(const Mapping& mapping, Role role) {
  for (std::size_t i = 0; i < mapping.columns.size(); ++i) {
    if (mapping.columns[i].role == role) return i;
  }
  return std::nullopt;
}

// Turns rows into samples under one mapping.
class Stager {
 public:
  Stager(const FileSet& files, const Mapping& mapping, Problems& problems)
      : files_(files),
        mapping_(mapping),
        problems_(problems),
        path_(ColumnOf(mapping, Role::kPath)),
        image_(ColumnOf(mapping, Role::kImage)),
        class_(ColumnOf(mapping, Role::kClass)),
        split_(ColumnOf(mapping, Role::kSplit)) {
    for (std::size_t i = 0; i < mapping.columns.size(); ++i) {
      if (mapping.columns[i].role == Role::kField) fields_.push_back(i);
    }
  }

  // Nothing for rows that are left out.
  std::optional<StagedSample> Stage(Row&& row) {
    StagedSample sample;
    if (!(image_ ? TakePicture(row, sample) : TakeFile(row, sample))) return std::nullopt;
    if (!seen_.insert(sample.path).second) {
      problems_.Add(ProblemCode::kDuplicatePath, sample.path);
      return std::nullopt;
    }
    if (split_) sample.split = SplitOf(row.cells[*split_]);
    if (class_) TakeClass(row.cells[*class_], sample);
    for (const auto column : fields_) sample.fields.push_back(FieldOf(row, column));
    return sample;
  }

  // Pictures of the source that no row named.
  void ReportUnused() {
    if (image_ || mapping_.format == FormatId::kFolder) return;
    for (const auto& file : files_.Files()) {
      if (LooksLikeImageName(file.path) && !seen_.contains(file.path))
        problems_.Add(ProblemCode::kFileUnused, file.path);
    }
  }

  std::size_t Classes() const noexcept { return classes_.size(); }

 private:
  std::string Where(const Row& row) const {
    return row.line == 0 ? mapping_.table : "line " + std::to_string(row.line) + " of " + mapping_.table;
  }

  bool TakeFile(const Row& row, StagedSample& sample) {
    const std::string cell = CellText(row.cells[*path_]);
    if (mapping_.format == FormatId::kFolder) {
      sample.path = cell;
    } else {
      ProblemCode why{};
      auto resolved = ResolvePath(mapping_.base, cell, why);
      // Spaces around a name are nearly always the table's; a file may have them all the same.
      if (!resolved || files_.Find(*resolved) == kNoFile) resolved = ResolvePath(mapping_.base, Trim(cell), why);
      if (!resolved) {
        problems_.Add(why, why == ProblemCode::kPathEmpty ? Where(row) : cell);
        return false;
      }
      sample.path = *std::move(resolved);
    }
    sample.file = files_.Find(sample.path);
    if (sample.file == kNoFile) problems_.Add(ProblemCode::kPathMissing, cell);
    return sample.file != kNoFile;
  }

  // A picture inside the table; without a column of paths it is called by the table and its row.
  bool TakePicture(Row& row, StagedSample& sample) {
    auto& cell = row.cells[*image_];
    if (cell.kind != Cell::Kind::kBytes) {
      problems_.Add(ProblemCode::kPathEmpty, Where(row));
      return false;
    }
    const auto* start = reinterpret_cast<const std::byte*>(cell.text.data());
    sample.bytes.assign(start, start + cell.text.size());
    const std::string name = path_ ? CellText(row.cells[*path_]) : std::string();
    if (name.empty()) {
      std::array<char, 24> number{};
      std::snprintf(number.data(), number.size(), "%06llu", static_cast<unsigned long long>(row.line));
      sample.path = mapping_.table.substr(0, mapping_.table.rfind('.')) + "/" + number.data();
      return true;
    }
    ProblemCode why{};
    auto clean = CleanPath(name, why);
    if (!clean)
      problems_.Add(why, name);
    else
      sample.path = *std::move(clean);
    return clean.has_value();
  }

  std::optional<model::Split> SplitOf(const Cell& cell) {
    if (cell.kind == Cell::Kind::kMissing) return std::nullopt;
    const std::string word(Trim(CellText(cell)));
    if (word.empty()) return std::nullopt;
    if (const auto known = mapping_.split_values.find(word); known != mapping_.split_values.end()) return known->second;
    const auto split = SplitFromWord(word);
    if (!split && unknown_splits_.insert(word).second) problems_.Add(ProblemCode::kUnknownSplit, word);
    return split;
  }

  void TakeClass(const Cell& cell, StagedSample& sample) {
    if (cell.kind == Cell::Kind::kMissing) return;
    std::string name(Trim(CellText(cell)));
    if (name.empty()) return;
    if (const auto known = mapping_.class_values.find(name); known != mapping_.class_values.end()) {
      // A folder "unlabeled" beside folders of classes also says that these samples are the pool.
      if (!known->second && !sample.split) sample.split = SplitFromWord(name);
      if (!known->second) return;
      name = *known->second;
    }
    if (name.size() > kMaxClassNameBytes || HasControl(name)) {
      if (bad_classes_.insert(name).second) problems_.Add(ProblemCode::kBadClassName, name);
      return;
    }
    classes_.insert(name);
    sample.class_name = std::move(name);
  }

  model::FieldValue FieldOf(const Row& row, std::size_t column) {
    bool fits = true;
    auto value = ToFieldValue(row.cells[column], mapping_.columns[column].type, fits);
    if (!fits) problems_.Add(ProblemCode::kBadFieldValue, "\"" + CellText(row.cells[column]) + "\" in " + Where(row));
    return value;
  }

  const FileSet& files_;
  const Mapping& mapping_;
  Problems& problems_;
  std::optional<std::size_t> path_, image_, class_, split_;
  std::vector<std::size_t> fields_;
  std::unordered_set<std::string> seen_;
  std::set<std::string> classes_, bad_classes_, unknown_splits_;
};

void CheckField(const std::string& name, std::set<std::string>& taken) {
  if (name.empty() || name.size() > kMaxFieldNameBytes || !IsUtf8(name) || HasControl(name)) {
    throw Error(
        ErrorCode::kInvalidArgument,
        "The field name \"" + Printable(name) + "\" is empty, too long or has control characters; choose another.",
        name);
  }
  if (!taken.insert(name).second) {
    throw Error(ErrorCode::kInvalidArgument,
                "Two columns would become the field \"" + name + "\"; leave one out or rename it.", name);
  }
}

std::vector<ValueCount> ByName(const std::map<std::string, std::uint64_t>& counts) {
  std::vector<ValueCount> list;
  for (const auto& [value, count] : counts) list.push_back({value, count});
  return list;
}

}  // namespace

std::vector<model::Field> FieldsOf(const Mapping& mapping) {
  std::vector<model::Field> fields;
  for (const auto& column : mapping.columns) {
    if (column.role == Role::kField) fields.push_back({column.name, column.type});
  }
  return fields;
}

void CheckMapping(const ImportPlan& plan, const Mapping& mapping) {
  if (mapping.columns.size() != plan.columns.size()) {
    throw Error(ErrorCode::kInvalidArgument, "The columns changed since the preview; look at the source again.",
                "columns");
  }
  std::array<std::size_t, kRoleNames.size()> counts{};
  std::set<std::string> fields;
  for (std::size_t i = 0; i < mapping.columns.size(); ++i) {
    const auto& column = mapping.columns[i];
    const auto& name = plan.columns[i].name;
    if ((column.role == Role::kImage) != plan.columns[i].bytes && column.role != Role::kIgnore) {
      throw Error(ErrorCode::kInvalidArgument,
                  "The column \"" + name + "\" cannot be read as " + std::string(RoleName(column.role)) +
                      "; choose another use for it.",
                  name);
    }
    const bool once = column.role == Role::kPath || column.role == Role::kImage || column.role == Role::kClass ||
                      column.role == Role::kSplit;
    if (once && ++counts[static_cast<std::size_t>(column.role)] > 1) {
      throw Error(ErrorCode::kInvalidArgument,
                  "Two columns are chosen as " + std::string(RoleName(column.role)) + "; keep one.", name);
    }
    if (column.role == Role::kField) CheckField(column.name, fields);
  }
  if (counts[static_cast<std::size_t>(Role::kPath)] + counts[static_cast<std::size_t>(Role::kImage)] == 0) {
    throw Error(ErrorCode::kInvalidArgument,
                "No column says where the pictures are: choose the column with their paths.", "path");
  }
}

MappedSummary ReadSamples(const FileSet& files, const Mapping& mapping, const Reader& reader, Pictures pictures,
                          const std::function<bool(StagedSample&&)>& sink, Problems& problems) {
  MappedSummary summary;
  if (!ColumnOf(mapping, Role::kPath) && !ColumnOf(mapping, Role::kImage)) {
    problems.Add(ProblemCode::kNoPathColumn, mapping.table);
    return summary;
  }
  Stager stager(files, mapping, problems);
  std::map<std::string, std::uint64_t> classes;
  std::map<std::string, std::uint64_t> splits;
  Problems of_rows;
  bool whole = true;
  const auto take = [&](Row&& row) {
    auto sample = stager.Stage(std::move(row));
    if (!sample) return true;
    ++summary.samples;
    if (sample->class_name)
      ++classes[*sample->class_name];
    else
      ++summary.unlabeled;
    ++splits[sample->split ? std::string(model::SplitName(*sample->split)) : "none"];
    whole = sink(*std::move(sample));
    return whole;
  };
  FormatOf(mapping.format).ReadRows(files, mapping, reader, pictures, take, of_rows);
  for (const auto& group : of_rows.Groups()) {
    if (SeverityOf(group.code) == Severity::kBlocking)
      problems.Add(group.code, group.names.empty() ? "" : group.names[0], group.count);
  }
  if (whole) stager.ReportUnused();
  if (stager.Classes() > model::kMaxClasses) problems.Add(ProblemCode::kTooManyClasses, mapping.table);
  if (whole && summary.samples == 0 && !problems.Blocking()) {
    problems.Add(ProblemCode::kNothingToImport, mapping.table.empty() ? "this source" : mapping.table);
  }
  summary.classes = ByName(classes);
  summary.splits = ByName(splits);
  return summary;
}

}  // namespace burnish::formats
