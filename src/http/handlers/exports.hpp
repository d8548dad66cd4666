#pragma once

#include "app/exports.hpp"
#include "http/router.hpp"

namespace burnish::http {

void AddExportRoutes(Router& router, app::Exports& exports);

}  // namespace burnish::http
