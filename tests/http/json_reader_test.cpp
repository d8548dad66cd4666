#include "http/json_reader.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "base/error.hpp"

namespace burnish::http {
namespace {

// The thing at fault when `read` refuses; empty when it does not.
template <class Read>
std::string Fault(const std::string& json, Read&& read) {
  const auto value = boost::json::parse(json);
  try {
    read(value);
    return {};
  } catch (const base::Error& refused) {
    EXPECT_EQ(refused.Code(), base::ErrorCode::kInvalidArgument);
    return refused.Thing();
  }
}

TEST(JsonReaderTest, ReadsWhatIsThere) {
  const auto value =
      boost::json::parse(R"({"name":"Shirt","count":3.0,"share":0.5,"on":true,"tags":["a","b"],"range":{"low":1}})");
  const JsonReader reader(value, {"name", "count", "share", "on", "tags", "range", "note"});
  EXPECT_EQ(reader.Text("name"), "Shirt");
  EXPECT_EQ(reader.Integer("count"), 3);
  EXPECT_EQ(reader.Number("share"), 0.5);
  EXPECT_TRUE(reader.Boolean("on"));
  EXPECT_EQ(reader.Texts("tags"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(reader.Object("range", {"low", "high"}).Integer("low"), 1);
  EXPECT_FALSE(reader.TextIfAny("note"));
}

TEST(JsonReaderTest, RefusesUnknownMembersByName) {
  EXPECT_EQ(Fault(R"({"name":"a","role":"owner"})", [](const auto& value) { JsonReader(value, {"name"}); }), "role");
}

TEST(JsonReaderTest, NamesNestedMembersByTheirPlace) {
  const auto read = [](const auto& value) {
    const JsonReader reader(value, {"classes"});
    for (const auto& entry : reader.Objects("classes", {"name"})) entry.Text("name");
  };
  EXPECT_EQ(Fault(R"({"classes":[{"name":"a"},{"name":""}]})", read), "classes[1].name");
  EXPECT_EQ(Fault(R"({"classes":[{"name":"a","id":3}]})", read), "classes[0].id");
}

TEST(JsonReaderTest, RefusesOrdinalsOutOfRange) {
  const auto read = [](const auto& value) { JsonReader(value, {"ordinals"}).Ordinals("ordinals"); };
  EXPECT_EQ(Fault(R"({"ordinals":[0,4294967294]})", read), "");
  EXPECT_EQ(Fault(R"({"ordinals":[0,4294967295]})", read), "ordinals[1]");
  EXPECT_EQ(Fault(R"({"ordinals":[-1]})", read), "ordinals[0]");
  EXPECT_EQ(Fault(R"({"ordinals":[1.5]})", read), "ordinals[0]");
  EXPECT_EQ(Fault(R"({"ordinals":["1"]})", read), "ordinals[0]");
}

TEST(JsonReaderTest, RefusesTextWithNul) {
  EXPECT_EQ(Fault(R"({"name":"a\u0000b"})", [](const auto& value) { JsonReader(value, {"name"}).Text("name"); }),
            "name");
}

TEST(JsonReaderTest, NullCountsAsAbsentUnlessAskedFor) {
  const auto value = boost::json::parse(R"({"class":null})");
  const JsonReader reader(value, {"class"});
  EXPECT_FALSE(reader.Has("class"));
  EXPECT_TRUE(reader.IsNull("class"));
}

}  // namespace
}  // namespace burnish::http
