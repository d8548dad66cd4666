#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "math/knn.hpp"
#include "model/label.hpp"

namespace burnish::insight {

using model::ClassId;
using model::kNoClass;

// What a sample's nearest labeled neighbours say about a class.
struct NeighbourVote {
  std::uint32_t counted = 0;       // neighbours with a label
  std::uint32_t disagree = 0;      // of these: another class than the one asked about
  ClassId most_common = kNoClass;  // among the counted; ties: the nearer one's
  float disagreement = 0;          // disagree / counted; 0 when nothing counted
};

// `neighbours` of one sample, nearest first (kNoNeighbour ends them); `labels` by the same row numbers.
NeighbourVote VoteOfNeighbours(std::span<const std::uint32_t> neighbours, std::span<const ClassId> labels,
                               ClassId asked);

// For each row of `neighbours` its vote against `asked[row]`.
std::vector<NeighbourVote> VotesOfNeighbours(const math::Neighbours& neighbours, std::span<const ClassId> labels,
                                             std::span<const ClassId> asked);

struct LabeledNeighbour {
  std::uint32_t row = 0;
  ClassId label = kNoClass;
  float distance = 0;
};

// The nearest labeled rows of a sample's space, for the Sample screen: at most k of `candidates` (a set of rows, as
// math::RowSet; train samples, say) that have a label, without row `own` (kNoNeighbour: none is left out).
std::vector<LabeledNeighbour> NearestLabeled(math::HalfMatrixView space, std::span<const float> query,
                                             std::uint32_t own, math::RowSet candidates,
                                             std::span<const ClassId> labels, std::size_t k,
                                             const math::RunControl& control = {});

}  // namespace burnish::insight
