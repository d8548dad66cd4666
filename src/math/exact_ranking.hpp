#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "math/knn.hpp"

// Distances summed in f64, and the nearest by them. Used by src/math only.
namespace burnish::math {

// Of rows that are centred (Euclidean) or of length one (cosine).
double ExactDistance(std::span<const float> a, std::span<const float> b, Metric metric);

struct Ranked {
  float distance;
  std::uint32_t index;
};

inline bool Nearer(const Ranked& a, const Ranked& b) {
  return a.distance != b.distance ? a.distance < b.distance : a.index < b.index;
}

// Writes the first k of `ranked`, which is in order, as the neighbours of `row`.
void WriteRanked(std::span<const Ranked> ranked, std::size_t row, Neighbours& result);

}  // namespace burnish::math
