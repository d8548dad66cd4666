#include "http/router.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "http/url.hpp"

namespace burnish::http {
namespace {

bool IsParameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

void RefuseRoute(const Route& route, const std::string& why) {
  throw base::Error(
      base::ErrorCode::kInternal,
      "Burnish does not start: the route " + std::string(MethodName(route.method)) + " " + route.path + " " + why + ".",
      route.operation);
}

bool Fits(const std::vector<std::string>& pattern, const std::vector<std::string_view>& segments) {
  if (pattern.size() != segments.size()) return false;
  for (std::size_t i = pattern.size(); i-- > 0;) {  // the ends differ most
    if (IsParameter(pattern[i]) ? segments[i].empty() : pattern[i] != segments[i]) return false;
  }
  return true;
}

// The parameters of `segments`, which fit `pattern`, decoded; nothing if they cannot be.
std::optional<PathParameters> ParametersOf(const std::vector<std::string>& pattern,
                                           const std::vector<std::string_view>& segments) {
  PathParameters parameters;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (!IsParameter(pattern[i])) continue;
    auto value = PercentDecode(segments[i]);
    if (!value || value->empty()) return std::nullopt;
    parameters.emplace_back(pattern[i].substr(1, pattern[i].size() - 2), *std::move(value));
  }
  return parameters;
}

}  // namespace

std::string Policy::Name() const {
  if (kind_ == Kind::kUnset) return "none";
  return IsPublic() ? "public" : std::string(app::RoleName(role_));
}

void Router::Add(Route route) {
  if (!route.policy.IsSet()) RefuseRoute(route, "has no policy");
  if (!route.handler) RefuseRoute(route, "has no handler");
  if (route.operation.empty() || route.path.empty() || route.path.front() != '/')
    RefuseRoute(route, "has no operation or path");
  if (route.method == Method::kGet && (route.effects || route.body != BodyKind::kNone))
    RefuseRoute(route, "is a GET with effects or a body");
  if (route.at_once && route.body != BodyKind::kNone) RefuseRoute(route, "takes a body and answers at once");
  for (const auto& other : routes_) {
    if (other.operation == route.operation || (other.method == route.method && other.path == route.path))
      RefuseRoute(route, "is declared twice");
  }
  std::vector<std::string> segments;
  for (const auto segment : SplitPath(route.path)) segments.emplace_back(segment);
  segments_.push_back(std::move(segments));
  routes_.push_back(std::move(route));
}

Router::Match Router::Find(Method method, std::string_view path) const {
  const auto segments = SplitPath(path);
  Match match;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (routes_[i].method != method || !Fits(segments_[i], segments)) continue;
    if (auto parameters = ParametersOf(segments_[i], segments)) {
      match.route = &routes_[i];
      match.parameters = *std::move(parameters);
      return match;
    }
  }
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (Fits(segments_[i], segments) && ParametersOf(segments_[i], segments))
      match.allowed.push_back(routes_[i].method);
  }
  return match;
}

}  // namespace burnish::http
