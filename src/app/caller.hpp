#pragma once

#include <string>

#include "base/ids.hpp"
#include "store/catalog/accounts.hpp"

namespace burnish::app {

using store::Role;
using store::RoleName;

// Who calls a use case: made by Accounts from a cookie or token, never by a handler itself.
struct Caller {
  base::PersonId person;
  std::string name;
  Role role = Role::kLabeler;  // in the whole installation; a project may give less
};

// Throws kPermissionDenied unless the caller's role reaches `least`.
void Require(const Caller& caller, Role least);

}  // namespace burnish::app
