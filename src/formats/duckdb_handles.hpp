#pragma once

#include <duckdb.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"

// DuckDB's C handles, released once. For reading foreign Parquet in the child and writing Parquet exports.
namespace burnish::formats::duck {

template <class Handle, void (*Destroy)(Handle*)>
class Owned {
 public:
  Owned() = default;
  explicit Owned(Handle handle) : handle_(handle) {}
  Owned(Owned&& other) noexcept : handle_(std::exchange(other.handle_, Handle{})) {}
  Owned& operator=(Owned&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() { Destroy(&handle_); }
  Handle Get() const { return handle_; }
  Handle* Out() { return &handle_; }

 private:
  Handle handle_{};
};

using Config = Owned<duckdb_config, duckdb_destroy_config>;
using Database = Owned<duckdb_database, duckdb_close>;
using Connection = Owned<duckdb_connection, duckdb_disconnect>;
using Result = Owned<duckdb_result, duckdb_destroy_result>;
using Statement = Owned<duckdb_prepared_statement, duckdb_destroy_prepare>;
using Pending = Owned<duckdb_pending_result, duckdb_destroy_pending>;
using Chunk = Owned<duckdb_data_chunk, duckdb_destroy_data_chunk>;
using LogicalType = Owned<duckdb_logical_type, duckdb_destroy_logical_type>;

// "x" as an SQL identifier, 'x' as an SQL text.
std::string Identifier(std::string_view name);
std::string Literal(std::string_view text);

// An in-memory database that loads nothing and reaches no file but `allowed` ones; its threads and memory are bounded.
class Session {
 public:
  struct Options {
    std::string memory = "1GB";
    int threads = 1;
    std::string allowed_path;    // one file, or empty
    std::string allowed_folder;  // or a folder, or empty
    std::string temporary;       // where it may spill, or empty
  };
  // Throws kUnavailable if DuckDB does not start.
  explicit Session(const Options& options);
  duckdb_connection Get() const { return connection_.Get(); }
  // Throws kInvalidArgument with DuckDB's message.
  Result Run(const std::string& sql) const;
  // The rows as they are read, not all at once.
  Result Stream(const std::string& sql) const;

 private:
  Database database_;
  Connection connection_;
};

}  // namespace burnish::formats::duck
