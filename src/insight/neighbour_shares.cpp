#include "insight/neighbour_shares.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.hpp"

namespace burnish::insight {

math::Matrix SharesOfNeighbours(const math::Neighbours& neighbours, std::span<const std::uint16_t> labels,
                                std::size_t classes) {
  if (std::ranges::any_of(labels, [&](std::uint16_t label) { return label >= classes; })) {
    throw base::Error(base::ErrorCode::kInvalidArgument, "A label is not among the classes.");
  }
  math::Matrix shares(neighbours.rows, classes);
  for (std::size_t row = 0; row < neighbours.rows; ++row) {
    const auto indices = neighbours.IndicesOf(row);
    const auto distances = neighbours.DistancesOf(row);
    const auto share = shares.Row(row);
    std::ranges::fill(share, 0.0F);
    const auto first = std::ranges::find_if(indices, [](std::uint32_t index) { return index != math::kNoNeighbour; });
    if (first == indices.end()) continue;
    const double nearest = distances[static_cast<std::size_t>(first - indices.begin())];
    for (std::size_t i = 0; i < indices.size(); ++i) {
      if (indices[i] == math::kNoNeighbour) continue;
      if (indices[i] >= labels.size()) {
        throw base::Error(base::ErrorCode::kInvalidArgument, "A neighbour has no label entry.");
      }
      share[labels[indices[i]]] += static_cast<float>(std::exp(-(distances[i] - nearest) / kShareFalloff));
    }
    const double sum = std::accumulate(share.begin(), share.end(), 0.0);
    for (float& value : share) value = static_cast<float>(value / sum);
  }
  return shares;
}

void BlendShares(math::Matrix& probabilities, const math::Matrix& shares) {
  if (probabilities.rows != shares.rows || probabilities.width != shares.width) {
    throw base::Error(base::ErrorCode::kInvalidArgument, "There is not one share for each probability.");
  }
  for (std::size_t row = 0; row < shares.rows; ++row) {
    const auto share = shares.Row(row);
    const auto into = probabilities.Row(row);
    if (std::ranges::all_of(share, [](float value) { return value == 0; })) continue;
    for (std::size_t k = 0; k < into.size(); ++k) into[k] = (into[k] + share[k]) / 2;
  }
}

}  // namespace burnish::insight
