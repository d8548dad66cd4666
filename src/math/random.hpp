#pragma once

#include <cstdint>

namespace burnish::math {

// splitmix64's finaliser: spreads any 64 bits over 64 bits.
constexpr std::uint64_t Mix(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15ULL;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31U);
}

// Small repeatable generator. Seeded with what the draw is for (seed, epoch, point), it gives each piece of a
// computation its own stream, whatever thread runs it. Not for secrets.
class Stream {
 public:
  explicit constexpr Stream(std::uint64_t seed, std::uint64_t first = 0, std::uint64_t second = 0)
      : state_(Mix(Mix(Mix(seed) ^ first) ^ second)) {}

  constexpr std::uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t value = state_;
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
    return value ^ (value >> 31U);
  }
  // In [0, bound); the bias of a 64-bit product is below bound / 2^32.
  constexpr std::uint32_t Below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(((Next() >> 32U) * bound) >> 32U);
  }
  // In [0, 1).
  constexpr double Unit() { return static_cast<double>(Next() >> 11U) * 0x1.0p-53; }
  // So that the standard library's distributions can draw from it.
  using result_type = std::uint64_t;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  constexpr result_type operator()() { return Next(); }

 private:
  std::uint64_t state_;
};

}  // namespace burnish::math
