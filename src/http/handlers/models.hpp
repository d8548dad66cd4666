#pragma once

#include "app/impact.hpp"
#include "app/models.hpp"
#include "http/router.hpp"

namespace burnish::http {

// Model runs, metrics, comparison, suspected wrong labels, impact.
void AddModelRoutes(Router& router, app::Models& models, app::ImpactReport& impact);

}  // namespace burnish::http
