#pragma once

#include "app/projects.hpp"
#include "http/router.hpp"

namespace burnish::http {

void AddProjectRoutes(Router& router, app::Projects& projects);

}  // namespace burnish::http
