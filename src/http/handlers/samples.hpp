#pragma once

#include "app/samples.hpp"
#include "http/router.hpp"

namespace burnish::http {

void AddSampleRoutes(Router& router, app::Samples& samples);

}  // namespace burnish::http
