#include "http/gate.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <map>

#include "base/error.hpp"
#include "http/fixtures.hpp"

namespace burnish::http {
namespace {

constexpr std::uint16_t kPort = 8080;
const std::string kOwner = "burnish_session_8080=owner-secret";
const std::string kViewer = "burnish_session_8080=viewer-secret";

class GateTest : public testing::Test {
 protected:
  GateTest() {
    auto project = MakeRoute(Method::kGet, "/api/v1/projects/{project}", "getProject", [](const Request& request) {
      return Json(
          {{"project", request.Path<base::ProjectId>("project").Text()}, {"count", request.QueryOr<int>("count", 7)}});
    });
    project.query = {"count"};
    router_.Add(project);
    auto edit = MakeRoute(Method::kPost, "/api/v1/edits", "createEdit", [](const Request& request) {
      return Json({{"name", request.Body({"name"}).Text("name")}});
    });
    edit.policy = Policy::AtLeast(app::Role::kExpert);
    edit.key = Key::kRequired;
    edit.body = BodyKind::kJson;
    edit.effects = true;
    router_.Add(edit);
    auto cancel = MakeRoute(Method::kPost, "/api/v1/cancel", "cancelJob", [](const Request&) { return NoContent(); });
    cancel.effects = true;
    router_.Add(cancel);
    auto session =
        MakeRoute(Method::kPost, "/api/v1/session", "createSession", [](const Request&) { return NoContent(); });
    session.policy = Policy::Public();
    session.body = BodyKind::kJson;
    router_.Add(session);
    router_.Add(MakeRoute(Method::kGet, "/api/v1/fail", "fail",
                          [](const Request&) -> Response { throw std::runtime_error("SELECT secret FROM people"); }));
  }

  // The answer to a request with this cookie; `headers` on top of Host.
  Response Ask(const std::string& method, const std::string& target, const std::string& cookie,
               const std::map<std::string, std::string>& headers = {}, const std::string& body = {}) {
    RequestHead head;
    head.method = method;
    head.target = target;
    head.headers.Add("host", headers.contains("host") ? headers.at("host") : "127.0.0.1:8080");
    for (const auto& [name, value] : headers) {
      if (name != "host") head.headers.Add(name, value);
    }
    if (!cookie.empty()) head.headers.Add("cookie", "theme=dark; " + cookie);
    if (!body.empty()) head.headers.Add("content-length", std::to_string(body.size()));
    auto admitted = gate_.Admit(head, "r1", {}, Sessions::kLookedUp);
    if (auto* response = std::get_if<Response>(&admitted)) return Gate::Condition(head, std::move(*response));
    auto& admission = std::get<Admission>(admitted);
    try {
      if (admission.route->body == BodyKind::kJson) Gate::TakeJson(admission, body);
    } catch (const std::exception& failure) {
      return gate_.ProblemOf(failure, "r1");
    }
    return Gate::Condition(head, gate_.Run(admission));
  }

  static std::string Member(const Response& response, const std::string& name) {
    const auto document = boost::json::parse(std::string(BodyView(response))).as_object();
    return document.contains(name) && document.at(name).is_string() ? std::string(document.at(name).as_string()) : "";
  }

  const std::map<std::string, std::string> kJson = {{"content-type", "application/json"},
                                                    {"idempotency-key", "abcdefgh"}};

  Router router_;
  TwoPeople people_;
  EmbeddedFiles none_;
  Gate gate_{router_, people_, none_, HostList(kPort, {}), "burnish_session_8080"};
};

TEST_F(GateTest, AnswersACallerWithALogin) {
  const auto response = Ask("GET", "/api/v1/projects/clothes?count=3", kViewer);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(BodyView(response), R"({"project":"clothes","count":3})");
}

TEST_F(GateTest, TellsOutsidersNothingOfWhatExists) {
  for (const auto* target : {"/api/v1/projects/clothes", "/api/v1/nothing", "/api/v1/edits"}) {
    EXPECT_EQ(Ask("GET", target, "").status, 401) << target;
    EXPECT_EQ(Ask("GET", target, "burnish_session_8080=guess").status, 401) << target;
    EXPECT_EQ(Ask("GET", target, "burnish_session_9999=owner-secret").status, 401) << target;
  }
}

TEST_F(GateTest, HoldsRoutesToTheirLeastRole) {
  EXPECT_EQ(Ask("POST", "/api/v1/edits", kViewer, kJson, R"({"name":"a"})").status, 403);
  EXPECT_EQ(Ask("POST", "/api/v1/edits", kOwner, kJson, R"({"name":"a"})").status, 200);
}

TEST_F(GateTest, AnswersOnlyUnderItsOwnNames) {
  for (const auto* host : {"evil.example:8080", "127.0.0.1:9999", "127.0.0.1", "localhost.evil.example:8080",
                           "169.254.169.254:8080", "0.0.0.0:8080", ""}) {
    EXPECT_EQ(Ask("GET", "/api/v1/projects/clothes", kOwner, {{"host", host}}).status, 421) << host;
    EXPECT_EQ(Ask("GET", "/", "", {{"host", host}}).status, 421) << host;
  }
  for (const auto* host : {"127.0.0.1:8080", "localhost:8080", "LOCALHOST:8080", "[::1]:8080"}) {
    EXPECT_EQ(Ask("GET", "/api/v1/projects/clothes", kOwner, {{"host", host}}).status, 200) << host;
  }
}

struct Shape {
  const char* name;
  std::map<std::string, std::string> headers;
  int status;
};
class GateForeignPages : public GateTest, public testing::WithParamInterface<Shape> {};

TEST_P(GateForeignPages, CannotChangeAnything) {
  EXPECT_EQ(Ask("POST", "/api/v1/cancel", kOwner, GetParam().headers).status, GetParam().status) << GetParam().name;
}
INSTANTIATE_TEST_SUITE_P(
    Shapes, GateForeignPages,
    testing::Values(
        Shape{"form", {{"origin", "http://evil.example"}, {"content-type", "application/x-www-form-urlencoded"}}, 403},
        Shape{"text", {{"origin", "http://evil.example"}, {"content-type", "text/plain"}}, 403},
        Shape{"multipart", {{"content-type", "multipart/form-data; boundary=x"}}, 403},  //
        Shape{"no sign at all", {}, 403}, Shape{"null origin", {{"origin", "null"}, {"x-burnish", "1"}}, 403},
        Shape{"other port", {{"origin", "http://127.0.0.1:3000"}, {"x-burnish", "1"}}, 403},
        Shape{"sub-domain", {{"origin", "http://a.localhost:8080"}, {"x-burnish", "1"}}, 403},
        Shape{"cross-site", {{"sec-fetch-site", "cross-site"}, {"x-burnish", "1"}}, 403},
        Shape{"same site, other origin", {{"sec-fetch-site", "same-site"}, {"x-burnish", "1"}}, 403},
        Shape{"JSON in a text type", {{"content-type", "text/plain;application/json"}}, 403},
        Shape{"our page", {{"origin", "http://127.0.0.1:8080"}, {"sec-fetch-site", "same-origin"}}, 204},
        Shape{"a program", {{"x-burnish", "1"}}, 204}));

TEST_F(GateTest, OtherSitesCannotReadEither) {
  EXPECT_EQ(Ask("GET", "/api/v1/projects/clothes", kOwner, {{"sec-fetch-site", "same-site"}}).status, 403);
  EXPECT_EQ(Ask("GET", "/api/v1/projects/clothes", kOwner, {{"origin", "http://127.0.0.1:3000"}}).status, 403);
}

TEST_F(GateTest, NamesTheFieldAtFault) {
  const auto response = Ask("POST", "/api/v1/edits", kOwner, kJson, R"({"name":"a","role":"owner"})");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(Member(response, "code"), "invalid_argument");
  EXPECT_EQ(Member(response, "thing"), "role");
}

TEST_F(GateTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(Ask("GET", "/api/v1/projects/clothes?cuont=3", kOwner).status, 400);
  EXPECT_EQ(Ask("GET", "/api/v1/projects/clothes?count=three", kOwner).status, 400);
  EXPECT_EQ(Ask("GET", "/api/v1/projects/clothes?count=99999999999", kOwner).status, 400);
  EXPECT_EQ(Ask("GET", "/api/v1/projects/clothes?count=1&count=2", kOwner).status, 400);
  EXPECT_EQ(Ask("GET", "/api/v1/projects/Not%20an%20id", kOwner).status, 404);
  EXPECT_EQ(Ask("GET", "/api/v1/nothing", kOwner).status, 404);
  EXPECT_EQ(Ask("PUT", "/api/v1/projects/clothes", kOwner).status, 405);
  EXPECT_EQ(Ask("BREW", "/api/v1/projects/clothes", kOwner).status, 405);
  EXPECT_EQ(Ask("POST", "/api/v1/edits", kOwner, {{"content-type", "application/json"}}, R"({"name":"a"})").status,
            400);
  EXPECT_EQ(Ask("POST", "/api/v1/edits", kOwner,
                {{"content-type", "application/octet-stream"}, {"idempotency-key", "abcdefgh"}}, "{}")
                .status,
            415);
  EXPECT_EQ(Ask("POST", "/api/v1/edits", kOwner, kJson, "{").status, 400);
  EXPECT_EQ(Ask("POST", "/api/v1/edits", kOwner, kJson, std::string(100, '[') + std::string(100, ']')).status, 400);
  EXPECT_EQ(Ask("POST", "/api/v1/cancel", kOwner, {{"content-type", "application/json"}}, R"({"a":1})").status, 400);
}

TEST_F(GateTest, SaysNothingOfTheInsideOfAFailure) {
  const auto response = Ask("GET", "/api/v1/fail", kOwner);
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(BodyView(response).find("SELECT"), std::string_view::npos);
  EXPECT_NE(Member(response, "detail").find("r1"), std::string::npos);
}

TEST(GateConditionTest, AnswersAKnownEtagWith304AndRangesWith206) {
  const auto media = [] {
    const auto text = std::make_shared<const std::string>("0123456789");
    return Media({std::as_bytes(std::span(*text)), text}, "image/png", "abc", false);
  };
  const auto ask = [&](const std::string& name, const std::string& value) {
    RequestHead head;
    head.headers.Add(name, value);
    return Gate::Condition(head, media());
  };
  EXPECT_EQ(ask("if-none-match", "\"abc\"").status, 304);
  EXPECT_EQ(ask("if-none-match", "\"x\", \"abc\"").status, 304);
  EXPECT_EQ(ask("if-none-match", "\"abcd\"").status, 200);
  EXPECT_EQ(BodyView(ask("range", "bytes=2-4")), "234");
  EXPECT_EQ(ask("range", "bytes=2-4").status, 206);
  EXPECT_EQ(BodyView(ask("range", "bytes=-3")), "789");
  EXPECT_EQ(BodyView(ask("range", "bytes=8-")), "89");
  EXPECT_EQ(ask("range", "bytes=10-").status, 416);
  EXPECT_EQ(ask("range", "bytes=4-2").status, 200);
  EXPECT_EQ(ask("range", "lines=1-2").status, 200);
}

TEST(GatePagesTest, ServesTheAppItsAssetsAndItsAddresses) {
  const auto bytes = [](std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); };
  const EmbeddedFile files[] = {
      {"assets/app-1.js", "text/javascript; charset=utf-8", "\"j\"", true, bytes("js"), bytes("br"), bytes("gz")},
      {"index.html", "text/html; charset=utf-8", "\"h\"", false, bytes("<html>"), {}, {}},
  };
  Router router;
  const TwoPeople people;
  const Gate gate(router, people, EmbeddedFiles(files), HostList(kPort, {}), "c");
  const auto ask = [&](const std::string& target, const std::string& accept) {
    RequestHead head{
        .method = "GET", .target = target, .headers = {{"host", "localhost:8080"}, {"accept-encoding", accept}}};
    return std::get<Response>(gate.Admit(head, "r", {}, Sessions::kLookedUp));
  };
  EXPECT_EQ(BodyView(ask("/", "")), "<html>");
  EXPECT_EQ(BodyView(ask("/projects/clothes/explore?filter=%7B%7D", "")), "<html>");
  EXPECT_EQ(BodyView(ask("/assets/app-1.js", "gzip, br")), "br");
  EXPECT_EQ(BodyView(ask("/assets/app-1.js", "gzip")), "gz");
  EXPECT_EQ(ask("/assets/app-1.js", "").exposure, Exposure::kAsset);
  EXPECT_EQ(ask("/", "").exposure, Exposure::kPage);
  EXPECT_EQ(ask("/assets/app-2.js", "").status, 404);
  EXPECT_EQ(ask("/..%2f..%2fetc/passwd.txt", "").status, 404);
  EXPECT_EQ(ask("/login", "").status, 200);
}

}  // namespace
}  // namespace burnish::http
