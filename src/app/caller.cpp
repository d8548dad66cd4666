#include "app/caller.hpp"

#include <array>

#include "base/error.hpp"

namespace burnish::app {
namespace {

constexpr std::array<std::string_view, 6> kRoleNames = {"owner", "manager", "expert", "engineer", "viewer", "labeler"};

}  // namespace

std::string_view RoleName(Role role) { return kRoleNames[static_cast<std::size_t>(role)]; }

std::optional<Role> RoleFromName(std::string_view name) {
  for (std::size_t i = 0; i < kRoleNames.size(); ++i) {
    if (kRoleNames[i] == name) return static_cast<Role>(i);
  }
  return std::nullopt;
}

void Require(const Caller& caller, Role least) {
  if (caller.role > least) {
    throw base::Error(base::ErrorCode::kPermissionDenied, "Your role here is " + std::string(RoleName(caller.role)) + "; this needs " + std::string(RoleName(least)) + " at least. Ask the owner of the project.");
  }
}

}  // namespace burnish::app
