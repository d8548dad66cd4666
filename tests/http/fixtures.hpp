#pragma once

#include <optional>
#include <string>
#include <utility>

#include "http/gate.hpp"
#include "http/router.hpp"

namespace burnish::http {

// Remembers one owner, and finds one viewer where it must look; by the secrets of their cookies.
class TwoPeople final : public SessionResolver {
 public:
  std::optional<app::Caller> Remembered(std::string_view secret) const override {
    if (secret == "owner-secret") return app::Caller{base::PersonId("ann"), "Ann", app::Role::kOwner};
    return std::nullopt;
  }
  std::optional<app::Caller> LookUp(std::string_view secret) const override {
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
