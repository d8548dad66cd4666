#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>

#include "http/embedded_files.hpp"
#include "http/problem_details.hpp"
#include "http/request.hpp"
#include "http/request_head.hpp"
#include "http/response.hpp"
#include "http/router.hpp"
#include "http/safety.hpp"
#include "http/sessions.hpp"

namespace burnish::http {

// A request that may reach its handler once its body is read.
struct Admission {
  const Route* route = nullptr;
  Request request;
};

// Whether a session that is not in memory may be looked up, which waits for the catalog.
enum class Sessions : std::uint8_t { kRemembered, kLookedUp };

// With kRemembered only: whose session it is must be looked up before anything can be said.
struct UnknownSession {};

// Everything between the wire and a handler that needs no socket: who may ask what, from where, and how answers leave.
// Immutable: any thread may call.
class Gate {
 public:
  Gate(const Router& router, const SessionResolver& sessions, const EmbeddedFiles& ui, HostList hosts,
       std::string cookie_name, ProblemDetails details = {});

  // The way to a handler, or the answer at once (a refusal, a file of the web app).
  using Decision = std::variant<Response, Admission, UnknownSession>;
  Decision Admit(const RequestHead& head, std::string request_id, std::stop_token stop, Sessions sessions) const;
  // Hands the body over. Throws kInvalidArgument if it is not JSON of at most 64 levels.
  static void TakeJson(Admission& admission, std::string_view body);
  static void TakeUpload(Admission& admission, UploadedFile file);
  // The answer if the route has one that needs no waiting. Nothing: Run it on a worker.
  std::optional<Response> RunAtOnce(const Admission& admission) const;
  // Runs the handler. Every failure comes back as a problem document: the one place where HTTP catches.
  Response Run(const Admission& admission) const;
  Response ProblemOf(const std::exception& failure, const std::string& request_id) const;

  // Conditions and ranges, for answers with an ETag: 304, 206, 416.
  static Response Condition(const RequestHead& head, Response response);

 private:
  Decision AdmitApi(const RequestHead& head, Method method, std::string_view path, std::string_view query,
                    std::string request_id, std::stop_token stop, Sessions sessions) const;
  Response AnswerPage(const RequestHead& head, std::string_view path) const;

  const Router& router_;
  const SessionResolver& sessions_;
  EmbeddedFiles ui_;
  HostList hosts_;
  std::string cookie_name_;
  ProblemDetails details_;
};

// Size of an answer's body in memory; nothing for a stream.
std::optional<std::uint64_t> BodySize(const Response& response);
std::string_view BodyView(const Response& response);

}  // namespace burnish::http
