#include "http/safety.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace burnish::http {
namespace {

// Styles: Mantine writes <style> elements with the theme's variables at run time; docs/decisions/inline-styles.md.
constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src "
    "'self'; "
    "connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action "
    "'none'; "
    "frame-ancestors 'none'";
constexpr std::string_view kDataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";
constexpr std::string_view kMediaPolicy = "sandbox; default-src 'none'; frame-ancestors 'none'";

std::string_view MediaTypeOf(std::string_view content_type) {
  const auto end = content_type.find_first_of("; \t");
  return content_type.substr(0, end);
}

std::pair<std::string_view, std::string_view> PolicyAndCaching(Exposure exposure) {
  switch (exposure) {
    case Exposure::kPage:
      return {kPagePolicy, "no-cache"};
    case Exposure::kAsset:  // a worker's script brings its own policy
      return {kPagePolicy, "public, max-age=31536000, immutable"};
    case Exposure::kMedia:
      return {kMediaPolicy, "private, no-cache"};
    case Exposure::kMediaForever:
      return {kMediaPolicy, "private, max-age=31536000, immutable"};
    case Exposure::kPrivate:
      break;
  }
  return {kDataPolicy, "no-store"};
}

std::string LinesOf(Exposure exposure) {
  const auto [policy, caching] = PolicyAndCaching(exposure);
  std::string lines =
      "X-Content-Type-Options: nosniff\r\n"
      "Referrer-Policy: no-referrer\r\n"
      "X-Frame-Options: DENY\r\n"
      "Cross-Origin-Opener-Policy: same-origin\r\n"
      "Cross-Origin-Resource-Policy: same-origin\r\n"
      "Permissions-Policy: camera=(), microphone=(), geolocation=()\r\n";
  lines.append("Content-Security-Policy: ").append(policy).append("\r\n");
  lines.append("Cache-Control: ").append(caching).append("\r\n");
  return lines;
}

}  // namespace

HostList::HostList(std::uint16_t port, std::vector<std::string> extra) : names_(std::move(extra)) {
  for (auto& name : names_) name = LowerCase(name);
  for (const auto* host : {"127.0.0.1", "localhost", "[::1]"}) {
    names_.push_back(std::string(host) + ":" + std::to_string(port));
    if (port == 80) names_.emplace_back(host);
  }
}

bool HostList::Accepts(std::string_view host) const {
  return std::any_of(names_.begin(), names_.end(),
                     [host](const std::string& name) { return EqualsIgnoringCase(host, name); });
}

bool HostList::OwnsOrigin(std::string_view origin) const {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme)) return Accepts(origin.substr(scheme.size()));
  }
  return false;
}

std::optional<std::string> ForeignPage(const Headers& headers, const HostList& hosts, Method method, bool changes) {
  const auto site = headers.Find("sec-fetch-site");
  if (site && *site != "same-origin" && *site != "none")
    return "Another web page asked for this; only Burnish's own pages may.";
  const auto origin = headers.Find("origin");
  if (origin && !hosts.OwnsOrigin(*origin)) return "Another web page asked for this; only Burnish's own pages may.";
  if (!changes) return std::nullopt;

  // A page of another site can send only "simple" requests without asking first (Fetch standard, CORS-safelisted): one
  // of these signs shows that it is none.
  const auto type = LowerCase(MediaTypeOf(headers.FindOr("content-type", "")));
  const bool not_simple = method != Method::kPost || type == "application/json" || type == "application/octet-stream" ||
                          headers.Has("idempotency-key") || headers.Has("x-burnish") || site == "same-origin";
  if (!not_simple) return "A change must be sent as application/json, or with the header 'X-Burnish: 1'.";
  return std::nullopt;
}

std::string_view SafetyHeaders(Exposure exposure) {
  static const std::array<std::string, kExposures> kLines = [] {
    std::array<std::string, kExposures> lines;
    for (std::size_t i = 0; i < kExposures; ++i) lines[i] = LinesOf(static_cast<Exposure>(i));
    return lines;
  }();
  return kLines[static_cast<std::size_t>(exposure)];
}

std::string_view FindCookie(const Headers& headers, std::string_view name) {
  for (std::size_t i = 0; i < headers.Size(); ++i) {
    if (headers.Name(i) != "cookie") continue;
    std::string_view rest = headers.Value(i);
    while (!rest.empty()) {
      const auto end = rest.find(';');
      auto pair = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      while (pair.starts_with(' ')) pair.remove_prefix(1);
      if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
        return pair.substr(name.size() + 1);
    }
  }
  return {};
}

}  // namespace burnish::http
