#pragma once

#include <duckdb.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "store/columns/filter_compiler.hpp"

// DuckDB's C handles, wrapped once. A failure is kUnavailable and says what was being done; SQL text is ours, values
// are bound.
namespace burnish::store::duck {

struct DatabaseOptions {
  std::filesystem::path file;  // empty: in memory
  bool read_only = false;
  std::vector<std::filesystem::path> folders;  // below which files may be read and written beside the database itself
  std::filesystem::path scratch;               // where it may spill; empty: beside the file
  std::uint64_t memory_bytes = 512U << 20U;
  int threads = 2;
};

// One chunk of rows of a result; valid until the next one is asked for.
class Rows {
 public:
  explicit Rows(duckdb_result result) : result_(result) {}
  ~Rows();
  Rows(Rows&& other) noexcept;
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  Rows& operator=(Rows&&) = delete;

  // The next chunk; false at the end. Throws when reading failed on the way.
  bool Next();
  std::size_t Size() const noexcept { return size_; }
  bool IsNull(std::size_t column, std::size_t row) const;
  // The column as DuckDB holds it: T must be its physical type.
  template <class T>
  std::span<const T> Values(std::size_t column) const {
    return {static_cast<const T*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk_, column))), size_};
  }
  std::string_view Text(std::size_t column, std::size_t row) const;  // VARCHAR and BLOB
  // Of a FLOAT[] column.
  std::span<const float> Floats(std::size_t column, std::size_t row) const;
  std::size_t ColumnCount() const;

 private:
  duckdb_result result_{};
  duckdb_data_chunk chunk_ = nullptr;
  std::size_t size_ = 0;
};

// A database and a connection to it. One thread at a time.
class Session {
 public:
  // No external access beyond `folders`, no extensions, configuration locked. Throws kUnavailable.
  explicit Session(const DatabaseOptions& options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void Run(const std::string& sql, std::span<const SqlValue> values = {});
  Rows Query(const std::string& sql, std::span<const SqlValue> values = {});
  duckdb_connection Get() const noexcept { return connection_; }

 private:
  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
};

// Takes a transaction back unless it was committed.
class Transaction {
 public:
  explicit Transaction(Session& session) : session_(session) { session_.Run("BEGIN TRANSACTION"); }
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void Commit();

 private:
  Session& session_;
  bool open_ = true;
};

// Rows onto the end of a table, column by column.
class Appender {
 public:
  Appender(Session& session, const std::string& table);
  ~Appender();
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;
  Appender& Bool(bool value);
  Appender& U8(std::uint8_t value);
  Appender& U16(std::uint16_t value);
  Appender& U32(std::uint32_t value);
  Appender& U64(std::uint64_t value);
  Appender& I64(std::int64_t value);
  Appender& F32(float value);
  Appender& F64(double value);
  Appender& Text(std::string_view value);
  Appender& Blob(std::span<const std::uint8_t> value);
  Appender& Floats(std::span<const float> values);  // FLOAT[]
  Appender& Null();
  void EndRow();
  // Makes the rows part of the transaction; once.
  void Close();

 private:
  void Check(duckdb_state state);
  duckdb_appender appender_ = nullptr;
};

// Rows of numbers onto the end of a table, some thousand at a time.
class ChunkAppender {
 public:
  // `types`: of the columns of the table, in their order.
  ChunkAppender(Session& session, const std::string& table, std::span<const duckdb_type> types);
  ~ChunkAppender();
  ChunkAppender(const ChunkAppender&) = delete;
  ChunkAppender& operator=(const ChunkAppender&) = delete;
  // One row. T must be the physical types of the columns.
  template <class... T>
  void Append(T... values) {
    if (size_ == duckdb_vector_size()) Flush();
    std::size_t column = 0;
    ((static_cast<T*>(columns_[column++])[size_] = values), ...);
    ++size_;
  }
  // Makes the rows part of the transaction; once.
  void Close();

 private:
  void Flush();

  duckdb_appender appender_ = nullptr;
  duckdb_data_chunk chunk_ = nullptr;
  std::vector<void*> columns_;  // the chunk's values
  std::size_t size_ = 0;
};

// 'x' as an SQL literal: for our own paths and metadata only, where DuckDB takes no parameter.
std::string Literal(std::string_view text);

}  // namespace burnish::store::duck
