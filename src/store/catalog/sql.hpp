#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "store/catalog/session.hpp"

// The only way from store/ to SOCI: statements with bound parameters, columns of two types. SOCI
// cuts 64-bit values in columns declared INTEGER, has no bytes on PostgreSQL and passes NUL on
// silently; here all numbers are BIGINT, all else is TEXT, and NUL is refused.
namespace burnish::store::sql {

// A value for a placeholder. Placeholders are :a, :b, ... and are filled in the order in which they stand.
class Param {
 public:
  template <class Number>
  requires std::is_integral_v<Number> || std::is_enum_v<Number> Param(Number number)
      : text_(false), number_(static_cast<long long>(number)) {}     // NOLINT(google-explicit-constructor)
  Param(std::string_view text);                                      // NOLINT(google-explicit-constructor)
  Param(const std::string& text) : Param(std::string_view(text)) {}  // NOLINT(google-explicit-constructor)
  Param(const char* text) : Param(std::string_view(text)) {}         // NOLINT(google-explicit-constructor)
  template <class Tag>
  Param(const base::Id<Tag>& id) : Param(id.Text()) {}  // NOLINT(google-explicit-constructor)
  template <class Value>
  Param(const std::optional<Value>& value)
      : Param(value ? Param(*value) : Null(!std::is_arithmetic_v<Value>)) {}  // NOLINT

  bool IsText() const noexcept { return text_; }
  bool IsNull() const noexcept { return null_; }
  long long Number() const noexcept { return number_; }
  const std::string& Text() const noexcept { return value_; }

 private:
  Param() = default;
  static Param Null(bool text);

  bool text_ = true;
  bool null_ = false;
  long long number_ = 0;
  std::string value_;
};

struct Cell {
  bool null = false;
  long long number = 0;
  std::string text;
};

enum class ColumnType : std::uint8_t { kNumber, kText };

std::vector<std::vector<Cell>> Fetch(Reader& reader, const std::string& statement,
                                     const std::vector<ColumnType>& columns, const std::vector<Param>& params);
// Returns the count of rows that were touched.
std::int64_t Execute(Writer& writer, const std::string& statement, const std::vector<Param>& params);

template <class Value>
struct ColumnOf {
  static constexpr ColumnType kType = ColumnType::kText;
  static Value From(Cell& cell) { return Value(std::move(cell.text)); }
};
template <class Number>
requires std::is_integral_v<Number> || std::is_enum_v<Number>
struct ColumnOf<Number> {
  static constexpr ColumnType kType = ColumnType::kNumber;
  static Number From(Cell& cell) { return static_cast<Number>(cell.number); }
};
template <class Value>
struct ColumnOf<std::optional<Value>> {
  static constexpr ColumnType kType = ColumnOf<Value>::kType;
  static std::optional<Value> From(Cell& cell) {
    return cell.null ? std::nullopt : std::optional<Value>(ColumnOf<Value>::From(cell));
  }
};

// All rows, one tuple each: Select<std::string, std::int64_t>(reader, "SELECT name, at FROM ...", {...}).
template <class... Columns>
std::vector<std::tuple<Columns...>> Select(Reader& reader, const std::string& statement,
                                           const std::vector<Param>& params) {
  std::vector<std::tuple<Columns...>> rows;
  for (auto& cells : Fetch(reader, statement, {ColumnOf<Columns>::kType...}, params)) {
    [&]<std::size_t... I>(std::index_sequence<I...>) { rows.emplace_back(ColumnOf<Columns>::From(cells[I])...); }
    (std::index_sequence_for<Columns...>{});
  }
  return rows;
}

template <class... Columns>
std::optional<std::tuple<Columns...>> SelectOne(Reader& reader, const std::string& statement,
                                                const std::vector<Param>& params) {
  auto rows = Select<Columns...>(reader, statement, params);
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

// Makes a SELECT hold its row until the transaction ends, where others could write meanwhile (with
// SQLite nobody can). Not FOR UPDATE: foreign keys to the row need not wait.
inline std::string Locked(const Reader& reader) { return reader.Postgres() ? " FOR NO KEY UPDATE" : ""; }

// Throws kInvalidArgument unless `text` is valid JSON of which the outermost value is an object.
void CheckJsonObject(std::string_view text, const char* thing);
// Throws kInvalidArgument unless `name` is 1 to `limit` bytes of UTF-8 without control characters.
void CheckName(std::string_view name, std::size_t limit, const char* thing);

}  // namespace burnish::store::sql
