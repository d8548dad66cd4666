#include "formats/parse/parquet_parser.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/duckdb_handles.hpp"
#include "formats/limits.hpp"
#include "formats/text.hpp"

namespace burnish::formats {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::int64_t kExactInteger = 1LL << 53U;

// What a column of the file becomes: an SQL expression, and how its values are read.
struct Projection {
  enum class Kind { kDouble, kInteger, kBoolean, kTime, kText, kBytes };
  std::string sql;
  Kind kind = Kind::kText;
  TableColumn column;
};

class Planner {
 public:
  Planner(std::vector<Projection>& plan, TableSink& sink) : plan_(plan), sink_(sink) {}

  void Add(const std::string& name, duckdb_logical_type type, const std::string& sql) {
    using Kind = Projection::Kind;
    switch (duckdb_get_type_id(type)) {
      case DUCKDB_TYPE_TINYINT:
      case DUCKDB_TYPE_SMALLINT:
      case DUCKDB_TYPE_INTEGER:
      case DUCKDB_TYPE_BIGINT:
      case DUCKDB_TYPE_UTINYINT:
      case DUCKDB_TYPE_USMALLINT:
      case DUCKDB_TYPE_UINTEGER:
        return Put(name, Cast(sql, "BIGINT"), Kind::kInteger);
      case DUCKDB_TYPE_FLOAT:
      case DUCKDB_TYPE_DOUBLE:
      case DUCKDB_TYPE_DECIMAL:
        return Put(name, Cast(sql, "DOUBLE"), Kind::kDouble);
      case DUCKDB_TYPE_BOOLEAN:
        return Put(name, sql, Kind::kBoolean);
      case DUCKDB_TYPE_DATE:
      case DUCKDB_TYPE_TIMESTAMP:
      case DUCKDB_TYPE_TIMESTAMP_S:
      case DUCKDB_TYPE_TIMESTAMP_MS:
      case DUCKDB_TYPE_TIMESTAMP_NS:
      case DUCKDB_TYPE_TIMESTAMP_TZ:
        return Put(name, "epoch_us(" + sql + ")", Kind::kTime);
      case DUCKDB_TYPE_BLOB:
        return Put(name, sql, Kind::kBytes);
      case DUCKDB_TYPE_VARCHAR:
      case DUCKDB_TYPE_ENUM:
      case DUCKDB_TYPE_UUID:
      case DUCKDB_TYPE_TIME:
      case DUCKDB_TYPE_UBIGINT:
      case DUCKDB_TYPE_HUGEINT:
        return Put(name, Cast(sql, "VARCHAR"), Kind::kText);
      case DUCKDB_TYPE_STRUCT:
        if (AddPictureStruct(name, type, sql)) return;
        break;
      default:
        break;
    }
    sink_.Problem(ProblemCode::kColumnUnreadable, 0, name);
  }

 private:
  static std::string Cast(const std::string& sql, const char* type) { return "CAST(" + sql + " AS " + type + ")"; }

  void Put(const std::string& name, std::string sql, Projection::Kind kind) {
    const bool bytes = kind == Projection::Kind::kBytes;
    plan_.push_back({std::move(sql), kind, {name, bytes, !bytes && kind != Projection::Kind::kText}});
  }

  bool AddPictureStruct(const std::string& name, duckdb_logical_type type, const std::string& sql) {
    bool bytes = false;
    bool path = false;
    for (idx_t i = 0; i < duckdb_struct_type_child_count(type); ++i) {
      char* child_name = duckdb_struct_type_child_name(type, i);
      const duck::LogicalType child(duckdb_struct_type_child_type(type, i));
      bytes = bytes || (std::string_view(child_name) == "bytes" && duckdb_get_type_id(child.Get()) == DUCKDB_TYPE_BLOB);
      path = path || (std::string_view(child_name) == "path" && duckdb_get_type_id(child.Get()) == DUCKDB_TYPE_VARCHAR);
      duckdb_free(child_name);
    }
    if (!bytes) return false;
    Put(name, sql + ".bytes", Projection::Kind::kBytes);
    if (path) Put(name + ".path", sql + ".path", Projection::Kind::kText);
    return true;
  }

  std::vector<Projection>& plan_;
  TableSink& sink_;
};

// A column of a chunk.
struct Vector {
  const void* data = nullptr;
  std::uint64_t* validity = nullptr;

  template <class T>
  T At(idx_t row) const {
    return static_cast<const T*>(data)[row];
  }
  bool Valid(idx_t row) const { return validity == nullptr || duckdb_validity_row_is_valid(validity, row); }
};

Cell Number(double value) { return {Cell::Kind::kNumber, value, {}}; }

// False for a text that is none, or a value that is too large.
bool ReadCell(const Vector& vector, idx_t row, Projection::Kind kind, Cell& cell) {
  if (!vector.Valid(row)) return true;
  switch (kind) {
    case Projection::Kind::kDouble:
      cell = Number(vector.At<double>(row));
      return true;
    case Projection::Kind::kInteger: {
      const auto value = vector.At<std::int64_t>(row);
      const bool exact = value <= kExactInteger && value >= -kExactInteger;
      cell = exact ? Number(static_cast<double>(value)) : Cell{Cell::Kind::kText, 0, std::to_string(value)};
      return true;
    }
    case Projection::Kind::kBoolean:
      cell = {Cell::Kind::kBoolean, vector.At<bool>(row) ? 1.0 : 0.0, {}};
      return true;
    case Projection::Kind::kTime:
      cell = {Cell::Kind::kTime, static_cast<double>(vector.At<std::int64_t>(row)), {}};
      return true;
    case Projection::Kind::kText:
    case Projection::Kind::kBytes: {
      auto text = vector.At<duckdb_string_t>(row);
      const std::string_view view(duckdb_string_t_data(&text), duckdb_string_t_length(text));
      const bool bytes = kind == Projection::Kind::kBytes;
      if (view.size() > (bytes ? kMaxImageBytes : kMaxCellBytes)) return false;
      cell = {bytes ? Cell::Kind::kBytes : Cell::Kind::kText, 0, std::string(view)};
      return true;
    }
  }
  return false;
}

class ParquetReading {
 public:
  ParquetReading(const duck::Session& session, const std::string& path, Pictures pictures, TableSink& sink)
      : session_(session), path_(path), pictures_(pictures), sink_(sink) {}

  void Read() {
    Plan();
    if (plan_.size() > kMaxColumns) return sink_.Problem(ProblemCode::kTooManyColumns, 0, {});
    if (plan_.empty()) return sink_.Problem(ProblemCode::kEmptyTable, 0, {});
    TableHeader header;
    header.details = "Parquet";
    for (const auto& projection : plan_) header.columns.push_back(projection.column);
    if (!sink_.Header(std::move(header))) return;
    if (ReadAll() && row_ == 0) sink_.Problem(ProblemCode::kEmptyTable, 0, {});
  }

 private:
  std::string From() const { return " FROM read_parquet(" + duck::Literal(path_) + ")"; }

  void Plan() {
    auto empty = session_.Run("SELECT *" + From() + " LIMIT 0");
    Planner planner(plan_, sink_);
    for (idx_t i = 0; i < duckdb_column_count(empty.Out()); ++i) {
      const std::string name = duckdb_column_name(empty.Out(), i);
      const duck::LogicalType type(duckdb_column_logical_type(empty.Out(), i));
      planner.Add(Printable(name), type.Get(), duck::Identifier(name));
    }
  }

  // False when it was stopped.
  bool ReadAll() {
    std::string columns;
    for (const auto& projection : plan_) {
      const bool bare = projection.column.bytes && pictures_ == Pictures::kWithout;
      columns += columns.empty() ? "" : ", ";
      columns += bare ? "CASE WHEN " + projection.sql + " IS NULL THEN NULL ELSE ''::BLOB END" : projection.sql;
    }
    auto result = session_.Stream("SELECT " + columns + From());
    while (true) {
      const duck::Chunk chunk(duckdb_fetch_chunk(*result.Out()));
      if (chunk.Get() == nullptr) break;
      const auto rows = duckdb_data_chunk_get_size(chunk.Get());
      if (rows == 0) break;
      if (!ReadChunk(chunk.Get(), rows)) return false;
    }
    if (const char* error = duckdb_result_error(result.Out()); error != nullptr)
      throw Error(ErrorCode::kInvalidArgument, error);
    return true;
  }

  bool ReadChunk(duckdb_data_chunk chunk, idx_t rows) {
    std::vector<Vector> vectors;
    for (std::size_t i = 0; i < plan_.size(); ++i) {
      auto* vector = duckdb_data_chunk_get_vector(chunk, i);
      vectors.push_back({duckdb_vector_get_data(vector), duckdb_vector_get_validity(vector)});
    }
    for (idx_t at = 0; at < rows; ++at) {
      Row row;
      row.line = ++row_;
      row.cells.resize(plan_.size());
      bool fits = true;
      for (std::size_t i = 0; i < plan_.size(); ++i)
        fits = ReadCell(vectors[i], at, plan_[i].kind, row.cells[i]) && fits;
      const bool nul = std::any_of(row.cells.begin(), row.cells.end(), [](const Cell& cell) {
        return cell.kind == Cell::Kind::kText && cell.text.find('\0') != std::string::npos;
      });
      if (!fits || nul)
        sink_.Problem(nul ? ProblemCode::kNulByte : ProblemCode::kRowTooLong, row_, {});
      else if (!sink_.TakeRow(std::move(row)))
        return false;
    }
    return true;
  }

  const duck::Session& session_;
  std::string path_;
  Pictures pictures_;
  TableSink& sink_;
  std::vector<Projection> plan_;
  std::uint64_t row_ = 0;
};

}  // namespace

duck::Session OpenParquetSession(const std::string& path) {
  duck::Session::Options options;
  options.allowed_path = path;
  return duck::Session(options);
}

void ParseParquet(const duck::Session& session, const std::string& path, Pictures pictures, TableSink& sink) {
  try {
    ParquetReading(session, path, pictures, sink).Read();
  } catch (const Error& error) {
    if (error.Code() != ErrorCode::kInvalidArgument) throw;
    sink.Problem(ProblemCode::kTableDamaged, 0, {});
  }
}

}  // namespace burnish::formats
