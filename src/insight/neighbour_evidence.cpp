#include "insight/neighbour_evidence.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace burnish::insight {

NeighbourVote VoteOfNeighbours(std::span<const std::uint32_t> neighbours, std::span<const ClassId> labels,
                               ClassId asked) {
  struct Count {
    ClassId id;
    std::uint32_t votes;
  };
  NeighbourVote vote;
  std::vector<Count> counts;  // in the order of the nearest of each class
  for (const auto row : neighbours) {
    if (row == math::kNoNeighbour) break;
    if (row >= labels.size()) throw base::Error(base::ErrorCode::kInvalidArgument, "A neighbour has no label entry.");
    const auto label = labels[row];
    if (label == kNoClass) continue;
    ++vote.counted;
    vote.disagree += label != asked ? 1 : 0;
    const auto known = std::ranges::find(counts, label, &Count::id);
    if (known == counts.end()) {
      counts.push_back({label, 1});
    } else {
      ++known->votes;
    }
  }
  if (vote.counted == 0) return vote;
  vote.most_common = std::ranges::max_element(counts, std::less<>(), &Count::votes)->id;
  vote.disagreement = static_cast<float>(vote.disagree) / static_cast<float>(vote.counted);
  return vote;
}

std::vector<NeighbourVote> VotesOfNeighbours(const math::Neighbours& neighbours, std::span<const ClassId> labels,
                                             std::span<const ClassId> asked) {
  if (asked.size() != neighbours.rows) {
    throw base::Error(base::ErrorCode::kInvalidArgument, "There is not one class to ask about for each sample.");
  }
  std::vector<NeighbourVote> votes;
  for (std::size_t row = 0; row < neighbours.rows; ++row) {
    votes.push_back(VoteOfNeighbours(neighbours.IndicesOf(row), labels, asked[row]));
  }
  return votes;
}

std::vector<LabeledNeighbour> NearestLabeled(math::HalfMatrixView space, std::span<const float> query,
                                             std::uint32_t own, math::RowSet candidates,
                                             std::span<const ClassId> labels, std::size_t k,
                                             const math::RunControl& control) {
  if (labels.size() != space.rows) {
    throw base::Error(base::ErrorCode::kInvalidArgument, "There is not one label entry for each row of the space.");
  }
  std::vector<std::uint64_t> allowed((space.rows + 63) / 64, 0);
  for (std::size_t row = 0; row < space.rows; ++row) {
    const bool candidate =
        candidates.empty() || (row / 64 < candidates.size() && ((candidates[row / 64] >> (row % 64)) & 1U) != 0);
    if (candidate && row != own && labels[row] != kNoClass) allowed[row / 64] |= std::uint64_t{1} << (row % 64);
  }
  if (allowed.empty()) return {};
  const auto found = math::FindNearest(space, math::MatrixView{query, 1, query.size()}, k, allowed, control);
  std::vector<LabeledNeighbour> nearest;
  for (std::size_t i = 0; i < found.k && found.indices[i] != math::kNoNeighbour; ++i) {
    nearest.push_back({found.indices[i], labels[found.indices[i]], found.distances[i]});
  }
  return nearest;
}

}  // namespace burnish::insight
