#include "base/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>

namespace burnish::base {

void StartLog(spdlog::level::level_enum level) {
  auto logger = spdlog::stderr_color_mt("burnish");
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  spdlog::set_default_logger(logger);
  spdlog::set_level(level);
}

}  // namespace burnish::base
