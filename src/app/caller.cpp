#include "app/caller.hpp"

#include "base/error.hpp"

namespace burnish::app {

void Require(const Caller& caller, Role least) {
  if (caller.role <= least) return;
  throw base::Error(base::ErrorCode::kPermissionDenied, "Your role here is " + std::string(RoleName(caller.role)) +
                                                            "; this needs " + std::string(RoleName(least)) +
                                                            " at least. Ask the owner of the project.");
}

}  // namespace burnish::app
