#pragma once

#include "app/activity.hpp"
#include "http/router.hpp"

namespace burnish::http {

// The list of background work, and the socket that tells of it.
void AddJobRoutes(Router& router, app::Activity& activity);

}  // namespace burnish::http
