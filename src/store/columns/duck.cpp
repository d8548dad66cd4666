#include "store/columns/duck.hpp"

#include <cstring>

#include "base/error.hpp"
#include "base/log.hpp"

namespace burnish::store::duck {

namespace {

// DuckDB's own words go to the log; people get a sentence.
[[noreturn]] void Fail(const char* doing, const char* message) {
  const std::string text = message == nullptr ? "" : message;
  spdlog::warn("duckdb: {}: {}", doing, text.substr(0, 500));
  const bool full = text.find("No space left") != std::string::npos;
  throw base::Error(full ? base::ErrorCode::kStorageFull : base::ErrorCode::kUnavailable,
                    full ? "There is no room left on the disk for the project's columns."
                         : std::string("The project's columns could not be used while ") + doing + ".");
}

class Config {
 public:
  Config() { duckdb_create_config(&config_); }
  ~Config() { duckdb_destroy_config(&config_); }
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;
  void Set(const char* name, const std::string& value) {
    if (duckdb_set_config(config_, name, value.c_str()) == DuckDBError) Fail("setting its limits", name);
  }
  duckdb_config Get() const { return config_; }

 private:
  duckdb_config config_ = nullptr;
};

duckdb_value ListValue(duckdb_type type, std::vector<duckdb_value>& values) {
  duckdb_logical_type logical = duckdb_create_logical_type(type);
  values.reserve(1);  // DuckDB takes no null pointer, not even for an empty list
  duckdb_value list = duckdb_create_list_value(logical, values.data(), values.size());
  for (duckdb_value& value : values) duckdb_destroy_value(&value);
  duckdb_destroy_logical_type(&logical);
  return list;
}

struct Binder {
  duckdb_prepared_statement statement;
  idx_t place;
  duckdb_state operator()(std::int64_t value) const { return duckdb_bind_int64(statement, place, value); }
  duckdb_state operator()(double value) const { return duckdb_bind_double(statement, place, value); }
  duckdb_state operator()(const std::string& value) const {
    return duckdb_bind_varchar_length(statement, place, value.data(), value.size());
  }
  duckdb_state operator()(const std::vector<std::string>& values) const {
    std::vector<duckdb_value> made;
    for (const std::string& value : values) made.push_back(duckdb_create_varchar_length(value.data(), value.size()));
    return Bind(DUCKDB_TYPE_VARCHAR, made);
  }
  duckdb_state operator()(const std::vector<double>& values) const {
    std::vector<duckdb_value> made;
    for (const double value : values) made.push_back(duckdb_create_double(value));
    return Bind(DUCKDB_TYPE_DOUBLE, made);
  }
  duckdb_state operator()(const std::vector<model::Ordinal>& values) const {
    std::vector<duckdb_value> made;
    for (const model::Ordinal value : values) made.push_back(duckdb_create_uint32(value));
    return Bind(DUCKDB_TYPE_UINTEGER, made);
  }
  duckdb_state Bind(duckdb_type type, std::vector<duckdb_value>& made) const {
    duckdb_value list = ListValue(type, made);
    if (list == nullptr) return DuckDBError;
    const duckdb_state state = duckdb_bind_value(statement, place, list);
    duckdb_destroy_value(&list);
    return state;
  }
};

class Statement {
 public:
  Statement(duckdb_connection connection, const std::string& sql) {
    if (duckdb_prepare(connection, sql.c_str(), &statement_) == DuckDBError) {
      const std::string message = duckdb_prepare_error(statement_);
      duckdb_destroy_prepare(&statement_);
      Fail("preparing a question", message.c_str());
    }
  }
  ~Statement() { duckdb_destroy_prepare(&statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  duckdb_prepared_statement Get() const { return statement_; }

 private:
  duckdb_prepared_statement statement_ = nullptr;
};

}  // namespace

std::string Literal(std::string_view text) {
  std::string literal = "'";
  for (const char c : text) {
    if (c == '\0') throw base::Error(base::ErrorCode::kInvalidArgument, "A text for the columns holds a NUL.");
    literal += c;
    if (c == '\'') literal += c;
  }
  return literal + "'";
}

Rows::~Rows() {
  if (chunk_ != nullptr) duckdb_destroy_data_chunk(&chunk_);
  duckdb_destroy_result(&result_);
}

Rows::Rows(Rows&& other) noexcept
    : result_(std::exchange(other.result_, duckdb_result{})),
      chunk_(std::exchange(other.chunk_, nullptr)),
      size_(other.size_) {}

bool Rows::Next() {
  if (chunk_ != nullptr) duckdb_destroy_data_chunk(&chunk_);
  chunk_ = duckdb_fetch_chunk(result_);
  size_ = chunk_ == nullptr ? 0 : duckdb_data_chunk_get_size(chunk_);
  if (chunk_ == nullptr) {
    const char* problem = duckdb_result_error(&result_);
    if (problem != nullptr && *problem != '\0') Fail("reading them", problem);
  }
  return size_ > 0;
}

bool Rows::IsNull(std::size_t column, std::size_t row) const {
  std::uint64_t* validity = duckdb_vector_get_validity(duckdb_data_chunk_get_vector(chunk_, column));
  return validity != nullptr && !duckdb_validity_row_is_valid(validity, row);
}

std::string_view Rows::Text(std::size_t column, std::size_t row) const {
  auto* texts = static_cast<duckdb_string_t*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk_, column)));
  return {duckdb_string_t_data(&texts[row]), duckdb_string_t_length(texts[row])};
}

std::span<const float> Rows::Floats(std::size_t column, std::size_t row) const {
  duckdb_vector vector = duckdb_data_chunk_get_vector(chunk_, column);
  const auto* entries = static_cast<const duckdb_list_entry*>(duckdb_vector_get_data(vector));
  const auto* values = static_cast<const float*>(duckdb_vector_get_data(duckdb_list_vector_get_child(vector)));
  return {values + entries[row].offset, entries[row].length};
}

std::size_t Rows::ColumnCount() const { return chunk_ == nullptr ? 0 : duckdb_data_chunk_get_column_count(chunk_); }

Session::Session(const DatabaseOptions& options) {
  Config config;
  config.Set("access_mode", options.read_only ? "READ_ONLY" : "AUTOMATIC");
  config.Set("threads", std::to_string(options.threads));
  config.Set("memory_limit", std::to_string(options.memory_bytes >> 20U) + "MiB");
  config.Set("autoinstall_known_extensions", "false");
  config.Set("autoload_known_extensions", "false");
  config.Set("allow_community_extensions", "false");
  config.Set("allow_unsigned_extensions", "false");
  if (!options.scratch.empty()) config.Set("temp_directory", options.scratch.string());
  char* message = nullptr;
  const std::string file = options.file.empty() ? ":memory:" : options.file.string();
  if (duckdb_open_ext(file.c_str(), &database_, config.Get(), &message) == DuckDBError) {
    const std::string text = message == nullptr ? "" : message;
    duckdb_free(message);
    Fail("opening them", text.c_str());
  }
  if (duckdb_connect(database_, &connection_) == DuckDBError) {
    duckdb_close(&database_);
    Fail("connecting to them", nullptr);
  }
  try {
    std::string folders;
    for (const auto& folder : options.folders)
      folders += (folders.empty() ? "" : ", ") + Literal(folder.string() + "/");
    if (!folders.empty()) Run("SET allowed_directories = [" + folders + "]");
    Run("SET enable_external_access = false");
    Run("SET lock_configuration = true");
  } catch (...) {
    duckdb_disconnect(&connection_);
    duckdb_close(&database_);
    throw;
  }
}

Session::~Session() {
  duckdb_disconnect(&connection_);
  duckdb_close(&database_);
}

void Session::Run(const std::string& sql, std::span<const SqlValue> values) { Query(sql, values); }

Rows Session::Query(const std::string& sql, std::span<const SqlValue> values) {
  const Statement statement(connection_, sql);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::visit(Binder{statement.Get(), i + 1}, values[i]) == DuckDBError)
      Fail("binding a value", duckdb_prepare_error(statement.Get()));
  }
  duckdb_result result{};
  if (duckdb_execute_prepared(statement.Get(), &result) == DuckDBError) {
    const Rows failed(result);
    Fail("working on them", duckdb_result_error(&result));
  }
  return Rows(result);
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    session_.Run("ROLLBACK");
  } catch (const base::Error&) {  // the failure that brought us here is the one to tell
  }
}

void Transaction::Commit() {
  session_.Run("COMMIT");
  open_ = false;
}

namespace {

duckdb_appender OpenAppender(Session& session, const std::string& table) {
  duckdb_appender appender = nullptr;
  if (duckdb_appender_create(session.Get(), nullptr, table.c_str(), &appender) == DuckDBError) {
    const char* problem = duckdb_appender_error(appender);
    const std::string message = problem == nullptr ? table : problem;
    duckdb_appender_destroy(&appender);
    Fail("adding rows", message.c_str());
  }
  return appender;
}

}  // namespace

Appender::Appender(Session& session, const std::string& table) : appender_(OpenAppender(session, table)) {}

Appender::~Appender() { duckdb_appender_destroy(&appender_); }

void Appender::Check(duckdb_state state) {
  if (state == DuckDBError) Fail("adding rows", duckdb_appender_error(appender_));
}

Appender& Appender::Bool(bool value) { return Check(duckdb_append_bool(appender_, value)), *this; }
Appender& Appender::U8(std::uint8_t value) { return Check(duckdb_append_uint8(appender_, value)), *this; }
Appender& Appender::U16(std::uint16_t value) { return Check(duckdb_append_uint16(appender_, value)), *this; }
Appender& Appender::U32(std::uint32_t value) { return Check(duckdb_append_uint32(appender_, value)), *this; }
Appender& Appender::U64(std::uint64_t value) { return Check(duckdb_append_uint64(appender_, value)), *this; }
Appender& Appender::I64(std::int64_t value) { return Check(duckdb_append_int64(appender_, value)), *this; }
Appender& Appender::F32(float value) { return Check(duckdb_append_float(appender_, value)), *this; }
Appender& Appender::F64(double value) { return Check(duckdb_append_double(appender_, value)), *this; }
Appender& Appender::Text(std::string_view value) {
  return Check(duckdb_append_varchar_length(appender_, value.data(), value.size())), *this;
}
Appender& Appender::Blob(std::span<const std::uint8_t> value) {
  return Check(duckdb_append_blob(appender_, value.data(), value.size())), *this;
}
Appender& Appender::Null() { return Check(duckdb_append_null(appender_)), *this; }

Appender& Appender::Floats(std::span<const float> values) {
  std::vector<duckdb_value> made;
  made.reserve(values.size());
  for (const float value : values) made.push_back(duckdb_create_float(value));
  duckdb_value list = ListValue(DUCKDB_TYPE_FLOAT, made);
  const duckdb_state state = duckdb_append_value(appender_, list);
  duckdb_destroy_value(&list);
  Check(state);
  return *this;
}

void Appender::EndRow() { Check(duckdb_appender_end_row(appender_)); }
void Appender::Close() { Check(duckdb_appender_close(appender_)); }

ChunkAppender::ChunkAppender(Session& session, const std::string& table, std::span<const duckdb_type> types)
    : appender_(OpenAppender(session, table)), columns_(types.size()) {
  std::vector<duckdb_logical_type> made;
  for (const duckdb_type type : types) made.push_back(duckdb_create_logical_type(type));
  chunk_ = duckdb_create_data_chunk(made.data(), made.size());
  for (duckdb_logical_type& type : made) duckdb_destroy_logical_type(&type);
  for (std::size_t i = 0; i < columns_.size(); ++i)
    columns_[i] = duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk_, i));
}

ChunkAppender::~ChunkAppender() {
  duckdb_destroy_data_chunk(&chunk_);
  duckdb_appender_destroy(&appender_);
}

void ChunkAppender::Flush() {
  duckdb_data_chunk_set_size(chunk_, size_);
  if (duckdb_append_data_chunk(appender_, chunk_) == DuckDBError) Fail("adding rows", duckdb_appender_error(appender_));
  size_ = 0;
}

void ChunkAppender::Close() {
  if (size_ > 0) Flush();
  if (duckdb_appender_close(appender_) == DuckDBError) Fail("adding rows", duckdb_appender_error(appender_));
}

}  // namespace burnish::store::duck
