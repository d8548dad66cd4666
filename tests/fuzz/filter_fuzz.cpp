#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/error.hpp"
#include "model/filter_json.hpp"

// A filter or a sort is refused, or is written in one way that reads back to itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace json = boost::json;
  using namespace burnish::model;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const auto written = json::serialize(FilterToJson(ParseFilter(text)));
    if (json::serialize(FilterToJson(ParseFilter(written))) != written) std::abort();
  } catch (const burnish::base::Error& refused) {
    if (refused.Code() != burnish::base::ErrorCode::kInvalidArgument) std::abort();
  }
  json::error_code failed;
  const auto value = json::parse(text, failed);
  if (failed) return 0;
  try {
    const auto written = SortToJson(SortFromJson(value));
    if (SortToJson(SortFromJson(written)) != written) std::abort();
  } catch (const burnish::base::Error& refused) {
    if (refused.Code() != burnish::base::ErrorCode::kInvalidArgument) std::abort();
  }
  return 0;
}
