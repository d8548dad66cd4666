#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "formats/parse/sinks.hpp"
#include "formats/plan.hpp"
#include "formats/rows.hpp"
#include "model/sample.hpp"

namespace burnish::formats {

// A cell as a text for people and for classes: 3 and not 3.0, times in ISO 8601.
std::string CellText(const Cell& cell);

// A cell as a field's value. `fits` becomes false where it is no value of that type; the value is then missing. In
// columns of numbers, booleans and times the words NA, NaN, null, None and "-" are missing, not wrong.
model::FieldValue ToFieldValue(const Cell& cell, model::FieldType type, bool& fits);

// Learns about one column from its cells.
class ColumnProfile {
 public:
  explicit ColumnProfile(const TableColumn& column);
  void Add(const Cell& cell);
  Column Result() const;

 private:
  void NarrowTypes(const Cell& cell, const std::string& text);

  TableColumn column_;
  std::uint64_t filled_ = 0;
  std::unordered_map<std::string, std::uint64_t> counts_;
  std::vector<std::string> examples_;
  bool may_be_[4] = {true, true, true, true};  // by FieldType
  bool typed_value_ = false;                   // anything beyond missing words
};

// All columns of a table, and its first rows.
class TableProfile {
 public:
  void Header(const TableHeader& header);
  void Add(const Row& row);
  bool HasHeader() const noexcept { return !profiles_.empty(); }
  std::uint64_t Rows() const noexcept { return rows_; }
  std::vector<Column> Columns() const;
  std::vector<PreviewRow> TakeFirstRows() { return std::move(first_rows_); }

 private:
  std::vector<ColumnProfile> profiles_;
  std::vector<PreviewRow> first_rows_;
  std::uint64_t rows_ = 0;
};

}  // namespace burnish::formats
