#include <fstream>

#include "base/error.hpp"
#include "formats/export_tables.hpp"
#include "formats/text.hpp"

namespace burnish::formats {
namespace {

using base::Error;
using base::ErrorCode;

// Lines end in LF; a missing value is an empty cell, an empty text is "".
class CsvTable final : public ExportTable {
 public:
  CsvTable(const std::filesystem::path& file, CsvMode mode, const std::vector<std::string>& columns,
           const std::vector<model::Field>& fields)
      : out_(file, std::ios::binary | std::ios::trunc), mode_(mode), fields_(fields) {
    if (mode_ == CsvMode::kSpreadsheets) out_ << "\xEF\xBB\xBF";  // without it Excel takes UTF-8 for the local encoding
    for (const auto* name : {"path", "class", "split", "tags"}) Put(name);
    for (const auto& column : columns) Put(column);
    EndRow();
  }

  void Add(const std::string& path, const ExportSample& sample) override {
    Put(path);
    if (sample.class_name)
      Put(*sample.class_name);
    else
      Skip();
    Put(model::SplitName(sample.split));
    if (sample.tags.empty())
      Skip();
    else
      Put(JoinTags(sample.tags));
    for (std::size_t i = 0; i < fields_.size(); ++i) PutValue(sample.fields[i], fields_[i].type);
    EndRow();
  }

  void Finish() override {
    out_.close();
    if (!out_) Fail();
  }

  std::uint64_t EscapedCells() const override { return escaped_; }

 private:
  [[noreturn]] static void Fail() {
    throw Error(ErrorCode::kStorageFull, "There is no room on the server's disk for the table of the export.");
  }

  void PutValue(const model::FieldValue& value, model::FieldType type) {
    if (value.missing) return Skip();
    switch (type) {
      case model::FieldType::kText:
        return Put(value.text);
      case model::FieldType::kNumber:
        return Put(NumberText(value.number));
      case model::FieldType::kBoolean:
        return Put(value.number != 0 ? "true" : "false");
      case model::FieldType::kTime:
        return Put(TimeText(static_cast<std::int64_t>(value.number)));
    }
  }

  void Skip() {
    if (!first_) line_.push_back(',');
    first_ = false;
  }

  void Put(std::string_view text) {
    Skip();
    std::string escaped;
    if (mode_ == CsvMode::kSpreadsheets && !text.empty() &&
        std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) {
      ++escaped_;
      escaped = "'" + std::string(text);
      text = escaped;
    }
    // More than RFC 4180 asks, so that no reader takes another sign for the delimiter.
    if (!text.empty() && text.find_first_of("\",;\t|\r\n ") == std::string_view::npos) {
      line_ += text;
      return;
    }
    line_.push_back('"');
    for (const char c : text) {
      if (c == '"') line_.push_back('"');
      line_.push_back(c);
    }
    line_.push_back('"');
  }

  void EndRow() {
    line_.push_back('\n');
    out_ << line_;
    if (!out_) Fail();
    line_.clear();
    first_ = true;
  }

  std::ofstream out_;
  CsvMode mode_;
  std::vector<model::Field> fields_;
  std::string line_;
  bool first_ = true;
  std::uint64_t escaped_ = 0;
};

}  // namespace

std::unique_ptr<ExportTable> MakeCsvTable(const std::filesystem::path& file, CsvMode mode,
                                          const std::vector<std::string>& columns,
                                          const std::vector<model::Field>& fields) {
  return std::make_unique<CsvTable>(file, mode, columns, fields);
}

std::string JoinTags(const std::vector<std::string>& tags) {
  std::string text;
  for (const auto& tag : tags) text += (text.empty() ? "" : "; ") + tag;
  return text;
}

}  // namespace burnish::formats
