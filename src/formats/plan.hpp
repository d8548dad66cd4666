#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/file_set.hpp"
#include "formats/problem.hpp"
#include "model/sample.hpp"

namespace burnish::formats {

enum class FormatId : std::uint8_t { kFolder, kCsv, kParquet, kIdx };
inline constexpr std::array<std::string_view, 4> kFormatNames = {"folder_per_class", "csv", "parquet", "idx"};
std::string_view FormatName(FormatId id);
std::optional<FormatId> FormatFromName(std::string_view name);

// What a column of the rows means.
enum class Role : std::uint8_t { kIgnore, kPath, kImage, kClass, kSplit, kField, kConfidence, kProbability };
inline constexpr std::array<std::string_view, 8> kRoleNames = {"ignore", "path",  "image",      "class",
                                                               "split",  "field", "confidence", "probability"};
std::string_view RoleName(Role role);
std::optional<Role> RoleFromName(std::string_view name);

struct ValueCount {
  std::string value;
  std::uint64_t count = 0;
};

// A column as it was found.
struct Column {
  std::string name;
  bool bytes = false;                               // holds pictures, not text
  model::FieldType type = model::FieldType::kText;  // the narrowest type that all its values have
  std::uint64_t filled = 0;                         // rows with a value
  std::uint64_t distinct = 0;                       // capped at kMaxDistinctCounted
  std::vector<ValueCount> values;     // by count, then by name; all of them where distinct is at most kMaxValuesListed
  std::vector<std::string> examples;  // the first different ones
};
inline constexpr std::size_t kMaxValuesListed = 1'000;

struct ColumnMapping {
  Role role = Role::kIgnore;
  model::FieldType type = model::FieldType::kText;  // of kField
  std::string name;                                 // of kField: the field; of kProbability: the class
};

// What the person decided about a source; begins as the guess.
struct Mapping {
  FormatId format = FormatId::kFolder;
  std::string table;                   // path of the table in the source; empty for folders and IDX
  std::string base;                    // folder in the source that paths in the table are relative to
  std::vector<ColumnMapping> columns;  // one for each column of the plan
  // Values that mean another class than their own text, or (empty) no label.
  std::map<std::string, std::optional<std::string>> class_values;
  std::map<std::string, model::Split> split_values;  // beyond the usual words
};

struct PreviewRow {
  std::string path;
  std::size_t file = kNoFile;      // in the file set
  std::vector<std::string> cells;  // one for each column
};

// Another way to read the same source.
struct Alternative {
  FormatId format = FormatId::kFolder;
  std::string table;
  double confidence = 0;
  std::string sentence;
};

// What a source holds, as far as reading its tables and names tells. Reading the pictures comes after (app/import).
struct ImportPlan {
  FormatId format = FormatId::kFolder;
  double confidence = 0;                  // 0..1
  std::string sentence;                   // "A folder for each class, inside train and test."
  std::string details;                    // of tables: "UTF-8, separated by commas"
  std::vector<Alternative> alternatives;  // best first, without the one taken
  std::vector<Column> columns;
  std::uint64_t rows = 0;
  std::vector<PreviewRow> first_rows;
  Mapping mapping;    // the guess
  Problems problems;  // that do not depend on the mapping
};

// "train", "training", "val", "dev", "unlabeled" ..., any case.
std::optional<model::Split> SplitFromWord(std::string_view word);

}  // namespace burnish::formats
