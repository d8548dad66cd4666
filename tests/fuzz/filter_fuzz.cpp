#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "model/filter_json.hpp"

namespace {

namespace json = boost::json;
using namespace burnish::model;

// What `read` gives; nothing where it refuses, which it does in one way only.
template <typename Read>
auto ReadOrRefuse(const Read& read) -> std::optional<decltype(read())> {
  try {
    return read();
  } catch (const burnish::base::Error& refused) {
    if (refused.Code() != burnish::base::ErrorCode::kInvalidArgument) std::abort();
    return std::nullopt;
  }
}

}  // namespace

// A filter or a sort is refused, or is written in one way that reads back to itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto filter = ReadOrRefuse([&] { return ParseFilter(text); })) {
    const auto written = json::serialize(FilterToJson(*filter));
    if (json::serialize(FilterToJson(ParseFilter(written))) != written) std::abort();
  }
  json::error_code failed;
  const auto value = json::parse(text, failed);
  if (failed) return 0;
  if (const auto sort = ReadOrRefuse([&] { return SortFromJson(value); })) {
    const auto written = SortToJson(*sort);
    if (SortToJson(SortFromJson(written)) != written) std::abort();
  }
  return 0;
}
