#include "http/server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "base/random.hpp"
#include "http/fixtures.hpp"

namespace burnish::http {
namespace {

using tcp = boost::asio::ip::tcp;

constexpr std::size_t kLarge = std::size_t{8} << 20U;  // more than a socket takes at once

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    std::filesystem::create_directories(staging_);
    ServerOptions options;
    options.staging = staging_;
    options.header_time = std::chrono::milliseconds(400);
    options.workers = 2;
    server_ = std::make_unique<Server>(options, router_, people_, events_, EmbeddedFiles(), random_);
    AddRoutes();
    server_->Start();
  }
  ~ServerTest() override {
    server_->Stop();
    std::filesystem::remove_all(staging_);
  }

  void AddRoutes() {
    auto quick = MakeRoute(Method::kGet, "/api/v1/quick", "quick", [this](const Request&) {
      by_worker_ = std::this_thread::get_id();
      return Json({{"from", "worker"}});
    });
    quick.at_once = [this](const Request&) -> std::optional<Response> {
      at_once_ = std::this_thread::get_id();
      if (!at_hand_) return std::nullopt;
      return Json({{"from", "memory"}});
    };
    router_.Add(quick);
    auto fails = MakeRoute(Method::kGet, "/api/v1/fails", "fails", [](const Request&) -> Response {
      throw base::Error(base::ErrorCode::kNotFound, "There is none.", "thing");
    });
    fails.at_once = [](const Request&) -> std::optional<Response> { throw std::runtime_error("not to be seen"); };
    router_.Add(fails);
    router_.Add(MakeRoute(Method::kGet, "/api/v1/large", "large", [](const Request&) {
      const auto text = std::make_shared<const std::string>(kLarge, 'x');
      return Media({std::as_bytes(std::span(*text)), text}, "image/png", "large", false);
    }));
    auto echo = MakeRoute(Method::kPost, "/api/v1/echo", "echo",
                          [](const Request& request) { return Json(request.BodyJson()); });
    echo.body = BodyKind::kJson;
    echo.body_limit = std::uint64_t{1} << 20U;
    router_.Add(echo);
    auto upload = MakeRoute(Method::kPost, "/api/v1/upload", "upload", [](const Request& request) {
      return Json({{"bytes", request.Upload().bytes}});
    });
    upload.body = BodyKind::kUpload;
    router_.Add(upload);
  }

  tcp::socket Connect() {
    tcp::socket socket(io_);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), server_->Port()});
    return socket;
  }
  static void Send(tcp::socket& socket, const std::string& text) {
    boost::asio::write(socket, boost::asio::buffer(text));
  }
  // Until the server closes.
  static std::string ReadAll(tcp::socket& socket) {
    std::string all;
    std::array<char, 65536> piece{};
    boost::system::error_code failed;
    while (true) {
      const auto count = socket.read_some(boost::asio::buffer(piece), failed);
      if (failed) return all;
      all.append(piece.data(), count);
    }
  }
  std::string Ask(const std::string& text) {
    auto socket = Connect();
    Send(socket, text);
    return ReadAll(socket);
  }
  std::string Head(const std::string& line, const std::string& more = {}, const std::string& secret = "owner-secret") {
    return line + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server_->Port()) +
           "\r\nCookie: " + server_->CookieName() + "=" + secret + "\r\nX-Burnish: 1\r\n" + more + "\r\n";
  }
  static std::size_t Count(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
  }

  const std::filesystem::path staging_ = std::filesystem::path(testing::TempDir()) / "server-test";
  const std::string last_ = "Connection: close\r\n";
  const std::string json_ = "Content-Type: application/json\r\n";
  Router router_;
  TwoPeople people_;
  EventHub events_{[](const app::Caller&, const base::ProjectId&) { return true; }};
  base::SeededRandom random_{1};
  boost::asio::io_context io_;
  std::unique_ptr<Server> server_;
  std::atomic<bool> at_hand_ = true;
  std::atomic<std::thread::id> at_once_;
  std::atomic<std::thread::id> by_worker_;
};

TEST_F(ServerTest, AnswersFromMemoryAndLeavesTheRestToAWorker) {
  EXPECT_NE(Ask(Head("GET /api/v1/quick", last_)).find(R"({"from":"memory"})"), std::string::npos);
  at_hand_ = false;
  EXPECT_NE(Ask(Head("GET /api/v1/quick", last_)).find(R"({"from":"worker"})"), std::string::npos);
  EXPECT_NE(at_once_.load(), by_worker_.load());
}

TEST_F(ServerTest, LeavesAFailureToTheHandler) {
  const auto answer = Ask(Head("GET /api/v1/fails", last_));
  EXPECT_NE(answer.find("404 Not Found"), std::string::npos);
  EXPECT_NE(answer.find("There is none."), std::string::npos);
  EXPECT_EQ(answer.find("not to be seen"), std::string::npos);
}

TEST_F(ServerTest, LooksUpWhoItDoesNotRemember) {
  EXPECT_NE(Ask(Head("GET /api/v1/quick", last_, "viewer-secret")).find(" 200 OK\r\n"), std::string::npos);
  EXPECT_NE(Ask(Head("GET /api/v1/quick", last_, "guess")).find(" 401 "), std::string::npos);
  EXPECT_NE(Ask(Head("POST /api/v1/echo", last_ + json_ + "Content-Length: 2\r\n", "viewer-secret") + "{}")
                .find("\r\n\r\n{}"),
            std::string::npos);
}

TEST_F(ServerTest, AnswersSeveralRequestsThatCameTogether) {
  const auto quick = Head("GET /api/v1/quick");
  const auto echo = Head("POST /api/v1/echo", json_ + "Content-Length: 7\r\n") + R"({"a":1})";
  const auto answer = Ask(quick + echo + quick + Head("GET /api/v1/quick", last_));
  EXPECT_EQ(Count(answer, "HTTP/1.1 200 OK\r\n"), 4U);
  EXPECT_EQ(Count(answer, R"({"from":"memory"})"), 3U);
  EXPECT_EQ(Count(answer, R"({"a":1})"), 1U);
  EXPECT_EQ(Count(answer, "X-Content-Type-Options: nosniff\r\n"), 4U);
  EXPECT_EQ(Count(answer, "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; sandbox\r\n"), 4U);
}

TEST_F(ServerTest, AnswersARequestThatComesByteByByte) {
  auto socket = Connect();
  socket.set_option(tcp::no_delay(true));
  for (const char c : Head("POST /api/v1/echo", last_ + json_ + "Transfer-Encoding: chunked\r\n") +
                          "3\r\n{\"a\r\n4;x=y\r\n\":1}\r\n0\r\nX-Late: owner\r\n\r\n")
    Send(socket, std::string(1, c));
  EXPECT_NE(ReadAll(socket).find("\r\n\r\n{\"a\":1}"), std::string::npos);
}

// The least last chunk, which Beast asserts to be whole when it is the only one.
TEST_F(ServerTest, AnswersABodyWithoutAChunkThatComesInDrops) {
  auto socket = Connect();
  socket.set_option(tcp::no_delay(true));
  Send(socket, Head("POST /api/v1/echo", last_ + json_ + "Transfer-Encoding: chunked\r\n"));
  for (const std::string drop : {"0\r\n", "\r", "\n"}) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // so that the server reads each by itself
    Send(socket, drop);
  }
  EXPECT_TRUE(ReadAll(socket).starts_with("HTTP/1.1 400 "));  // nothing is no JSON
}

TEST_F(ServerTest, SendsHeadsWithoutBodiesWhenAsked) {
  const auto answer = Ask(Head("HEAD /api/v1/quick") + Head("HEAD /api/v1/large", last_));
  EXPECT_EQ(Count(answer, "HTTP/1.1 200 OK\r\n"), 2U);
  EXPECT_EQ(Count(answer, "Content-Length: 17\r\n"), 1U);
  EXPECT_EQ(Count(answer, "Content-Length: " + std::to_string(kLarge) + "\r\n"), 1U);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST_F(ServerTest, SendsWhatTheSocketDoesNotTakeAtOnce) {
  auto socket = Connect();
  Send(socket, Head("GET /api/v1/large") + Head("GET /api/v1/large", last_));
  const auto answer = ReadAll(socket);
  EXPECT_EQ(Count(answer, "HTTP/1.1 200 OK\r\n"), 2U);
  const auto second = answer.find("HTTP/1.1", 1);
  for (const auto& one : {answer.substr(0, second), answer.substr(second)})
    EXPECT_EQ(one.substr(one.find("\r\n\r\n") + 4), std::string(kLarge, 'x'));
}

TEST_F(ServerTest, StoresUploadsOfAnySize) {
  const std::string bytes(3'000'001, 'u');
  const auto head = Head("POST /api/v1/upload", last_ + "Content-Type: application/octet-stream\r\nContent-Length: " +
                                                    std::to_string(bytes.size()) + "\r\n");
  EXPECT_NE(Ask(head + bytes).find(R"({"bytes":3000001})"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(staging_));
}

TEST_F(ServerTest, RefusesBodiesAboveTheLimitAndOfAnotherForm) {
  EXPECT_NE(Ask(Head("POST /api/v1/echo", json_ + "Content-Length: 9999999\r\n")).find(" 413 "), std::string::npos);
  EXPECT_NE(Ask(Head("POST /api/v1/echo", json_ + "Transfer-Encoding: chunked\r\n") + "zz\r\n{}\r\n").find(" 400 "),
            std::string::npos);
  EXPECT_NE(Ask(Head("POST /api/v1/echo", json_ + "Transfer-Encoding: chunked\r\n") + "2;" + std::string(400'000, 'x'))
                .find(" 400 "),
            std::string::npos);
}

TEST_F(ServerTest, RefusesAHeadThatIsTooLongHoweverItComes) {
  auto socket = Connect();
  Send(socket, "GET / HTTP/1.1\r\n");
  const std::string line = "X-Padding: " + std::string(1000, 'p') + "\r\n";
  boost::system::error_code ignored;
  for (int i = 0; i < 30; ++i) boost::asio::write(socket, boost::asio::buffer(line), ignored);
  EXPECT_NE(ReadAll(socket).find(" 413 "), std::string::npos);
}

TEST_F(ServerTest, SaysGoOnToWhoAsksFirst) {
  auto socket = Connect();
  Send(socket, Head("POST /api/v1/echo", last_ + json_ + "Expect: 100-continue\r\nContent-Length: 2\r\n"));
  std::array<char, 25> go_on{};
  boost::asio::read(socket, boost::asio::buffer(go_on));
  EXPECT_EQ(std::string(go_on.data(), go_on.size()), "HTTP/1.1 100 Continue\r\n\r\n");
  Send(socket, "[]");
  EXPECT_NE(ReadAll(socket).find("\r\n\r\n[]"), std::string::npos);
}

TEST_F(ServerTest, ClosesOnAHeadThatNeverEnds) {
  EXPECT_EQ(Ask("GET / HTTP/1.1\r\n"), "");
  EXPECT_EQ(Ask(""), "");
}

TEST_F(ServerTest, SpeaksTheOlderVersionToo) {
  const auto answer =
      Ask("GET /api/v1/quick HTTP/1.0\r\nHost: 127.0.0.1:" + std::to_string(server_->Port()) + "\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.0 401 Unauthorized\r\n"));
}

}  // namespace
}  // namespace burnish::http
