#pragma once

#include <optional>
#include <string>
#include <utility>

#include "http/gate.hpp"
#include "http/router.hpp"

namespace burnish::http {

// Knows one owner and one viewer, by the secrets of their cookies.
class TwoPeople final : public SessionResolver {
 public:
  std::optional<app::Caller> Resolve(const std::string& secret) const override {
    if (secret == "owner-secret") return app::Caller{base::PersonId("ann"), "Ann", app::Role::kOwner};
    if (secret == "viewer-secret") return app::Caller{base::PersonId("vic"), "Vic", app::Role::kViewer};
    return std::nullopt;
  }
};

inline Route MakeRoute(Method method, std::string path, std::string operation, Handler handler) {
  Route route;
  route.method = method;
  route.path = std::move(path);
  route.operation = std::move(operation);
  route.policy = Policy::AtLeast(app::Role::kViewer);
  route.handler = std::move(handler);
  return route;
}

}  // namespace burnish::http
