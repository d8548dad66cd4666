#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.hpp"
#include "http/gate.hpp"

namespace {

using namespace burnish;
using namespace burnish::http;

constexpr std::string_view kContent = "0123456789";

class OneSession final : public SessionResolver {
 public:
  std::optional<app::Caller> Remembered(std::string_view secret) const override {
    if (secret != "s") return std::nullopt;
    return app::Caller{base::PersonId("p"), "Ada", app::Role::kOwner};
  }
  std::optional<app::Caller> LookUp(std::string_view) const override { return std::nullopt; }
};

Router SomeRoutes() {
  Router router;
  Route read{.method = Method::kGet, .path = "/api/v1/a/{id}", .operation = "read", .policy = Policy::Login()};
  read.handler = [](const Request& request) {
    static_cast<void>(request.QueryIfAny<std::int64_t>("n"));
    static_cast<void>(request.QueryIfAny<double>("x"));
    static_cast<void>(request.QueryList("l", 5));
    static_cast<void>(request.QueryJson("j"));
    static_cast<void>(request.Path<std::uint32_t>("id"));
    return Json({{"ok", true}});
  };
  read.query = {"n", "x", "l", "j"};
  router.Add(std::move(read));
  Route write{.method = Method::kPost, .path = "/api/v1/a", .operation = "write", .policy = Policy::Login()};
  write.handler = [](const Request&) { return NoContent(); };
  write.key = Key::kRequired;
  write.body = BodyKind::kJson;
  write.effects = true;
  router.Add(std::move(write));
  return router;
}

// "METHOD target", then "name: value", a line each: what the parser of HTTP hands on.
RequestHead HeadOf(std::string_view text) {
  RequestHead head;
  bool first = true;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const auto cut = line.find(first ? " " : ": ");
    if (cut == std::string_view::npos) continue;
    if (first) {
      head.method = line.substr(0, cut);
      head.target = line.substr(cut + 1);
    } else {
      head.headers.Add(line.substr(0, cut), line.substr(cut + 2));
    }
    first = false;
  }
  return head;
}

void CheckRange(const RequestHead& head) {
  auto whole = Media({std::as_bytes(std::span(kContent)), nullptr}, "image/png", "c0ffee", false);
  whole.ranges = true;
  const auto answer = Gate::Condition(head, std::move(whole));
  if (answer.status == 206) {
    const auto part = BodyView(answer);
    if (part.empty() || kContent.find(part) == std::string_view::npos) std::abort();
  } else if (answer.status != 200 && answer.status != 304 && answer.status != 416) {
    std::abort();
  }
}

}  // namespace

// From the head of a request to a handler or a refusal, and the ranges of an answer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Router router = SomeRoutes();
  static const OneSession sessions;
  static const Gate gate(router, sessions, EmbeddedFiles(), HostList(80, {"burnish.example:8080"}), "burnish_session");
  const auto head = HeadOf({reinterpret_cast<const char*>(data), size});
  CheckRange(head);
  auto admitted = gate.Admit(head, "request", {}, Sessions::kLookedUp);
  if (const auto* refused = std::get_if<Response>(&admitted)) {
    if (refused->status < 200 || refused->status >= 500) std::abort();
  } else if (gate.Run(std::get<Admission>(admitted)).status >= 500) {
    std::abort();
  }
  return 0;
}
