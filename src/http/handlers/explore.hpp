#pragma once

#include "app/explore.hpp"
#include "http/router.hpp"

namespace burnish::http {

// Results, tiles, facets, map, values, thumbnails, stored sets.
void AddExploreRoutes(Router& router, app::Explore& explore);

}  // namespace burnish::http
