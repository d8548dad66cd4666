#include "formats/table_format.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/error.hpp"
#include "formats/limits.hpp"
#include "formats/manifest.hpp"
#include "formats/profile.hpp"
#include "formats/text.hpp"

namespace burnish::formats {
namespace {

constexpr std::size_t kMaxTablesTried = 12;
constexpr std::size_t kSampledRows = 200;
constexpr std::size_t kMaxBases = 500;
constexpr std::size_t kMaxGuessedClasses = 200;

std::string FolderOf(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

bool IsOneOf(const std::string& name, std::initializer_list<std::string_view> words) {
  const std::string lower = LowerAscii(name);
  return std::find(words.begin(), words.end(), lower) != words.end();
}

bool IsPathName(const std::string& name) {
  return IsOneOf(name, {"path", "file", "filename", "file_name", "filepath", "file_path", "image", "image_path", "img",
                        "img_path", "image.path", "photo", "picture", "key"});
}
bool IsClassName(const std::string& name) {
  return IsOneOf(name, {"class", "label", "category", "target", "class_name", "label_name", "classname", "labels",
                        "species", "truth", "y"});
}
bool IsSplitName(const std::string& name) {
  return IsOneOf(name, {"split", "set", "subset", "partition", "fold", "usage", "purpose"});
}

// The beginning of a table.
struct Start {
  TableHeader header;
  std::vector<Row> rows;
};

Start ReadStart(TableKind kind, const FileSet& files, std::size_t file, const Reader& reader) {
  Start start;
  Problems ignored;
  reader.ReadTable(
      kind, files.Open(file), files.Files()[file].path, Pictures::kWithout,
      [&](const TableHeader& header) { return start.header = header, true; },
      [&](Row&& row) { return start.rows.push_back(std::move(row)), start.rows.size() < kSampledRows; }, ignored);
  return start;
}

// Where the paths of a table are, as far as its first rows tell.
struct PathGuess {
  std::optional<std::size_t> column;
  std::string base;
  double resolved = 0;  // share of the values that name a file of the source
  double looks = 0;     // share that are named like pictures
};

// Folders that the paths may start from: the table's own, the source itself, then all others.
std::vector<std::string> Bases(const FileSet& files, const std::string& table) {
  std::set<std::string> folders;
  for (const auto& file : files.Files()) {
    for (auto slash = file.path.find('/'); slash != std::string::npos && folders.size() < kMaxBases;
         slash = file.path.find('/', slash + 1)) {
      folders.insert(file.path.substr(0, slash));
    }
  }
  std::vector<std::string> bases = {FolderOf(table)};
  if (!bases[0].empty()) bases.emplace_back();
  bases.insert(bases.end(), folders.begin(), folders.end());
  return bases;
}

double Share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void JudgeColumn(const FileSet& files, const std::vector<std::string>& bases, const std::vector<std::string>& values,
                 std::size_t column, bool named, PathGuess& best) {
  std::size_t like = 0;
  for (const auto& value : values) like += LooksLikeImageName(value) ? 1U : 0U;
  PathGuess guess{column, bases[0], 0, Share(like, values.size())};
  for (const auto& base : bases) {
    std::size_t found = 0;
    for (const auto& value : values) {
      ProblemCode why{};
      const auto path = ResolvePath(base, value, why);
      found += path && files.Find(*path) != kNoFile ? 1U : 0U;
    }
    if (Share(found, values.size()) > guess.resolved) {
      guess.resolved = Share(found, values.size());
      guess.base = base;
    }
    if (found == values.size()) break;
  }
  const bool better = guess.resolved > best.resolved || (guess.resolved == best.resolved && guess.looks > best.looks);
  if (better || (!best.column && named)) best = guess;
}

PathGuess GuessPath(const FileSet& files, const std::string& table, const Start& start) {
  PathGuess best;
  const auto bases = Bases(files, table);
  for (std::size_t i = 0; i < start.header.columns.size(); ++i) {
    if (start.header.columns[i].bytes) continue;
    std::vector<std::string> values;
    for (const auto& row : start.rows) {
      if (row.cells[i].kind == Cell::Kind::kText) values.push_back(row.cells[i].text);
    }
    if (!values.empty()) JudgeColumn(files, bases, values, i, IsPathName(start.header.columns[i].name), best);
  }
  return best;
}

bool AllSplits(const Column& column) {
  return column.filled != 0 && column.values.size() == column.distinct &&
         std::all_of(column.values.begin(), column.values.end(),
                     [](const auto& value) { return SplitFromWord(value.value).has_value(); });
}

// The column that is the class: one named so, else the only one that could be.
std::optional<std::size_t> GuessClass(const std::vector<Column>& columns, const std::vector<ColumnMapping>& mapping,
                                      std::uint64_t rows) {
  std::vector<std::size_t> candidates;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (mapping[i].role != Role::kField) continue;
    if (IsClassName(columns[i].name) && columns[i].distinct != 0 && columns[i].distinct < kMaxDistinctCounted) return i;
    const bool few =
        columns[i].distinct >= 2 && columns[i].distinct <= kMaxGuessedClasses && columns[i].distinct * 3 <= rows;
    if (few && columns[i].type == model::FieldType::kText) candidates.push_back(i);
  }
  return candidates.size() == 1 ? std::optional(candidates[0]) : std::nullopt;
}

std::string FieldNameOf(std::string column) {
  if (column.size() > kMaxFieldNameBytes) column.resize(kMaxFieldNameBytes);
  while (!IsUtf8(column)) column.pop_back();
  return column;
}

std::vector<ColumnMapping> GuessRoles(const std::vector<Column>& columns, const PathGuess& path, std::uint64_t rows) {
  std::vector<ColumnMapping> mapping(columns.size());
  bool image = false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    mapping[i] = {columns[i].filled == 0 ? Role::kIgnore : Role::kField, columns[i].type, FieldNameOf(columns[i].name)};
    if (columns[i].bytes)
      mapping[i].role = std::exchange(image, true) || path.resolved > 0 ? Role::kIgnore : Role::kImage;
  }
  if (path.column && (path.looks > 0 || path.resolved > 0 || IsPathName(columns[*path.column].name)))
    mapping[*path.column].role = Role::kPath;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (mapping[i].role != Role::kField || !AllSplits(columns[i])) continue;
    if (!IsSplitName(columns[i].name) && columns[i].distinct < 2) continue;
    mapping[i].role = Role::kSplit;
    break;
  }
  if (const auto label = GuessClass(columns, mapping, rows)) mapping[*label].role = Role::kClass;
  return mapping;
}

void FollowManifest(const Manifest& manifest, std::string_view format, const std::vector<Column>& columns,
                    std::vector<ColumnMapping>& mapping) {
  if (manifest.format != format || manifest.columns.size() != columns.size()) return;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (manifest.columns[i].name != columns[i].name) return;
  }
  for (std::size_t i = 0; i < columns.size(); ++i)
    mapping[i] = {manifest.columns[i].role, manifest.columns[i].type, manifest.columns[i].field};
}

double Confidence(const PathGuess& path, const TableHeader& header) {
  if (path.resolved > 0) return 0.65 + 0.3 * path.resolved;
  if (std::any_of(header.columns.begin(), header.columns.end(), [](const auto& column) { return column.bytes; }))
    return 0.9;
  return path.looks > 0 ? 0.4 : 0.1;
}

}  // namespace

std::vector<Recognition> TableFormat::Recognize(const FileSet& files, const Reader& reader) const {
  std::vector<Recognition> found;
  std::size_t tried = 0;
  for (std::size_t i = 0; i < files.Files().size() && tried < kMaxTablesTried; ++i) {
    const auto& path = files.Files()[i].path;
    const auto kind = TableKindOf(path);
    if (!kind || (*kind == TableKind::kParquet) != (id_ == FormatId::kParquet)) continue;
    ++tried;
    try {
      const auto start = ReadStart(*kind, files, i, reader);
      found.push_back({id_, path, Confidence(GuessPath(files, path, start), start.header), "The table " + path + "."});
    } catch (const base::Error& error) {
      if (error.Code() != base::ErrorCode::kNotFound) throw;
    }
  }
  return found;
}

ImportPlan TableFormat::Inspect(const FileSet& files, const std::string& table, const Reader& reader) const {
  ImportPlan plan;
  plan.format = id_;
  plan.mapping.format = id_;
  plan.mapping.table = table;
  TableProfile profile;
  Start start;
  const auto file = files.Find(table);
  if (file == kNoFile)
    throw base::Error(base::ErrorCode::kNotFound, "There is no table \"" + table + "\" in the source.", table);
  if (files.Files()[file].bytes > kMaxTableBytes) {
    plan.problems.Add(ProblemCode::kTableTooLarge, table);
    return plan;
  }
  reader.ReadTable(
      *TableKindOf(table), files.Open(file), table, Pictures::kWithout,
      [&](const TableHeader& header) {
        start.header = header;
        profile.Header(header);
        return true;
      },
      [&](Row&& row) {
        profile.Add(row);
        if (start.rows.size() < kSampledRows) start.rows.push_back(std::move(row));
        return profile.Rows() < kMaxRows;
      },
      plan.problems);
  plan.rows = profile.Rows();
  plan.columns = profile.Columns();
  plan.details = start.header.details;
  plan.sentence = "The table " + table + ": " + WithThousands(plan.rows) + (plan.rows == 1 ? " row, " : " rows, ") +
                  plan.details + ".";
  const auto path = GuessPath(files, table, start);
  plan.mapping.base = path.base;
  plan.mapping.columns = GuessRoles(plan.columns, path, plan.rows);
  if (const auto manifest = FindManifest(files, FolderOf(table))) {
    FollowManifest(*manifest, FormatName(id_), plan.columns, plan.mapping.columns);
  }
  plan.first_rows = profile.TakeFirstRows();
  for (std::size_t i = 0; path.column && i < plan.first_rows.size(); ++i) {
    auto& row = plan.first_rows[i];
    ProblemCode why{};
    row.path = row.cells[*path.column];
    if (const auto resolved = ResolvePath(path.base, row.path, why)) row.file = files.Find(*resolved);
  }
  return plan;
}

void TableFormat::ReadRows(const FileSet& files, const Mapping& mapping, const Reader& reader, Pictures pictures,
                           const RowSink& sink, Problems& problems) const {
  const auto file = files.Find(mapping.table);
  const auto kind = TableKindOf(mapping.table);
  if (file == kNoFile || !kind)
    throw base::Error(base::ErrorCode::kNotFound, "There is no table \"" + mapping.table + "\" in the source.",
                      mapping.table);
  std::uint64_t rows = 0;
  reader.ReadTable(
      *kind, files.Open(file), mapping.table, pictures,
      [&](const TableHeader& header) {
        return header.columns.size() == mapping.columns.size() || mapping.columns.empty();
      },
      [&](Row&& row) { return ++rows <= kMaxRows && sink(std::move(row)); }, problems);
}

}  // namespace burnish::formats
