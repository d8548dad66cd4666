#include "base/json.hpp"

#include <bit>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace burnish::base {
namespace {

namespace json = boost::json;

json::value Parsed(std::string_view text) {
  json::error_code failure;
  auto value = ParseJson(text, failure);
  EXPECT_FALSE(failure) << text << ": " << failure.message();
  return value;
}

TEST(JsonTest, GivesWhatBoostGives) {
  for (const std::string_view text :
       {R"({"a":[1,-2,18446744073709551615,null,true,false,"x\u00e9\n",{}],"b":{"a":[]},"a":3})", " 7 ", "\"\"",
        "[0.5,-0]"}) {
    EXPECT_EQ(Parsed(text), json::parse(json::string_view(text.data(), text.size()))) << text;
  }
}

TEST(JsonTest, NumbersAreTheNearestDoubles) {
  EXPECT_EQ(Parsed("6.666666666666667E78").as_double(), 6.666666666666667E78);
  EXPECT_EQ(Parsed("6666666666666666666666666666666666666666666666666666666666666666666666666666660.1").as_double(),
            6666666666666666666666666666666666666666666666666666666666666666666666666666660.1);
  EXPECT_EQ(Parsed("5e-324").as_double(), 5e-324);
  EXPECT_TRUE(std::isinf(Parsed("1e999").as_double()));
  EXPECT_EQ(Parsed("1e-999").as_double(), 0);
}

TEST(JsonTest, WhatWasWrittenReadsBackTheSame) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const auto number = std::bit_cast<double>(random());
    if (!std::isfinite(number)) continue;
    const auto written = json::serialize(json::value(number));
    ASSERT_EQ(Parsed(written).as_double(), number) << written;
  }
}

TEST(JsonTest, RefusesWhatIsNoneAndWhatIsTooDeep) {
  for (const std::string_view text : {"", "{", "[1,]", "1 2", "{\"a\":1}x", "01", "nul"}) {
    json::error_code failure;
    EXPECT_TRUE(ParseJson(text, failure).is_null());
    EXPECT_TRUE(failure) << text;
  }
  json::parse_options options;
  options.max_depth = 2;
  json::error_code failure;
  ParseJson("[[1]]", failure, options);
  EXPECT_FALSE(failure);
  ParseJson("[[[1]]]", failure, options);
  EXPECT_TRUE(failure);
}

}  // namespace
}  // namespace burnish::base
