#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace burnish::http {

// Reads one JSON object strictly. Members that are not among `known` are refused at construction, so that a field
// nobody reads can never be sent in vain. Every refusal is kInvalidArgument whose thing is the field's place
// ("range.low", "classes[3].name"). `null` counts as absent. Lends: the JSON value must outlive the reader.
class JsonReader {
 public:
  JsonReader(const boost::json::value& value, std::initializer_list<std::string_view> known, std::string place = {});

  bool Has(std::string_view name) const;
  // True for a member that is there and null, where that means something ("class": null).
  bool IsNull(std::string_view name) const;

  // Text in UTF-8 without NUL; lengths in characters (code points), as the contract counts them.
  std::string Text(std::string_view name, std::size_t most = 1000, std::size_t least = 1) const;
  std::optional<std::string> TextIfAny(std::string_view name, std::size_t most = 1000) const;
  // One of `allowed`; returns its index.
  std::size_t Choice(std::string_view name, std::initializer_list<std::string_view> allowed) const;
  std::size_t Choice(std::string_view name, std::span<const std::string_view> allowed) const;

  std::int64_t Integer(std::string_view name, std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                       std::int64_t most = std::numeric_limits<std::int64_t>::max()) const;
  std::optional<std::int64_t> IntegerIfAny(std::string_view name,
                                           std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                                           std::int64_t most = std::numeric_limits<std::int64_t>::max()) const;
  // Finite.
  double Number(std::string_view name) const;
  std::optional<double> NumberIfAny(std::string_view name) const;
  bool Boolean(std::string_view name) const;
  bool BooleanOr(std::string_view name, bool fallback) const;

  // Absent: empty.
  std::vector<std::string> Texts(std::string_view name, std::size_t most_items = 10'000,
                                 std::size_t most_characters = 1000) const;
  std::vector<std::uint32_t> Ordinals(std::string_view name, std::size_t most_items = 5'000'000) const;

  const boost::json::array& Array(std::string_view name, std::size_t most_items) const;
  // The member as it stands, for what another parser reads (a filter). Absent: nullptr, or kInvalidArgument.
  const boost::json::value* ValueIfAny(std::string_view name) const;
  const boost::json::value& Value(std::string_view name) const;
  JsonReader Object(std::string_view name, std::initializer_list<std::string_view> known) const;
  std::optional<JsonReader> ObjectIfAny(std::string_view name, std::initializer_list<std::string_view> known) const;
  std::vector<JsonReader> Objects(std::string_view name, std::initializer_list<std::string_view> known,
                                  std::size_t most_items = 10'000) const;

  // Where `name` stands, for a handler's own refusals.
  std::string Place(std::string_view name) const;

 private:
  const boost::json::object* object_;
  std::string place_;
};

}  // namespace burnish::http
