#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "math/matrix.hpp"
#include "math/parallel.hpp"

namespace burnish::insight {

// Two pictures that show the same photograph, as positions in the input; first < second.
struct NearPair {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  float score = 0;  // 1: nothing tells them apart
  bool operator==(const NearPair&) const = default;
};

// Cosine of the embeddings minus the share of perceptual-hash bits that differ. Resized, re-encoded, brightened and
// slightly cropped copies keep one or the other, so that their sum finds more than both thresholds do.
float NearScore(float cosine, unsigned differing_bits);

// From which score on a picture counts as a near duplicate, by its shorter side in pixels. For photographs found on one
// half of some with planted copies and measured on the other half. Pictures of a few pixels resemble each other without
// being copies: of 2,000 distinct ones of clothes, 28 x 28 pixels, 951 have another at 0.6, 153 at 0.75, 4 at 0.85.
float LeastNearScore(std::uint32_t shorter_side);

// The near duplicates among pictures, by ascending positions. Compared are all pairs within 8 bits of the hash, and
// each row with its 15 nearest. Of more than 32 equal hashes each is compared with the 32 after it: that still links
// them. `least_scores`: that of each picture; a pair must reach the higher one. `unit_rows`: embeddings of length one,
// one for each hash. The first `known` pictures have been compared among themselves before: pairs of two of them are
// left out. Throws kInvalidArgument when the sizes do not fit.
std::vector<NearPair> FindNearDuplicates(std::span<const std::uint64_t> hashes, std::span<const float> least_scores,
                                         math::Matrix unit_rows, std::size_t known = 0,
                                         const math::RunControl& control = {});

}  // namespace burnish::insight
