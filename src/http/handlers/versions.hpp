#pragma once

#include "app/accounts.hpp"
#include "app/versions.hpp"
#include "http/router.hpp"

namespace burnish::http {

void AddVersionRoutes(Router& router, app::Versions& versions, app::Accounts& accounts);

}  // namespace burnish::http
