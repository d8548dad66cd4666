#include "math/bounded_search.hpp"

#include <algorithm>
#include <limits>
#include <mutex>

#include "math/kernels.hpp"
#include "math/panels.hpp"

namespace burnish::math {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
// A row with more candidates is left to the search that compares all.
constexpr std::size_t kMostCandidates = 2048;
// Candidates are weeded when so many wait.
constexpr std::size_t kWeedAt = 256;
constexpr std::size_t kBlockPanels = 16;

struct Candidate {
  float upper;  // no less than its score; higher is nearer
  std::uint32_t index;
};

// The rows that may be among the k nearest of one row. At least k rows have scores that reach Bound().
class CandidateList {
 public:
  explicit CandidateList(std::size_t k) : lowers_(k, -kInfinity) {}

  float Bound() const { return lowers_.back(); }
  bool Full() const { return full_; }

  void Offer(float upper, float lower, std::uint32_t index) {
    if (full_) return;
    if (lower > lowers_.back()) {
      auto place = lowers_.end() - 1;
      for (; place != lowers_.begin() && *std::prev(place) < lower; --place) *place = *std::prev(place);
      *place = lower;
    }
    candidates_.push_back({upper, index});
    if (candidates_.size() == weed_at_) Weed();
  }

  // Those that are left, highest bound first.
  std::vector<Candidate>& Sorted() {
    Weed();
    std::ranges::sort(candidates_, [](const Candidate& a, const Candidate& b) {
      return a.upper != b.upper ? a.upper > b.upper : a.index < b.index;
    });
    return candidates_;
  }

 private:
  void Weed() {
    if (full_) return;
    std::erase_if(candidates_, [bound = Bound()](const Candidate& candidate) { return candidate.upper < bound; });
    full_ = candidates_.size() > kMostCandidates;
    if (full_) {
      candidates_ = {};
      lowers_.assign(lowers_.size(), kInfinity);
    }
    weed_at_ = std::max(kWeedAt, 2 * candidates_.size());
  }

  std::vector<float> lowers_;  // the k highest lower bounds, highest first
  std::vector<Candidate> candidates_;
  std::size_t weed_at_ = kWeedAt;
  bool full_ = false;
};

class BoundedSearch {
 public:
  BoundedSearch(MatrixView rows, const Projection& projection, std::span<const double> squares, Metric metric,
                const RunControl& control)
      : kernels_(Kernels()),
        rows_(rows),
        projection_(projection),
        squares_(squares),
        penalties_(metric == Metric::kEuclidean ? Penalties(squares) : std::vector<float>(rows.rows, 0.0F)),
        metric_(metric),
        control_(control),
        columns_(rows.rows, projection.rows.width + 1, kernels_.tile_columns) {
    ParallelFor(rows.rows, 64 * kernels_.tile_columns, control, [&](std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) columns_.Put(row, projection.rows.Row(row), -penalties_[row]);
    });
  }

  std::vector<std::uint32_t> Run(Neighbours& result) {
    ProgressMeter progress(control_, rows_.rows);
    ParallelFor(rows_.rows, kBlockPanels * kernels_.tile_rows, control_, [&](std::size_t begin, std::size_t end) {
      SearchBlock(begin, end, result);
      progress.Add(end - begin);
    });
    std::ranges::sort(left_);
    return left_;
  }

 private:
  void SearchBlock(std::size_t begin, std::size_t end, Neighbours& result) {
    // One entry more than the projection has lowers each score by the penalty of its column.
    const std::size_t depth = projection_.rows.width + 1;
    Panels block(end - begin, depth, kernels_.tile_rows);
    for (std::size_t row = begin; row < end; ++row) block.Put(row - begin, projection_.rows.Row(row), 1.0F);
    std::vector<CandidateList> lists(end - begin, CandidateList(result.k));
    OfferProductsAbove(block, end - begin, columns_, rows_.rows, control_,
                       [&](std::size_t place, std::size_t other, float upper) {
                         if (other != begin + place) Offer(upper, begin + place, other, lists[place]);
                         return lists[place].Bound();
                       });
    for (std::size_t row = begin; row < end; ++row) Finish(row, lists[row - begin], result);
  }

  void Offer(float upper, std::size_t row, std::size_t other, CandidateList& list) const {
    const float gap = 2 * projection_.Rest(row) * projection_.Rest(other);
    list.Offer(upper, upper - gap - PenaltyGap(other), static_cast<std::uint32_t>(other));
  }

  // How much the penalty of a row may fall short of what it stands for, and the rounding of what was taken from it.
  float PenaltyGap(std::size_t row) const { return penalties_[row] * 0x1.0p-18F; }

  // Compares in full, highest bound first, until no other can come among the k nearest.
  void Finish(std::size_t row, CandidateList& list, Neighbours& result) {
    const auto& candidates = list.Sorted();
    if (list.Full()) {
      const std::lock_guard lock(mutex_);
      left_.push_back(static_cast<std::uint32_t>(row));
      return;
    }
    std::vector<Ranked> ranked;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const Candidate& candidate = candidates[i];
      if (ranked.size() == result.k && candidate.upper < LeastScore(row, ranked.back().distance)) break;
      if (i + 1 < candidates.size()) Fetch(rows_.Row(candidates[i + 1].index));
      const double distance = ExactDistance(rows_.Row(candidate.index), rows_.Row(row), metric_);
      const Ranked found{static_cast<float>(distance), candidate.index};
      const auto place = std::ranges::upper_bound(ranked, found, Nearer);
      if (ranked.size() < result.k) {
        ranked.insert(place, found);
      } else if (place != ranked.end()) {
        ranked.pop_back();
        ranked.insert(place, found);
      }
    }
    WriteRanked(ranked, row, result);
  }

  // Candidates lie anywhere: the next is asked for while one is compared.
  static void Fetch(std::span<const float> row) {
    constexpr std::size_t kLineEntries = 64 / sizeof(float);
    for (std::size_t j = 0; j < row.size(); j += kLineEntries) __builtin_prefetch(&row[j]);
  }

  // A score that every row at most this far from `row` reaches.
  double LeastScore(std::size_t row, float distance) const {
    const double farthest = distance * (1 + 0x1.0p-20);
    return metric_ == Metric::kEuclidean ? (squares_[row] - farthest * farthest) / 2 : 1 - farthest;
  }

  const KernelTable& kernels_;
  MatrixView rows_;
  const Projection& projection_;
  std::span<const double> squares_;
  std::vector<float> penalties_;  // by row; zeros for cosines
  Metric metric_;
  const RunControl& control_;
  Panels columns_;
  std::mutex mutex_;  // guards left_
  std::vector<std::uint32_t> left_;
};

}  // namespace

std::vector<float> Penalties(std::span<const double> squares) {
  std::vector<float> penalties;
  for (const double square : squares) penalties.push_back(static_cast<float>(square / 2 * (1 - 0x1.0p-20)));
  return penalties;
}

std::vector<std::uint32_t> SearchByBounds(MatrixView rows, const Projection& projection,
                                          std::span<const double> squares, Metric metric, Neighbours& result,
                                          const RunControl& control) {
  return BoundedSearch(rows, projection, squares, metric, control).Run(result);
}

}  // namespace burnish::math
