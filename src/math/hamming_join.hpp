#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "math/cpu.hpp"
#include "math/parallel.hpp"

namespace burnish::math {

// Two distinct codes within the radius, as positions in HammingJoin::codes; first < second.
struct ClosePair {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  std::uint32_t distance = 0;
  auto operator<=>(const ClosePair&) const = default;
};

// Equal inputs are one code: a thousand equal hashes are one entry here, not half a million pairs.
struct HammingJoin {
  std::vector<std::uint64_t> codes;    // distinct, ascending
  std::vector<std::uint32_t> code_of;  // per input its position in codes
  std::vector<ClosePair> pairs;        // ascending; every one there is
};

// Largest radius that JoinWithin takes.
inline constexpr unsigned kMaxHammingRadius = 12;

// All pairs of distinct codes at a Hamming distance of at most `radius`, exactly. Memory grows with the inputs
// and the pairs found; more than `max_pairs` of them end the call with base::Error kTooLarge (about 12 bytes
// each are held before that). Throws kInvalidArgument for a radius above kMaxHammingRadius. Codes that agree
// in most of their bits cost time up to that of comparing all with all, never more memory.
HammingJoin JoinWithin(std::span<const std::uint64_t> hashes, unsigned radius, std::size_t max_pairs,
                       const RunControl& control = {});
// The same on a given path, which must be supported: for tests and benchmarks.
HammingJoin JoinWithin(std::span<const std::uint64_t> hashes, unsigned radius, std::size_t max_pairs,
                       const RunControl& control, CpuPath path);

}  // namespace burnish::math
