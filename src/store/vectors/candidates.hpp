#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "store/artifacts/fixed_pack.hpp"
#include "store/columns/bitset.hpp"
#include "store/vectors/code_kernels.hpp"
#include "store/vectors/index_file.hpp"

namespace burnish::store {

// Which rows an answer may hold: those of which a candidate has the content. Several samples can share a row.
struct RowFilter {
  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;
  std::span<const std::uint32_t> first_of_row;  // the first ordinal of each row, or kNone
  std::span<const std::uint32_t> next;          // the next ordinal with the same row, or kNone; empty: none share one
  const Bitset* candidates = nullptr;
  std::uint32_t Next(std::uint32_t ordinal) const { return next.empty() ? kNone : next[ordinal]; }
  bool Allows(std::uint32_t row) const {
    std::uint32_t ordinal = first_of_row[row];
    while (ordinal != kNone && !candidates->Test(ordinal)) ordinal = Next(ordinal);
    return ordinal != kNone;
  }
};

struct RowHit {
  std::uint32_t row = 0;
  float score = 0;
};

// A query as codes are compared with it.
struct IndexQuery {
  std::vector<std::uint64_t> planes;
  float step = 1;                    // of its numbers as levels
  float most = 0;                    // the product of a code that differs nowhere
  std::vector<float> centre_scores;  // by list: its centre's product with the query
  std::vector<float> margins;        // by list: what times a row's scale bounds the error of its estimate
  std::vector<std::int8_t> fine;     // its numbers as fine codes meet them
  float fine_step = 1;               // what one of these stands for
  std::int32_t fine_sum = 0;         // of all of them
  std::vector<float> fine_margins;   // by list: the same as margins for estimates by fine codes
};

// The `count` largest of some lower bounds: what is surely below them all cannot be among the best.
class LowerBounds {
 public:
  explicit LowerBounds(std::size_t count) : count_(count) {}
  float Least() const { return least_; }
  void Raise(float lower);
  // To begin again with other bounds of the same rows. Least stays.
  void Clear() { bounds_.clear(); }

 private:
  std::size_t count_;
  std::vector<float> bounds_;
  float least_ = -std::numeric_limits<float>::infinity();
};

// The rows that may be among the `count` best by what their codes bound. `index` and `query` must outlive it.
class Candidates {
 public:
  static constexpr std::size_t kBlock = 256;  // slots that are offered at once, at most

  Candidates(const IndexFile& index, const IndexQuery& query, std::uint32_t count);
  // Slots and how far their codes differ from the query's planes. `slots` null: the `count` slots from `first` on.
  // `filter` null: every row is allowed.
  void Offer(std::size_t first, const std::uint32_t* slots, std::size_t count, const std::uint32_t* differences,
             const RowFilter* filter);
  // The best of all that were offered, best first: bounded by fine codes in the order of the first bounds, then read
  // from the pack and compared in the order of the second, as far as one may be better than the best.
  std::vector<RowHit> Finish(std::span<const float> unit, const FixedPack& pack);

 private:
  struct Upper {
    std::uint32_t slot = 0;
    float bound = 0;
  };
  void Fetch(std::uint32_t slot) const;
  float FineEstimate(std::uint32_t slot) const;
  std::vector<Upper> BoundFinely();

  const IndexFile& index_;
  const IndexQuery& query_;
  const CodeKernels& kernels_;
  std::size_t count_;
  LowerBounds lowest_;
  std::vector<Upper> found_;
};

}  // namespace burnish::store
