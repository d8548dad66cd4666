#include "base/clock.hpp"

#include <chrono>

namespace burnish::base {

Micros SystemClock::Now() const {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

}  // namespace burnish::base
