#include "http/json_reader.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <cmath>

#include "base/error.hpp"

namespace burnish::http {
namespace {

namespace json = boost::json;

[[noreturn]] void Refuse(const std::string& place, const std::string& sentence) {
  throw base::Error(base::ErrorCode::kInvalidArgument, sentence, place);
}

std::string Quoted(std::string_view name) {
  // What a client sent may be anything: a sentence shows its beginning.
  std::string text(name.substr(0, 80));
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
  return "'" + text + "'";
}

// Every byte of UTF-8 but those that go on with a character.
std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string CheckedText(const json::value& value, const std::string& place, std::size_t least, std::size_t most) {
  const auto* text = value.if_string();
  if (text == nullptr) Refuse(place, Quoted(place) + " must be text.");
  const auto length = CountCharacters({text->data(), text->size()});
  if (length < least) Refuse(place, Quoted(place) + (least <= 1 ? " must not be empty." : " is too short."));
  if (length > most)
    Refuse(place, Quoted(place) + " is longer than " + std::to_string(most) + " characters; shorten it.");
  if (text->find('\0') != json::string::npos) Refuse(place, Quoted(place) + " must not contain NUL characters.");
  return {text->begin(), text->end()};
}

std::optional<std::int64_t> WholeNumber(const json::value& value) {
  if (const auto* number = value.if_int64()) return *number;
  if (const auto* number = value.if_uint64(); number != nullptr && *number <= INT64_MAX)
    return static_cast<std::int64_t>(*number);
  // JSON knows one kind of number: 3.0 is 3.
  if (const auto* number = value.if_double();
      number != nullptr && std::trunc(*number) == *number && std::abs(*number) < 9.0e15) {
    return static_cast<std::int64_t>(*number);
  }
  return std::nullopt;
}

}  // namespace

JsonReader::JsonReader(const json::value& value, std::initializer_list<std::string_view> known, std::string place)
    : object_(value.if_object()), place_(std::move(place)) {
  if (object_ == nullptr) {
    Refuse(place_, place_.empty() ? "The body must be a JSON object." : Quoted(place_) + " must be a JSON object.");
  }
  for (const auto& member : *object_) {
    const std::string_view name(member.key().data(), member.key().size());
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      Refuse(Place(name), "The field " + Quoted(Place(name)) + " is not known here; leave it out.");
    }
  }
}

std::string JsonReader::Place(std::string_view name) const {
  return place_.empty() ? std::string(name) : place_ + "." + std::string(name);
}

const json::value* JsonReader::ValueIfAny(std::string_view name) const {
  const auto* value = object_->if_contains(json::string_view(name.data(), name.size()));
  return value == nullptr || value->is_null() ? nullptr : value;
}

const json::value& JsonReader::Value(std::string_view name) const {
  if (const auto* value = ValueIfAny(name)) return *value;
  Refuse(Place(name), "The field " + Quoted(Place(name)) + " is missing.");
}

bool JsonReader::Has(std::string_view name) const { return ValueIfAny(name) != nullptr; }

bool JsonReader::IsNull(std::string_view name) const {
  const auto* value = object_->if_contains(json::string_view(name.data(), name.size()));
  return value != nullptr && value->is_null();
}

std::string JsonReader::Text(std::string_view name, std::size_t most, std::size_t least) const {
  return CheckedText(Value(name), Place(name), least, most);
}

std::optional<std::string> JsonReader::TextIfAny(std::string_view name, std::size_t most) const {
  const auto* value = ValueIfAny(name);
  if (value == nullptr) return std::nullopt;
  return CheckedText(*value, Place(name), 0, most);
}

std::size_t JsonReader::Choice(std::string_view name, std::span<const std::string_view> allowed) const {
  const auto text = Text(name, 200);
  const auto found = std::find(allowed.begin(), allowed.end(), text);
  if (found != allowed.end()) return static_cast<std::size_t>(found - allowed.begin());
  std::string listed;
  for (const auto& choice : allowed) listed += (listed.empty() ? "" : ", ") + std::string(choice);
  Refuse(Place(name), Quoted(Place(name)) + " must be one of: " + listed + ".");
}

std::size_t JsonReader::Choice(std::string_view name, std::initializer_list<std::string_view> allowed) const {
  return Choice(name, std::span<const std::string_view>(allowed.begin(), allowed.size()));
}

std::int64_t JsonReader::Integer(std::string_view name, std::int64_t least, std::int64_t most) const {
  const auto number = WholeNumber(Value(name));
  if (!number) Refuse(Place(name), Quoted(Place(name)) + " must be a whole number.");
  if (*number < least || *number > most) {
    Refuse(Place(name),
           Quoted(Place(name)) + " must be from " + std::to_string(least) + " to " + std::to_string(most) + ".");
  }
  return *number;
}

std::optional<std::int64_t> JsonReader::IntegerIfAny(std::string_view name, std::int64_t least,
                                                     std::int64_t most) const {
  if (!Has(name)) return std::nullopt;
  return Integer(name, least, most);
}

double JsonReader::Number(std::string_view name) const {
  const auto& value = Value(name);
  if (!value.is_number()) Refuse(Place(name), Quoted(Place(name)) + " must be a number.");
  const auto number = value.to_number<double>();
  if (!std::isfinite(number)) Refuse(Place(name), Quoted(Place(name)) + " must be a finite number.");
  return number;
}

std::optional<double> JsonReader::NumberIfAny(std::string_view name) const {
  if (!Has(name)) return std::nullopt;
  return Number(name);
}

bool JsonReader::Boolean(std::string_view name) const {
  const auto* value = Value(name).if_bool();
  if (value == nullptr) Refuse(Place(name), Quoted(Place(name)) + " must be true or false.");
  return *value;
}

bool JsonReader::BooleanOr(std::string_view name, bool fallback) const { return Has(name) ? Boolean(name) : fallback; }

const json::array& JsonReader::Array(std::string_view name, std::size_t most_items) const {
  const auto* array = Value(name).if_array();
  if (array == nullptr) Refuse(Place(name), Quoted(Place(name)) + " must be a list.");
  if (array->size() > most_items)
    Refuse(Place(name), Quoted(Place(name)) + " has more than " + std::to_string(most_items) + " entries.");
  return *array;
}

std::vector<std::string> JsonReader::Texts(std::string_view name, std::size_t most_items,
                                           std::size_t most_characters) const {
  std::vector<std::string> texts;
  if (!Has(name)) return texts;
  for (const auto& value : Array(name, most_items)) {
    texts.push_back(CheckedText(value, Place(name) + "[" + std::to_string(texts.size()) + "]", 0, most_characters));
  }
  return texts;
}

std::vector<std::uint32_t> JsonReader::Ordinals(std::string_view name, std::size_t most_items) const {
  std::vector<std::uint32_t> ordinals;
  const auto& array = Array(name, most_items);
  ordinals.reserve(array.size());
  for (const auto& value : array) {
    const auto number = WholeNumber(value);
    if (!number || *number < 0 || *number >= UINT32_MAX) {
      const auto place = Place(name) + "[" + std::to_string(ordinals.size()) + "]";
      Refuse(place, Quoted(place) + " must be an ordinal: a whole number from 0 to 4294967294.");
    }
    ordinals.push_back(static_cast<std::uint32_t>(*number));
  }
  return ordinals;
}

JsonReader JsonReader::Object(std::string_view name, std::initializer_list<std::string_view> known) const {
  return {Value(name), known, Place(name)};
}

std::optional<JsonReader> JsonReader::ObjectIfAny(std::string_view name,
                                                  std::initializer_list<std::string_view> known) const {
  if (!Has(name)) return std::nullopt;
  return Object(name, known);
}

std::vector<JsonReader> JsonReader::Objects(std::string_view name, std::initializer_list<std::string_view> known,
                                            std::size_t most_items) const {
  std::vector<JsonReader> readers;
  for (const auto& value : Array(name, most_items))
    readers.emplace_back(value, known, Place(name) + "[" + std::to_string(readers.size()) + "]");
  return readers;
}

}  // namespace burnish::http
