#pragma once

#include <string>

#include "app/accounts.hpp"
#include "http/events.hpp"
#include "http/router.hpp"

namespace burnish::http {

// Coming in, going out, preferences, and what Burnish is made of.
void AddSessionRoutes(Router& router, app::Accounts& accounts, EventHub& events, const std::string& cookie_name);

}  // namespace burnish::http
