#pragma once

#include <atomic>
#include <cstdint>

namespace burnish::base {

// Integer microseconds since 1970-01-01 UTC; what the catalog stores.
using Micros = std::int64_t;

// Injected wherever time is read, so that tests own it. Any thread may call.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Micros Now() const = 0;  // wall clock; may jump
};

class SystemClock final : public Clock {
 public:
  Micros Now() const override;
};

// A clock that stands still until told otherwise. Any thread may call.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Micros now) : now_(now) {}
  Micros Now() const override { return now_; }
  void Advance(Micros by) { now_ += by; }

 private:
  std::atomic<Micros> now_;
};

}  // namespace burnish::base
