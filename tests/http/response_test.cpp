#include "http/response.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <cstring>

namespace burnish::http {
namespace {

TEST(FrameTest, LaysHeaderAndArraysOutAtMultiplesOfEight) {
  const std::vector<std::uint32_t> ordinals = {7, 9, 11};
  const std::vector<std::uint16_t> classes = {1, 65535, 3};
  const std::vector<float> confidences = {0.5F, 0.25F, 1};
  const auto response = Frame(
      {{"as_of", 12}}, {ArrayOf("ordinal", ordinals), ArrayOf("truth", classes), ArrayOf("confidence", confidences)});
  const auto& body = std::get<std::string>(response.body);

  std::uint32_t length = 0;
  std::memcpy(&length, body.data(), 4);
  const auto header = boost::json::parse(body.substr(4, length)).as_object();
  EXPECT_EQ(header.at("as_of"), 12);
  EXPECT_EQ(header.at("arrays"), boost::json::parse(R"([{"name":"ordinal","type":"u32","count":3,"offset":0},
                                                        {"name":"truth","type":"u16","count":3,"offset":16},
                                                        {"name":"confidence","type":"f32","count":3,"offset":24}])"));
  const auto start = (4 + length + 7) / 8 * 8;
  std::vector<std::uint16_t> read(3);
  std::memcpy(read.data(), body.data() + start + 16, 6);
  EXPECT_EQ(read, classes);
  EXPECT_EQ(body.size() % 8, 0U);
}

TEST(ProblemTest, IsADocumentThatNamesTheThing) {
  const auto response = Problem(base::ErrorCode::kConflict, "Somebody was faster.", "label", {{"present", "Coat"}});
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(boost::json::parse(std::get<std::string>(response.body)),
            boost::json::parse(R"({"type":"about:blank","title":"Something changed meanwhile",
      "status":409,"code":"conflict","detail":"Somebody was faster.","thing":"label","present":"Coat"})"));
}

TEST(DownloadTest, NamesTheFileWithoutRoomForTricks) {
  const auto response =
      Download([](StreamWriter&) {}, "application/zip", "Kl\xC3\xA4nge \"x\"\r\nSet-Cookie: a=b/../../e.zip");
  const auto& value = response.headers.at(0).second;
  EXPECT_EQ(value.find_first_of("\r\n"), std::string::npos);
  EXPECT_EQ(value,
            "attachment; filename=\"Kl__nge__x___Set-Cookie__a_b_.._.._e.zip\"; "
            "filename*=UTF-8''Kl%C3%A4nge%20%22x%22Set-Cookie%3A%20a%3Db....e.zip");
}

}  // namespace
}  // namespace burnish::http
