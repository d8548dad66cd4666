#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace burnish::store {

// A fixed random rotation: flips of signs and fast Hadamard transforms in turn, so it costs n log n and not n^2. Rows
// of `width` are filled up with zeros to a multiple of 64. After it no direction of the data is special, which is what
// codes of one bit a number need. The same for one width on every machine: it is part of a file format.
class Rotation {
 public:
  explicit Rotation(std::size_t width);
  std::size_t Width() const noexcept { return width_; }
  std::size_t RotatedWidth() const noexcept { return rotated_; }
  // Lengths and angles stay. `to` has RotatedWidth() numbers.
  void Apply(std::span<const float> from, std::span<float> to) const;

 private:
  std::size_t width_;
  std::size_t rotated_;
  std::size_t block_;         // the largest power of two that fits
  std::vector<float> signs_;  // a round after the other, with the transform's scale where it works
};

}  // namespace burnish::store
