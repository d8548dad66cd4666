#include "insight/near_duplicates.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "base/error.hpp"
#include "math/hamming_join.hpp"
#include "math/knn.hpp"

namespace burnish::insight {
namespace {

constexpr unsigned kRadius = 8;
constexpr std::size_t kMostPairs = 20'000'000;
constexpr std::size_t kNeighbours = 15;
constexpr std::size_t kMostOfOneHash = 32;
constexpr std::uint32_t kPhotographSide = 64;

// A pair of positions as one number, so that those found twice are easily dropped.
struct Candidate {
  std::uint64_t pair = 0;
  float score = 0;
};

class Finder {
 public:
  Finder(std::span<const std::uint64_t> hashes, std::span<const float> least, math::Matrix&& rows, std::size_t known,
         const math::RunControl& control)
      : hashes_(hashes), least_(least), rows_(std::move(rows)), known_(known), control_(control) {}

  std::vector<NearPair> Find() {
    AddByHash();
    AddNearest();
    std::stable_sort(candidates_.begin(), candidates_.end(),
                     [](const Candidate& one, const Candidate& other) { return one.pair < other.pair; });
    const auto same = [](const Candidate& one, const Candidate& other) { return one.pair == other.pair; };
    candidates_.erase(std::unique(candidates_.begin(), candidates_.end(), same), candidates_.end());
    std::vector<NearPair> pairs;
    for (const Candidate& candidate : candidates_) {
      const NearPair pair{First(candidate.pair), Second(candidate.pair), candidate.score};
      if (pair.score >= std::max(least_[pair.first], least_[pair.second])) pairs.push_back(pair);
    }
    return pairs;
  }

 private:
  static std::uint32_t First(std::uint64_t pair) { return static_cast<std::uint32_t>(pair >> 32U); }
  static std::uint32_t Second(std::uint64_t pair) { return static_cast<std::uint32_t>(pair); }

  void Add(std::uint32_t one, std::uint32_t other, float score = 0) {
    if (std::max(one, other) < known_ || one == other) return;
    candidates_.push_back({(std::uint64_t{std::min(one, other)} << 32U) | std::max(one, other), score});
  }

  // Pictures without detail have much the same hash: where there are too many pairs, only the closest are looked at.
  math::HammingJoin Join() const {
    for (unsigned radius = kRadius; radius > 0; radius -= 2) {
      try {
        return math::JoinWithin(hashes_, radius, kMostPairs, control_.Part(0, 0.1));
      } catch (const base::Error& error) {
        if (error.Code() != base::ErrorCode::kTooLarge) throw;
      }
    }
    return math::JoinWithin(hashes_, 0, kMostPairs, control_.Part(0, 0.1));
  }

  void AddByHash() {
    const math::HammingJoin join = Join();
    // The positions of each code, code after code.
    std::vector<std::uint32_t> order(hashes_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t one, std::uint32_t other) { return join.code_of[one] < join.code_of[other]; });
    std::vector<std::size_t> begins(join.codes.size() + 1, 0);
    for (const std::uint32_t code : join.code_of) ++begins[code + 1];
    std::partial_sum(begins.begin(), begins.end(), begins.begin());
    for (std::size_t code = 0; code < join.codes.size(); ++code) {
      for (std::size_t i = begins[code]; i < begins[code + 1]; ++i) {
        for (std::size_t k = i + 1; k < std::min(begins[code + 1], i + 1 + kMostOfOneHash); ++k)
          Add(order[i], order[k]);
      }
    }
    const auto members = [&](std::uint32_t code) {
      return std::span(order).subspan(begins[code], std::min(begins[code + 1] - begins[code], kMostOfOneHash));
    };
    for (const math::ClosePair& pair : join.pairs) {
      for (const std::uint32_t one : members(pair.first)) {
        for (const std::uint32_t other : members(pair.second)) Add(one, other);
      }
    }
    math::ParallelFor(candidates_.size(), 4'096, control_, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        Candidate& candidate = candidates_[i];
        const auto one = rows_.Row(First(candidate.pair));
        const auto other = rows_.Row(Second(candidate.pair));
        candidate.score = Score(candidate.pair, std::inner_product(one.begin(), one.end(), other.begin(), 0.0F));
      }
    });
  }

  // The last that looks at the rows: a million take gigabytes, and the search needs them for itself.
  void AddNearest() {
    if (rows_.rows < 2 || known_ >= rows_.rows) return;
    const math::RunControl control = control_.Part(0.1, 1);
    if (known_ == 0) {
      const std::size_t neighbours = std::min(kNeighbours, rows_.rows - 1);
      AddGraph(math::NearestNeighbours(std::move(rows_), neighbours, math::Metric::kCosine, control), 0);
      return;
    }
    const std::size_t fresh = rows_.rows - known_;
    const math::MatrixView queries{std::span(rows_.values).subspan(known_ * rows_.width, fresh * rows_.width), fresh,
                                   rows_.width};
    // One more: each finds itself.
    const auto graph =
        math::FindNearest(rows_, queries, std::min(kNeighbours + 1, rows_.rows), math::Metric::kCosine, {}, control);
    AddGraph(graph, known_);
  }

  void AddGraph(const math::Neighbours& graph, std::size_t first) {
    for (std::size_t row = 0; row < graph.rows; ++row) {
      for (std::size_t i = 0; i < graph.k; ++i) {
        const std::uint32_t other = graph.IndicesOf(row)[i];
        if (other == math::kNoNeighbour) continue;
        const auto one = static_cast<std::uint32_t>(first + row);
        Add(one, other, Score((std::uint64_t{one} << 32U) | other, 1 - graph.DistancesOf(row)[i]));
      }
    }
  }

  float Score(std::uint64_t pair, float cosine) const {
    return NearScore(cosine, static_cast<unsigned>(std::popcount(hashes_[First(pair)] ^ hashes_[Second(pair)])));
  }

  std::span<const std::uint64_t> hashes_;
  std::span<const float> least_;
  math::Matrix rows_;
  std::size_t known_;
  const math::RunControl& control_;
  std::vector<Candidate> candidates_;
};

}  // namespace

float NearScore(float cosine, unsigned differing_bits) {
  return std::min(cosine, 1.0F) - static_cast<float>(differing_bits) / 64.0F;
}

float LeastNearScore(std::uint32_t shorter_side) { return shorter_side < kPhotographSide ? 0.85F : 0.6F; }

std::vector<NearPair> FindNearDuplicates(std::span<const std::uint64_t> hashes, std::span<const float> least_scores,
                                         math::Matrix unit_rows, std::size_t known, const math::RunControl& control) {
  if (hashes.size() != unit_rows.rows || hashes.size() != least_scores.size() || known > hashes.size()) {
    throw base::Error(base::ErrorCode::kInvalidArgument,
                      "There is not one embedding and one least score for each perceptual hash.");
  }
  if (hashes.empty()) return {};
  return Finder(hashes, least_scores, std::move(unit_rows), known, control).Find();
}

}  // namespace burnish::insight
