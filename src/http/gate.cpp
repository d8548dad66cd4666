#include "http/gate.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <charconv>
#include <utility>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "http/login_page.hpp"
#include "http/request_builder.hpp"
#include "http/url.hpp"

namespace burnish::http {
namespace {

using base::ErrorCode;

constexpr std::size_t kMostHeaders = 100;
constexpr std::size_t kMostJsonDepth = 64;

std::optional<Method> ParseMethod(std::string_view name) {
  if (name == "HEAD") return Method::kGet;
  for (const auto method : {Method::kGet, Method::kPost, Method::kPut, Method::kPatch, Method::kDelete}) {
    if (name == MethodName(method)) return method;
  }
  return std::nullopt;
}

Response WithStatus(Response response, int status) {
  // The document says the same as the status line.
  auto document = boost::json::parse(std::get<std::string>(response.body)).as_object();
  document["status"] = status;
  auto changed = Json(document, status);
  changed.content_type = response.content_type;
  return changed;
}

Response WrongMethod(const std::vector<Method>& allowed) {
  std::string names;
  for (const auto method : allowed) {
    names += (names.empty() ? "" : ", ") + std::string(MethodName(method));
    if (method == Method::kGet) names += ", HEAD";
  }
  return WithStatus(
             Problem(ErrorCode::kInvalidArgument, "This address does not take that method; it takes " + names + "."),
             405)
      .With("Allow", names);
}

bool IsJsonType(std::string_view content_type) {
  return EqualsIgnoringCase(content_type.substr(0, content_type.find_first_of("; \t")), "application/json");
}

// Why the body that the head announces cannot be this route's, or nothing.
std::optional<Response> RefuseBody(const Route& route, const Headers& headers) {
  const auto length_text = headers.FindOr("content-length", "0");
  std::uint64_t length = 0;
  std::from_chars(length_text.data(), length_text.data() + length_text.size(), length);
  const bool has_body = length > 0 || headers.Has("transfer-encoding");
  if (route.body == BodyKind::kNone) {
    // An empty JSON object from a client that always sends one is no body to speak of.
    if (!has_body || (length <= 2 && !headers.Has("transfer-encoding"))) return std::nullopt;
    return Problem(ErrorCode::kInvalidArgument, "This address takes no body; send none.", "body");
  }
  if (length > route.body_limit) {
    return Problem(
        ErrorCode::kTooLarge,
        "The body is larger than " + std::to_string(route.body_limit >> 20U) + " MiB, the most that is taken here.",
        "body");
  }
  if (route.body == BodyKind::kJson && !IsJsonType(headers.FindOr("content-type", ""))) {
    return WithStatus(
        Problem(ErrorCode::kInvalidArgument, "The body must be sent as application/json.", "Content-Type"), 415);
  }
  return std::nullopt;
}

std::optional<Response> RefuseQuery(const Route& route, const QueryParameters& query) {
  for (const auto& [name, value] : query) {
    if (std::find(route.query.begin(), route.query.end(), name) == route.query.end()) {
      return Problem(ErrorCode::kInvalidArgument,
                     "The parameter '" + name.substr(0, 80) + "' is not known here; leave it out.", name.substr(0, 80));
    }
  }
  return std::nullopt;
}

bool EtagMatches(std::string_view list, std::string_view etag) {
  if (list == "*") return true;
  std::size_t at = 0;
  while ((at = list.find(etag, at)) != std::string_view::npos) {
    const auto end = at + etag.size();
    if (end == list.size() || list[end] == ',' || list[end] == ' ') return true;
    at = end;
  }
  return false;
}

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

// One range of RFC 9110 14.1.2. Nothing: answer the whole. `unsatisfiable` set: 416.
std::optional<ByteRange> ParseRange(std::string_view text, std::uint64_t size, bool& unsatisfiable) {
  if (!text.starts_with("bytes=") || text.find(',') != std::string_view::npos) return std::nullopt;
  text.remove_prefix(6);
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto number = [](std::string_view digits) -> std::optional<std::uint64_t> {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
  };
  const auto first = number(text.substr(0, dash));
  const auto last = number(text.substr(dash + 1));
  if (!first && !last) return std::nullopt;
  if (!first) {  // the last so many bytes
    if (*last == 0 || size == 0) {
      unsatisfiable = true;
      return std::nullopt;
    }
    return ByteRange{size - std::min(*last, size), size - 1};
  }
  if (dash + 1 < text.size() && (!last || *last < *first)) return std::nullopt;
  if (*first >= size) {
    unsatisfiable = true;
    return std::nullopt;
  }
  return ByteRange{*first, std::min(last.value_or(size - 1), size - 1)};
}

Response CutTo(Response response, const ByteRange& range, std::uint64_t size) {
  const auto count = range.last - range.first + 1;
  response.status = 206;
  response.headers.emplace_back("Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                                     std::to_string(range.last) + "/" + std::to_string(size));
  if (auto* shared = std::get_if<SharedBytes>(&response.body)) {
    shared->bytes = shared->bytes.subspan(range.first, count);
  } else {
    auto& text = std::get<std::string>(response.body);
    text = text.substr(range.first, count);
  }
  return response;
}

}  // namespace

std::string_view BodyView(const Response& response) {
  if (const auto* shared = std::get_if<SharedBytes>(&response.body)) {
    return {reinterpret_cast<const char*>(shared->bytes.data()), shared->bytes.size()};
  }
  if (const auto* text = std::get_if<std::string>(&response.body)) return *text;
  return {};
}

std::optional<std::uint64_t> BodySize(const Response& response) {
  if (std::holds_alternative<StreamProducer>(response.body)) return std::nullopt;
  return BodyView(response).size();
}

Gate::Gate(const Router& router, const SessionResolver& sessions, const EmbeddedFiles& ui, HostList hosts,
           std::string cookie_name, ProblemDetails details)
    : router_(router),
      sessions_(sessions),
      ui_(ui),
      hosts_(std::move(hosts)),
      cookie_name_(std::move(cookie_name)),
      details_(std::move(details)) {}

Gate::Decision Gate::Admit(const RequestHead& head, std::string request_id, std::stop_token stop,
                           Sessions sessions) const {
  if (head.headers.Count("host") != 1 || !hosts_.Accepts(head.headers.FindOr("host", ""))) {
    return WithStatus(Problem(ErrorCode::kPermissionDenied,
                              "Burnish does not answer under this name; open the address that it printed at start."),
                      421);
  }
  if (head.headers.Size() > kMostHeaders)
    return WithStatus(Problem(ErrorCode::kTooLarge, "The request has more than 100 headers."), 431);
  const auto method = ParseMethod(head.method);
  if (!method) return WrongMethod({Method::kGet, Method::kPost, Method::kPut, Method::kPatch, Method::kDelete});

  const std::string_view target = head.target;
  if (target.empty() || target.front() != '/')
    return Problem(ErrorCode::kInvalidArgument, "The address must begin with '/'.");
  const auto question = target.find('?');
  const auto path = target.substr(0, question);
  const auto query = question == std::string_view::npos ? std::string_view{} : target.substr(question + 1);
  if (path == "/api" || path.starts_with("/api/"))
    return AdmitApi(head, *method, path, query, std::move(request_id), std::move(stop), sessions);
  if (*method != Method::kGet) return WrongMethod({Method::kGet});
  return AnswerPage(head, path);
}

Gate::Decision Gate::AdmitApi(const RequestHead& head, Method method, std::string_view path, std::string_view query,
                              std::string request_id, std::stop_token stop, Sessions sessions) const {
  const bool changes = method != Method::kGet;
  if (const auto why = ForeignPage(head.headers, hosts_, method, changes))
    return Problem(ErrorCode::kPermissionDenied, *why);

  const auto secret = FindCookie(head.headers, cookie_name_);
  auto caller = secret.empty() ? std::nullopt : sessions_.Remembered(secret);
  if (!caller && !secret.empty()) {
    if (sessions == Sessions::kRemembered) return UnknownSession{};
    caller = sessions_.LookUp(secret);
  }
  auto match = router_.Find(method, path);
  // Outsiders learn nothing of which addresses exist.
  if (!caller && (match.route == nullptr || !match.route->policy.IsPublic())) {
    return Problem(ErrorCode::kUnauthenticated,
                   "You are not logged in. Open a login link; 'burnish login' prints one.");
  }
  if (match.route == nullptr) {
    if (!match.allowed.empty()) return WrongMethod(match.allowed);
    return Problem(ErrorCode::kNotFound, "There is nothing at this address.");
  }
  const auto& route = *match.route;
  if (!route.policy.IsPublic() && !route.policy.Admits(caller->role)) {
    return Problem(ErrorCode::kPermissionDenied, "Your role is " + std::string(app::RoleName(caller->role)) +
                                                     "; this needs " + route.policy.Name() +
                                                     " at least. Ask the owner.");
  }
  if (auto refused = RefuseBody(route, head.headers)) return *std::move(refused);
  try {
    auto parameters = ParseQuery(query);
    if (auto refused = RefuseQuery(route, parameters)) return *std::move(refused);
    Admission admission{
        &route,
        RequestBuilder::Build(method, std::string(path), std::move(request_id), std::string(secret), std::move(caller),
                              std::move(match.parameters), std::move(parameters), head.headers, std::move(stop))};
    if (route.key == Key::kRequired) (void)admission.request.Operation();
    return admission;
  } catch (const base::Error& refused) {
    return Problem(refused.Code(), refused.what(), refused.Thing());
  }
}

Response Gate::AnswerPage(const RequestHead& head, std::string_view path) const {
  if (auto page = LoginPage(path)) return *std::move(page);
  const auto decoded = PercentDecode(path.substr(1));
  const auto* file = decoded ? ui_.Find(*decoded) : nullptr;
  // Every address of the app is answered with its one page; what looks like a file is a file or nothing.
  if (file == nullptr && path.substr(path.rfind('/') + 1).find('.') == std::string_view::npos)
    file = ui_.Find("index.html");
  if (file == nullptr) {
    return Problem(ErrorCode::kNotFound, ui_.Empty() ? "This build of Burnish has no web app; its API is under /api/v1."
                                                     : "There is nothing at this address.");
  }
  Response response;
  response.content_type = file->content_type;
  response.exposure = file->immutable ? Exposure::kAsset : Exposure::kPage;
  const auto accepted = head.headers.FindOr("accept-encoding", "");
  auto bytes = file->plain;
  std::string encoding;
  if (!file->brotli.empty() && accepted.find("br") != std::string_view::npos) {
    bytes = file->brotli;
    encoding = "br";
  } else if (!file->gzip.empty() && accepted.find("gzip") != std::string_view::npos) {
    bytes = file->gzip;
    encoding = "gzip";
  }
  // One validator for each coding: their bytes differ (RFC 9110 8.8.3.3).
  response.etag = std::string(file->etag);
  if (!encoding.empty()) {
    response.headers.emplace_back("Content-Encoding", encoding);
    response.etag.insert(response.etag.size() - 1, "-" + encoding);
  }
  response.headers.emplace_back("Vary", "Accept-Encoding");
  response.body = SharedBytes{bytes, nullptr};
  return response;
}

void Gate::TakeJson(Admission& admission, std::string_view body) {
  boost::json::parse_options options;
  options.max_depth = kMostJsonDepth;
  boost::json::error_code failed;
  auto value = base::ParseJson(body, failed, options);
  if (failed) throw base::Error(ErrorCode::kInvalidArgument, "The body is not valid JSON.", "body");
  RequestBuilder::SetBody(admission.request, std::move(value));
}

void Gate::TakeUpload(Admission& admission, UploadedFile file) {
  RequestBuilder::SetUpload(admission.request, std::move(file));
}

std::optional<Response> Gate::RunAtOnce(const Admission& admission) const {
  if (!admission.route->at_once) return std::nullopt;
  try {
    return admission.route->at_once(admission.request);
  } catch (const std::exception&) {
    return std::nullopt;  // the handler fails the same way, where a failure may look things up and write to the log
  }
}

Response Gate::Run(const Admission& admission) const {
  try {
    return admission.route->handler(admission.request);
  } catch (const std::exception& failure) {
    return ProblemOf(failure, admission.request.RequestId());
  }
}

Response Gate::ProblemOf(const std::exception& failure, const std::string& request_id) const {
  // An internal error speaks of our own mistake: to the log, not to the person.
  if (const auto* known = dynamic_cast<const base::Error*>(&failure);
      known != nullptr && known->Code() != ErrorCode::kInternal) {
    return Problem(known->Code(), known->what(), known->Thing(), details_ ? details_(*known) : boost::json::object{});
  }
  if (dynamic_cast<const std::bad_alloc*>(&failure) != nullptr) {
    return Problem(ErrorCode::kUnavailable, "The server is short of memory. Try again with a smaller request.");
  }
  spdlog::error("request {}: {}", request_id, failure.what());
  return Problem(
      ErrorCode::kInternal,
      "Something went wrong in Burnish, and nothing was changed by this request. The server's log has more under " +
          request_id + ".");
}

Response Gate::Condition(const RequestHead& head, Response response) {
  const auto size = BodySize(response);
  if (response.status != 200 || response.etag.empty() || !size) return response;
  if (EtagMatches(head.headers.FindOr("if-none-match", ""), response.etag)) {
    response.status = 304;
    response.body = std::string();
    return response;
  }
  const auto range_text = head.headers.FindOr("range", "");
  const auto if_range = head.headers.FindOr("if-range", "");
  if (!response.ranges || range_text.empty() || (!if_range.empty() && if_range != response.etag)) return response;
  bool unsatisfiable = false;
  if (const auto range = ParseRange(range_text, *size, unsatisfiable)) return CutTo(std::move(response), *range, *size);
  if (!unsatisfiable) return response;
  return WithStatus(Problem(ErrorCode::kInvalidArgument, "The range lies outside of the file.", "Range"), 416)
      .With("Content-Range", "bytes */" + std::to_string(*size));
}

}  // namespace burnish::http
