#include "store/catalog/sql.hpp"

#include <soci/soci.h>

#include <boost/json.hpp>
#include <deque>

#include "base/error.hpp"

namespace burnish::store::sql {
namespace {

using base::Error;
using base::ErrorCode;

// What SOCI reads and fills by address while a statement runs.
struct Buffers {
  std::deque<long long> numbers;
  std::deque<std::string> texts;
  std::deque<soci::indicator> indicators;
};

void BindParams(soci::statement& statement, const std::vector<Param>& params, Buffers& buffers) {
  for (const Param& param : params) {
    soci::indicator& indicator = buffers.indicators.emplace_back(param.IsNull() ? soci::i_null : soci::i_ok);
    if (param.IsText()) {
      statement.exchange(soci::use(buffers.texts.emplace_back(param.Text()), indicator));
    } else {
      statement.exchange(soci::use(buffers.numbers.emplace_back(param.Number()), indicator));
    }
  }
}

}  // namespace

Param::Param(std::string_view text) : value_(text) {
  if (text.find('\0') != std::string_view::npos) {
    throw Error(ErrorCode::kInvalidArgument,
                "The text contains a NUL character, which cannot be stored. Remove it and try again.");
  }
}

Param Param::Null(bool text) {
  Param param;
  param.text_ = text;
  param.null_ = true;
  return param;
}

std::vector<std::vector<Cell>> Fetch(Reader& reader, const std::string& text, const std::vector<ColumnType>& columns,
                                     const std::vector<Param>& params) {
  Buffers in;
  Buffers out;
  soci::statement statement(reader.Session());
  BindParams(statement, params, in);
  for (const ColumnType column : columns) {
    soci::indicator& indicator = out.indicators.emplace_back(soci::i_ok);
    // One of each per column keeps the index the same for both.
    std::string& as_text = out.texts.emplace_back();
    long long& as_number = out.numbers.emplace_back(0);
    if (column == ColumnType::kText) {
      statement.exchange(soci::into(as_text, indicator));
    } else {
      statement.exchange(soci::into(as_number, indicator));
    }
  }
  statement.alloc();
  statement.prepare(text);
  statement.define_and_bind();
  statement.execute(false);
  std::vector<std::vector<Cell>> rows;
  while (statement.fetch()) {
    std::vector<Cell>& row = rows.emplace_back();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const bool null = out.indicators[i] == soci::i_null;
      row.push_back(null ? Cell{true, 0, {}} : Cell{false, out.numbers[i], out.texts[i]});
    }
  }
  return rows;
}

std::int64_t Execute(Writer& writer, const std::string& text, const std::vector<Param>& params) {
  Buffers in;
  soci::statement statement(writer.Session());
  BindParams(statement, params, in);
  statement.alloc();
  statement.prepare(text);
  statement.define_and_bind();
  statement.execute(true);
  return statement.get_affected_rows();
}

void CheckJsonObject(std::string_view text, const char* thing) {
  boost::system::error_code error;
  const auto value = boost::json::parse(boost::json::string_view(text.data(), text.size()), error);
  if (error || !value.is_object())
    throw Error(ErrorCode::kInvalidArgument, std::string("The ") + thing + " must be a JSON object.", thing);
}

void CheckName(std::string_view name, std::size_t limit, const char* thing) {
  if (name.empty()) throw Error(ErrorCode::kInvalidArgument, "Give a name first: it is empty.", thing);
  if (name.size() > limit) {
    throw Error(ErrorCode::kInvalidArgument, "The name is too long: " + std::to_string(limit) + " bytes at most.",
                thing);
  }
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      throw Error(ErrorCode::kInvalidArgument, "The name contains a control character. Remove it and try again.",
                  thing);
    }
  }
  // The JSON parser refuses what is not UTF-8.
  boost::system::error_code error;
  const std::string quoted = boost::json::serialize(boost::json::string(name.data(), name.size()));
  static_cast<void>(boost::json::parse(quoted, error));
  if (error) throw Error(ErrorCode::kInvalidArgument, "The name is not valid UTF-8 text.", thing);
}

}  // namespace burnish::store::sql
