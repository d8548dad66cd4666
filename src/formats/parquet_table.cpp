#include "base/error.hpp"
#include "formats/duckdb_handles.hpp"
#include "formats/export_tables.hpp"

namespace burnish::formats {
namespace {

using base::Error;
using base::ErrorCode;
using Appender = duck::Owned<duckdb_appender, [](duckdb_appender* appender) { duckdb_appender_destroy(appender); }>;

const char* SqlType(model::FieldType type) {
  switch (type) {
    case model::FieldType::kText:
      return "VARCHAR";
    case model::FieldType::kNumber:
      return "DOUBLE";
    case model::FieldType::kBoolean:
      return "BOOLEAN";
    case model::FieldType::kTime:
      return "TIMESTAMP";
  }
  return "VARCHAR";
}

// Collected in a table of DuckDB, which spills to disk beyond its memory, and copied out at the end.
class ParquetTable final : public ExportTable {
 public:
  ParquetTable(const std::filesystem::path& file, const std::vector<std::string>& columns,
               const std::vector<model::Field>& fields)
      : file_(file), columns_(columns), fields_(fields), session_(Options(file)) {
    std::string sql = "CREATE TABLE samples (p VARCHAR, c VARCHAR, s VARCHAR, t VARCHAR";
    for (std::size_t i = 0; i < fields.size(); ++i) sql += ", f" + std::to_string(i) + " " + SqlType(fields[i].type);
    session_.Run(sql + ")");
    if (duckdb_appender_create(session_.Get(), nullptr, "samples", appender_.Out()) != DuckDBSuccess) Fail();
  }

  void Add(const std::string& path, const ExportSample& sample) override {
    Text(path);
    Optional(sample.class_name);
    Text(model::SplitName(sample.split));
    if (sample.tags.empty())
      duckdb_append_null(appender_.Get());
    else
      Text(JoinTags(sample.tags));
    for (std::size_t i = 0; i < fields_.size(); ++i) Value(sample.fields[i], fields_[i].type);
    if (duckdb_appender_end_row(appender_.Get()) != DuckDBSuccess) Fail();
  }

  void Finish() override {
    if (duckdb_appender_close(appender_.Get()) != DuckDBSuccess) Fail();
    std::string sql = R"(COPY (SELECT p AS "path", c AS "class", s AS "split", t AS "tags")";
    for (std::size_t i = 0; i < columns_.size(); ++i)
      sql += ", f" + std::to_string(i) + " AS " + duck::Identifier(columns_[i]);
    try {
      session_.Run(sql + " FROM samples) TO " + duck::Literal(file_.string()) + " (FORMAT parquet, COMPRESSION zstd)");
    } catch (const Error&) {
      throw Error(ErrorCode::kStorageFull, "There is no room on the server's disk for the table of the export.");
    }
  }

 private:
  static duck::Session::Options Options(const std::filesystem::path& file) {
    duck::Session::Options options;
    options.memory = "256MB";
    options.allowed_folder = file.parent_path().string();
    options.temporary = (file.parent_path() / "spill").string();
    return options;
  }

  [[noreturn]] void Fail() const { throw Error(ErrorCode::kInternal, "The table of the export cannot be made."); }

  void Text(std::string_view text) { duckdb_append_varchar_length(appender_.Get(), text.data(), text.size()); }
  void Optional(const std::optional<std::string>& text) {
    if (text)
      Text(*text);
    else
      duckdb_append_null(appender_.Get());
  }

  void Value(const model::FieldValue& value, model::FieldType type) {
    if (value.missing) {
      duckdb_append_null(appender_.Get());
      return;
    }
    switch (type) {
      case model::FieldType::kText:
        return Text(value.text);
      case model::FieldType::kNumber:
        duckdb_append_double(appender_.Get(), value.number);
        return;
      case model::FieldType::kBoolean:
        duckdb_append_bool(appender_.Get(), value.number != 0);
        return;
      case model::FieldType::kTime:
        duckdb_append_timestamp(appender_.Get(), {static_cast<std::int64_t>(value.number)});
        return;
    }
  }

  std::filesystem::path file_;
  std::vector<std::string> columns_;
  std::vector<model::Field> fields_;
  duck::Session session_;
  Appender appender_;
};

}  // namespace

std::unique_ptr<ExportTable> MakeParquetTable(const std::filesystem::path& file,
                                              const std::vector<std::string>& columns,
                                              const std::vector<model::Field>& fields) {
  return std::make_unique<ParquetTable>(file, columns, fields);
}

}  // namespace burnish::formats
