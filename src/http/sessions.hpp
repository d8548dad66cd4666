#pragma once

#include <optional>
#include <string_view>

#include "app/caller.hpp"

namespace burnish::http {

// Turns the secret of a session cookie into a caller. Implemented over app/accounts where everything is wired (cli/).
class SessionResolver {
 public:
  virtual ~SessionResolver() = default;
  // From memory alone: called on the I/O thread for every request. Nothing: LookUp knows.
  virtual std::optional<app::Caller> Remembered(std::string_view secret) const = 0;
  // May wait for the catalog: called on a worker. Nothing for unknown, ended or expired sessions.
  virtual std::optional<app::Caller> LookUp(std::string_view secret) const = 0;
};

}  // namespace burnish::http
