#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "math/knn.hpp"
#include "math/matrix.hpp"

namespace burnish::insight {

// How many of a sample's nearest others speak for its class, and how fast their say falls with the cosine distance
// beyond the nearest. Chosen on train samples with planted flips; see docs/decisions/suspects-with-neighbours.md.
inline constexpr std::size_t kShareNeighbours = 30;
inline constexpr double kShareFalloff = 0.05;

// rows x classes: the share of each class among a row's neighbours, weighted by exp(-(distance - nearest) /
// kShareFalloff): an estimate that has not seen the row's own label, as out-of-fold probabilities have not. Entries
// kNoNeighbour are skipped. A row without neighbours is all 0. `labels[i]` in [0, classes); throws kInvalidArgument
// otherwise.
math::Matrix SharesOfNeighbours(const math::Neighbours& neighbours, std::span<const std::uint16_t> labels,
                                std::size_t classes);

// The mean of the two, row by row; rows whose shares are all 0 stay as they are. Throws kInvalidArgument when the
// shapes differ.
void BlendShares(math::Matrix& probabilities, const math::Matrix& shares);

}  // namespace burnish::insight
