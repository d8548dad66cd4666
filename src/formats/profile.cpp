#include "formats/profile.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "formats/limits.hpp"
#include "formats/text.hpp"

namespace burnish::formats {
namespace {

using model::FieldType;
constexpr std::size_t kMaxPreviewBytes = 200;
constexpr std::size_t kMaxCountedValueBytes = 300;

bool IsMissingWord(std::string_view text) {
  static constexpr std::array<std::string_view, 7> kWords = {"", "na", "n/a", "nan", "null", "none", "-"};
  return text.size() <= 4 && std::find(kWords.begin(), kWords.end(), LowerAscii(text)) != kWords.end();
}

std::string Cut(std::string text) {
  if (text.size() <= kMaxPreviewBytes) return text;
  auto end = kMaxPreviewBytes;
  while ((static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "...";
}

model::FieldValue Number(double value) { return {std::isnan(value), std::isnan(value) ? 0 : value, {}}; }

model::FieldValue FromText(const std::string& text, FieldType type, bool& fits) {
  if (type == FieldType::kText) return {false, 0, text};
  const auto word = Trim(text);
  if (IsMissingWord(word)) return {};
  if (type == FieldType::kNumber) {
    if (const auto number = ParseNumber(word)) return Number(*number);
  } else if (type == FieldType::kBoolean) {
    if (const auto boolean = ParseBoolean(word)) return Number(*boolean ? 1 : 0);
    if (word == "0" || word == "1") return Number(word == "1" ? 1 : 0);
  } else if (const auto time = ParseTime(word)) {
    return Number(static_cast<double>(*time));
  }
  fits = false;
  return {};
}

}  // namespace

std::string CellText(const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::kMissing:
      return {};
    case Cell::Kind::kText:
      return cell.text;
    case Cell::Kind::kNumber:
      return NumberText(cell.number);
    case Cell::Kind::kBoolean:
      return cell.number != 0 ? "true" : "false";
    case Cell::Kind::kTime:
      return TimeText(static_cast<std::int64_t>(cell.number));
    case Cell::Kind::kBytes:
      return "(" + WithThousands(cell.text.size()) + " bytes)";
  }
  return {};
}

model::FieldValue ToFieldValue(const Cell& cell, FieldType type, bool& fits) {
  fits = true;
  if (cell.kind == Cell::Kind::kMissing || cell.kind == Cell::Kind::kBytes) return {};
  if (cell.kind == Cell::Kind::kText) return FromText(cell.text, type, fits);
  const bool same = (cell.kind == Cell::Kind::kNumber && type == FieldType::kNumber) ||
                    (cell.kind == Cell::Kind::kTime && type == FieldType::kTime) ||
                    (cell.kind == Cell::Kind::kBoolean && (type == FieldType::kBoolean || type == FieldType::kNumber));
  if (same) return Number(cell.number);
  if (cell.kind == Cell::Kind::kNumber && std::isnan(cell.number)) return {};
  return FromText(CellText(cell), type, fits);
}

ColumnProfile::ColumnProfile(const TableColumn& column) : column_(column) {}

void ColumnProfile::Add(const Cell& cell) {
  if (cell.kind == Cell::Kind::kMissing || (cell.kind == Cell::Kind::kNumber && std::isnan(cell.number))) return;
  ++filled_;
  if (cell.kind == Cell::Kind::kBytes) return;
  std::string text = CellText(cell);
  NarrowTypes(cell, text);
  text = Cut(std::move(text));
  if (text.size() > kMaxCountedValueBytes) text.resize(kMaxCountedValueBytes);
  const auto known = counts_.find(text);
  if (known != counts_.end()) {
    ++known->second;
  } else if (counts_.size() < kMaxDistinctCounted) {
    if (examples_.size() < kExampleValues) examples_.push_back(text);
    counts_.emplace(std::move(text), 1);
  }
}

void ColumnProfile::NarrowTypes(const Cell& cell, const std::string& text) {
  if (cell.kind == Cell::Kind::kText && IsMissingWord(Trim(text))) return;
  typed_value_ = true;
  for (const auto type : {FieldType::kNumber, FieldType::kBoolean, FieldType::kTime}) {
    auto& may_be = may_be_[static_cast<std::size_t>(type)];
    if (!may_be) continue;
    if (cell.kind == Cell::Kind::kText) {
      const auto word = Trim(text);
      may_be = type == FieldType::kNumber    ? ParseNumber(word).has_value()
               : type == FieldType::kBoolean ? ParseBoolean(word).has_value()
                                             : ParseTime(word).has_value();
    } else {
      may_be = (cell.kind == Cell::Kind::kNumber && type == FieldType::kNumber) ||
               (cell.kind == Cell::Kind::kBoolean && type == FieldType::kBoolean) ||
               (cell.kind == Cell::Kind::kTime && type == FieldType::kTime);
    }
  }
}

Column ColumnProfile::Result() const {
  Column column;
  column.name = column_.name;
  column.bytes = column_.bytes;
  column.filled = filled_;
  column.distinct = counts_.size();
  column.examples = examples_;
  if (typed_value_) {
    for (const auto type : {FieldType::kBoolean, FieldType::kNumber, FieldType::kTime}) {
      if (may_be_[static_cast<std::size_t>(type)]) column.type = type;
    }
  }
  column.values.reserve(counts_.size());
  for (const auto& [value, count] : counts_) column.values.push_back({value, count});
  const auto order = [](const ValueCount& a, const ValueCount& b) {
    return a.count != b.count ? a.count > b.count : a.value < b.value;
  };
  const auto listed = std::min(column.values.size(), kMaxValuesListed);
  std::partial_sort(column.values.begin(), column.values.begin() + static_cast<std::ptrdiff_t>(listed),
                    column.values.end(), order);
  column.values.resize(listed);
  return column;
}

void TableProfile::Header(const TableHeader& header) {
  for (const auto& column : header.columns) profiles_.emplace_back(column);
}

void TableProfile::Add(const Row& row) {
  for (std::size_t i = 0; i < row.cells.size(); ++i) profiles_[i].Add(row.cells[i]);
  ++rows_;
  if (first_rows_.size() >= kPreviewRows) return;
  PreviewRow preview;
  for (const auto& cell : row.cells) preview.cells.push_back(Cut(Printable(CellText(cell))));
  first_rows_.push_back(std::move(preview));
}

std::vector<Column> TableProfile::Columns() const {
  std::vector<Column> columns;
  columns.reserve(profiles_.size());
  for (const auto& profile : profiles_) columns.push_back(profile.Result());
  return columns;
}

}  // namespace burnish::formats
