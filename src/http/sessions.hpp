#pragma once

#include <optional>
#include <string>

#include "app/caller.hpp"

namespace burnish::http {

// Turns the secret of a session cookie into a caller. Implemented over app/accounts where everything is wired (cli/).
class SessionResolver {
 public:
  virtual ~SessionResolver() = default;
  // Called on the I/O thread for every request: answers from memory. Nothing for unknown, ended or expired sessions.
  virtual std::optional<app::Caller> Resolve(const std::string& secret) const = 0;
};

}  // namespace burnish::http
