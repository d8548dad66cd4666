#include "store/vectors/rotation.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "math/random.hpp"

namespace burnish::store {
namespace {

constexpr std::uint64_t kSeed = 0x62726E6973680001ULL;
constexpr std::size_t kRounds = 4;

// In place, unscaled. `size` is a power of two, at least 64.
void Hadamard(float* values, std::size_t size) {
  for (std::size_t i = 0; i < size; i += 8) {
    float* v = values + i;
    const float a0 = v[0] + v[1], a1 = v[0] - v[1], a2 = v[2] + v[3], a3 = v[2] - v[3];
    const float a4 = v[4] + v[5], a5 = v[4] - v[5], a6 = v[6] + v[7], a7 = v[6] - v[7];
    const float b0 = a0 + a2, b1 = a1 + a3, b2 = a0 - a2, b3 = a1 - a3;
    const float b4 = a4 + a6, b5 = a5 + a7, b6 = a4 - a6, b7 = a5 - a7;
    v[0] = b0 + b4, v[1] = b1 + b5, v[2] = b2 + b6, v[3] = b3 + b7;
    v[4] = b0 - b4, v[5] = b1 - b5, v[6] = b2 - b6, v[7] = b3 - b7;
  }
  for (std::size_t half = 8; half < size; half *= 2) {
    for (std::size_t first = 0; first < size; first += 2 * half) {
      float* __restrict low = values + first;
      float* __restrict high = values + first + half;
      for (std::size_t i = 0; i < half; i += 8) {
        for (std::size_t k = i; k < i + 8; ++k) {
          const float a = low[k];
          const float b = high[k];
          low[k] = a + b;
          high[k] = a - b;
        }
      }
    }
  }
}

}  // namespace

Rotation::Rotation(std::size_t width)
    : width_(width),
      rotated_((std::max<std::size_t>(width, 1) + 63) / 64 * 64),
      block_(std::bit_floor(rotated_)),
      signs_(kRounds * rotated_) {
  const float scale = 1 / std::sqrt(static_cast<float>(block_));
  for (std::size_t round = 0; round < kRounds; ++round) {
    const std::size_t first = round % 2 == 0 ? 0 : rotated_ - block_;
    math::Stream random(kSeed, width, round);
    for (std::size_t i = 0; i < rotated_; ++i) {
      const bool transformed = i >= first && i < first + block_;
      signs_[round * rotated_ + i] = (random.Next() >> 63U) != 0 ? -1.0F : 1.0F;
      if (transformed) signs_[round * rotated_ + i] *= scale;
    }
  }
}

void Rotation::Apply(std::span<const float> from, std::span<float> to) const {
  std::copy(from.begin(), from.end(), to.begin());
  std::fill(to.begin() + static_cast<std::ptrdiff_t>(width_), to.end(), 0.0F);
  for (std::size_t round = 0; round < kRounds; ++round) {
    const float* signs = signs_.data() + round * rotated_;
    for (std::size_t i = 0; i < rotated_; ++i) to[i] *= signs[i];
    // The blocks at both ends overlap, so that every number meets every other.
    Hadamard(to.data() + (round % 2 == 0 ? 0 : rotated_ - block_), block_);
  }
}

}  // namespace burnish::store
