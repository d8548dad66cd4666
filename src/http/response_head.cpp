#include "http/response_head.hpp"

#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <string_view>

#include "http/safety.hpp"

namespace burnish::http {
namespace {

void AppendNumber(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void AppendField(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

void AppendHead(std::string& out, const Response& response, const HeadFacts& facts) {
  out.append(facts.version == 10 ? "HTTP/1.0 " : "HTTP/1.1 ");
  AppendNumber(out, static_cast<std::uint64_t>(response.status));
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(response.status));
  out.append(" ").append(reason.data(), reason.size()).append("\r\n");
  if (facts.version == 10 && facts.keep_alive) AppendField(out, "Connection", "keep-alive");
  if (facts.version != 10 && !facts.keep_alive) AppendField(out, "Connection", "close");
  if (!response.content_type.empty()) AppendField(out, "Content-Type", response.content_type);
  out.append(SafetyHeaders(response.exposure));
  if (!response.etag.empty()) AppendField(out, "ETag", response.etag);
  if (response.ranges) AppendField(out, "Accept-Ranges", "bytes");
  for (const auto& [name, value] : response.headers) {
    if (value.find_first_of("\r\n") == std::string::npos) AppendField(out, name, value);
  }
  if (facts.chunked) AppendField(out, "Transfer-Encoding", "chunked");
  if (facts.length) {
    out.append("Content-Length: ");
    AppendNumber(out, *facts.length);
    out.append("\r\n");
  }
  out.append("\r\n");
}

}  // namespace burnish::http
