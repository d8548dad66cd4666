#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"

namespace burnish::app {

// Ordered: each role may do what those after it may. A labeler's reach is its tasks (roadmap), so it
// stands below the viewer's screens and is never compared with `AtLeast` there.
enum class Role : std::uint8_t { kOwner = 0, kManager = 1, kExpert = 2, kEngineer = 3, kViewer = 4, kLabeler = 5 };
std::string_view RoleName(Role role);
std::optional<Role> RoleFromName(std::string_view name);

// Who calls a use case: made by Accounts from a cookie or token, never by a handler itself.
struct Caller {
  base::PersonId person;
  std::string name;
  Role role = Role::kViewer;  // in the whole installation; a project may give less
};

// Throws kPermissionDenied unless the caller's role reaches `least`.
void Require(const Caller& caller, Role least);

}  // namespace burnish::app
