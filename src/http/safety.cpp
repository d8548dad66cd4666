#include "http/safety.hpp"

#include <algorithm>

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

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

std::optional<std::string> Single(const Headers& headers, std::string_view name) {
  const auto found = headers.find(name);
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

std::string_view MediaTypeOf(std::string_view content_type) {
  const auto end = content_type.find_first_of("; \t");
  return content_type.substr(0, end);
}

}  // namespace

HostList::HostList(std::uint16_t port, std::vector<std::string> extra) : names_(std::move(extra)) {
  for (auto& name : names_) name = Lower(name);
  for (const auto* host : {"127.0.0.1", "localhost", "[::1]"}) {
    names_.push_back(std::string(host) + ":" + std::to_string(port));
    if (port == 80) names_.emplace_back(host);
  }
}

bool HostList::Accepts(std::string_view host) const {
  return std::find(names_.begin(), names_.end(), Lower(host)) != names_.end();
}

bool HostList::OwnsOrigin(std::string_view origin) const {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme)) return Accepts(origin.substr(scheme.size()));
  }
  return false;
}

std::optional<std::string> ForeignPage(const Headers& headers, const HostList& hosts, Method method, bool changes) {
  const auto site = Single(headers, "sec-fetch-site");
  if (site && *site != "same-origin" && *site != "none")
    return "Another web page asked for this; only Burnish's own pages may.";
  const auto origin = Single(headers, "origin");
  if (origin && !hosts.OwnsOrigin(*origin)) return "Another web page asked for this; only Burnish's own pages may.";
  if (!changes) return std::nullopt;

  // A page of another site can send only "simple" requests without asking first (Fetch standard, CORS-safelisted): one
  // of these signs shows that it is none.
  const auto type = Lower(MediaTypeOf(Single(headers, "content-type").value_or("")));
  const bool not_simple = method != Method::kPost || type == "application/json" || type == "application/octet-stream" ||
                          headers.contains("idempotency-key") || headers.contains("x-burnish") || site == "same-origin";
  if (!not_simple) return "A change must be sent as application/json, or with the header 'X-Burnish: 1'.";
  return std::nullopt;
}

std::vector<std::pair<std::string_view, std::string_view>> SafetyHeaders(Exposure exposure) {
  std::vector<std::pair<std::string_view, std::string_view>> headers = {
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"X-Frame-Options", "DENY"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Permissions-Policy", "camera=(), microphone=(), geolocation=()"},
  };
  switch (exposure) {
    case Exposure::kPrivate:
      headers.emplace_back("Content-Security-Policy", kDataPolicy);
      headers.emplace_back("Cache-Control", "no-store");
      break;
    case Exposure::kPage:
      headers.emplace_back("Content-Security-Policy", kPagePolicy);
      headers.emplace_back("Cache-Control", "no-cache");
      break;
    case Exposure::kAsset:  // a worker's script brings its own policy
      headers.emplace_back("Content-Security-Policy", kPagePolicy);
      headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
      break;
    case Exposure::kMedia:
      headers.emplace_back("Content-Security-Policy", kMediaPolicy);
      headers.emplace_back("Cache-Control", "private, no-cache");
      break;
    case Exposure::kMediaForever:
      headers.emplace_back("Content-Security-Policy", kMediaPolicy);
      headers.emplace_back("Cache-Control", "private, max-age=31536000, immutable");
      break;
  }
  return headers;
}

std::string FindCookie(const Headers& headers, std::string_view name) {
  const auto [first, last] = headers.equal_range("cookie");
  for (auto it = first; it != last; ++it) {
    std::string_view rest = it->second;
    while (!rest.empty()) {
      const auto end = rest.find(';');
      auto pair = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      while (pair.starts_with(' ')) pair.remove_prefix(1);
      if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
        return std::string(pair.substr(name.size() + 1));
    }
  }
  return {};
}

}  // namespace burnish::http
