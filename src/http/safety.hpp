#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/headers.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace burnish::http {

// The names under which this server answers. Any other Host is refused, so that a foreign name that resolves to
// 127.0.0.1 (DNS rebinding) reaches nothing.
class HostList {
 public:
  // `extra` with their ports: "burnish.example:8080".
  HostList(std::uint16_t port, std::vector<std::string> extra);
  bool Accepts(std::string_view host) const;
  // "http://127.0.0.1:8080" for one of the names.
  bool OwnsOrigin(std::string_view origin) const;

 private:
  std::vector<std::string> names_;
};

// Whether a request may come from a page that is not ours; then a sentence that says why it is refused.
// Reads (`changes` false) are refused only when the browser says that another site asks.
std::optional<std::string> ForeignPage(const Headers& headers, const HostList& hosts, Method method, bool changes);

// The safety headers for an answer, beside its own: whole lines.
std::string_view SafetyHeaders(Exposure exposure);

// The value of a cookie in the Cookie headers, or empty. Lives as long as the headers.
std::string_view FindCookie(const Headers& headers, std::string_view name);

}  // namespace burnish::http
