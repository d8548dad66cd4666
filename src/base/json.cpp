#include "base/json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <charconv>
#include <string>

namespace burnish::base {
namespace {

namespace json = boost::json;

// Builds the value as Boost's own parser does, but for the doubles.
struct Builder {
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  using Failure = json::error_code;

  bool on_document_begin(Failure& /*unused*/) { return true; }
  bool on_document_end(Failure& /*unused*/) { return true; }
  bool on_object_begin(Failure& /*unused*/) { return true; }
  bool on_object_end(std::size_t count, Failure& /*unused*/) { return stack.push_object(count), true; }
  bool on_array_begin(Failure& /*unused*/) { return true; }
  bool on_array_end(std::size_t count, Failure& /*unused*/) { return stack.push_array(count), true; }
  bool on_key_part(json::string_view text, std::size_t /*unused*/, Failure& /*unused*/) {
    return stack.push_chars(text), true;
  }
  bool on_key(json::string_view text, std::size_t /*unused*/, Failure& /*unused*/) {
    return stack.push_key(text), true;
  }
  bool on_string_part(json::string_view text, std::size_t /*unused*/, Failure& /*unused*/) {
    return stack.push_chars(text), true;
  }
  bool on_string(json::string_view text, std::size_t /*unused*/, Failure& /*unused*/) {
    return stack.push_string(text), true;
  }
  bool on_number_part(json::string_view text, Failure& /*unused*/) {
    number.append(text.data(), text.size());
    return true;
  }
  bool on_int64(std::int64_t value, json::string_view /*unused*/, Failure& /*unused*/) {
    number.clear();
    return stack.push_int64(value), true;
  }
  bool on_uint64(std::uint64_t value, json::string_view /*unused*/, Failure& /*unused*/) {
    number.clear();
    return stack.push_uint64(value), true;
  }
  bool on_double(double value, json::string_view text, Failure& /*unused*/) {
    number.append(text.data(), text.size());
    double nearest = 0;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), nearest);
    number.clear();
    // Beyond what a double holds both agree on zero or infinity.
    return stack.push_double(read.ec == std::errc() ? nearest : value), true;
  }
  bool on_bool(bool value, Failure& /*unused*/) { return stack.push_bool(value), true; }
  bool on_null(Failure& /*unused*/) { return stack.push_null(), true; }
  bool on_comment_part(json::string_view /*unused*/, Failure& /*unused*/) { return true; }
  bool on_comment(json::string_view /*unused*/, Failure& /*unused*/) { return true; }

  json::value_stack stack;
  std::string number;  // what is known of the one that is being read
};

}  // namespace

json::value ParseJson(std::string_view text, json::error_code& failure, const json::parse_options& options) {
  json::basic_parser<Builder> parser(options);
  parser.handler().stack.reset();
  const std::size_t taken = parser.write_some(false, text.data(), text.size(), failure);
  if (!failure && taken < text.size()) failure = json::error::extra_data;
  if (failure) return nullptr;
  return parser.handler().stack.release();
}

}  // namespace burnish::base
