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

// Pairs from this score on count. Found on one half of photographs with planted copies, measured on the other half.
inline constexpr float kLeastNearScore = 0.6F;

// The near duplicates among pictures, by ascending positions. Compared are all pairs within 8 bits of the hash, and
// each row with its 15 nearest. Of more than 32 equal hashes each is compared with the 32 after it: that still links
// them. `unit_rows`: embeddings of length one, one for each hash. The first `known` pictures have been compared among
// themselves before: pairs of two of them are left out. Throws kInvalidArgument when the sizes do not fit.
std::vector<NearPair> FindNearDuplicates(std::span<const std::uint64_t> hashes, math::MatrixView unit_rows,
                                         std::size_t known = 0, const math::RunControl& control = {});

}  // namespace burnish::insight
