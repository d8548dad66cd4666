#include "store/catalog/preferences.hpp"

#include <boost/json.hpp>

#include "base/error.hpp"
#include "store/catalog/sql.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kMostBytes = 64UL << 10U;

void CheckKey(std::string_view key) {
  const bool good =
      !key.empty() && key.size() <= 100 && key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") == key.npos;
  if (!good)
    throw Error(ErrorCode::kInvalidArgument, "A preference's key is 1 to 100 of a-z, 0-9, '.', '-' and '_'.", "key");
}

}  // namespace

std::optional<std::string> LoadPreference(Reader& reader, const base::PersonId& person, std::string_view key) {
  auto row = sql::SelectOne<std::string>(reader, "SELECT value FROM preferences WHERE person = :a AND key = :b",
                                         {person, key});
  if (!row) return std::nullopt;
  return std::move(std::get<0>(*row));
}

void SavePreference(Writer& writer, const base::PersonId& person, std::string_view key, std::string_view json) {
  CheckKey(key);
  if (json.size() > kMostBytes) throw Error(ErrorCode::kTooLarge, "This preference is too large to keep.", "value");
  boost::system::error_code error;
  static_cast<void>(boost::json::parse(boost::json::string_view(json.data(), json.size()), error));
  if (error) throw Error(ErrorCode::kInvalidArgument, "A preference must be JSON.", "value");
  sql::Execute(writer,
               "INSERT INTO preferences (person, key, value) VALUES (:a, :b, :c) "
               "ON CONFLICT (person, key) DO UPDATE SET value = excluded.value",
               {person, key, json});
}

}  // namespace burnish::store
