#pragma once

#include "app/imports.hpp"
#include "http/router.hpp"

namespace burnish::http {

// Media roots, and imports from their beginning to their report.
void AddImportRoutes(Router& router, app::Imports& imports);

}  // namespace burnish::http
