#include "formats/duckdb_handles.hpp"

#include <vector>

namespace burnish::formats::duck {
namespace {

using base::Error;
using base::ErrorCode;

std::string Quote(std::string_view text, char mark) {
  std::string quoted(1, mark);
  for (const char c : text) {
    if (c == mark) quoted.push_back(mark);
    quoted.push_back(c);
  }
  quoted.push_back(mark);
  return quoted;
}

}  // namespace

std::string Identifier(std::string_view name) { return Quote(name, '"'); }
std::string Literal(std::string_view text) { return Quote(text, '\''); }

Session::Session(const Options& options) {
  Config config;
  duckdb_create_config(config.Out());
  const auto set = [&](const char* name, const std::string& value) {
    if (duckdb_set_config(config.Get(), name, value.c_str()) != DuckDBSuccess) {
      throw Error(ErrorCode::kInternal, std::string("DuckDB does not know the setting ") + name + ".");
    }
  };
  set("threads", std::to_string(options.threads));
  set("memory_limit", options.memory);
  set("temp_directory", options.temporary);
  set("autoinstall_known_extensions", "false");
  set("autoload_known_extensions", "false");
  set("allow_community_extensions", "false");
  char* message = nullptr;
  if (duckdb_open_ext(nullptr, database_.Out(), config.Get(), &message) != DuckDBSuccess) {
    const std::string text = message == nullptr ? "" : message;
    duckdb_free(message);
    throw Error(ErrorCode::kUnavailable, "The table engine does not start: " + text);
  }
  if (duckdb_connect(database_.Get(), connection_.Out()) != DuckDBSuccess) {
    throw Error(ErrorCode::kUnavailable, "The table engine does not start.");
  }
  if (!options.allowed_path.empty()) Run("SET allowed_paths = [" + Literal(options.allowed_path) + "]");
  if (!options.allowed_folder.empty()) Run("SET allowed_directories = [" + Literal(options.allowed_folder) + "]");
  Run("SET enable_external_access = false");
  Run("SET lock_configuration = true");
}

Result Session::Run(const std::string& sql) const {
  Result result;
  if (duckdb_query(connection_.Get(), sql.c_str(), result.Out()) != DuckDBSuccess) {
    throw Error(ErrorCode::kInvalidArgument, duckdb_result_error(result.Out()));
  }
  return result;
}

Result Session::Stream(const std::string& sql) const {
  Statement statement;
  if (duckdb_prepare(connection_.Get(), sql.c_str(), statement.Out()) != DuckDBSuccess) {
    throw Error(ErrorCode::kInvalidArgument, duckdb_prepare_error(statement.Get()));
  }
  Pending pending;
  if (duckdb_pending_prepared_streaming(statement.Get(), pending.Out()) != DuckDBSuccess) {
    throw Error(ErrorCode::kInvalidArgument, duckdb_pending_error(pending.Get()));
  }
  Result result;
  if (duckdb_execute_pending(pending.Get(), result.Out()) != DuckDBSuccess) {
    throw Error(ErrorCode::kInvalidArgument, duckdb_result_error(result.Out()));
  }
  return result;
}

}  // namespace burnish::formats::duck
