#pragma once

#include <spdlog/spdlog.h>

namespace burnish::base {

// One line a record on standard error: time, level, text. Never secrets, never file contents.
void StartLog(spdlog::level::level_enum level);

}  // namespace burnish::base
