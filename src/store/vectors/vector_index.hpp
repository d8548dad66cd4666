#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/half.hpp"
#include "math/parallel.hpp"
#include "store/artifacts/fixed_pack.hpp"
#include "store/columns/bitset.hpp"
#include "store/vectors/code_kernels.hpp"
#include "store/vectors/index_file.hpp"
#include "store/vectors/rotation.hpp"

namespace burnish::store {

// Where rows of f16 lie in memory: row r starts r * stride bytes behind the first.
struct StoredRows {
  const std::byte* first = nullptr;
  std::size_t stride = 0;
  std::uint32_t dimensions = 0;
  static StoredRows Of(const FixedPack& pack);
  const base::Half* Row(std::uint32_t row) const {
    return reinterpret_cast<const base::Half*>(first + std::size_t{row} * stride);
  }
};

// Cosine of a stored row with a query of length one; 0 for a row without a direction (zeros, or not finite).
float CosineOf(const StoredRows& rows, std::uint32_t row, std::span<const float> unit);

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

// Finds the rows with the largest cosine to a query among many, without looking at all: rows lie in lists around
// centres, each with a code of one bit a number. The lists nearest to the query are visited, the codes bound each row's
// cosine, and the rows that may be among the best are compared exactly, in the pack where they are. How many lists that
// takes was measured on the rows themselves when the index was made: at least kRecall of the true nearest lie in them.
// Immutable; any thread.
class VectorIndex {
 public:
  // Of the true nearest rows in the lists that are visited, at least; measured for 10, 100 and 1,000 nearest.
  static constexpr double kRecall = 0.995;

  // What Open found. `index` is null where there is none that can be used; then `problem` says why, if not for absence.
  struct Opened;
  // The index in `file`, if it is of the rows that `pack` has. A file that is broken is renamed aside.
  static Opened Open(const std::filesystem::path& file, const FixedPack& pack);
  explicit VectorIndex(std::unique_ptr<const IndexFile> file);

  // The first rows of the pack, which the index covers.
  std::uint32_t Rows() const noexcept { return file_->Header().rows; }
  std::uint32_t Lists() const noexcept { return file_->Header().lists; }
  std::uint32_t Dimensions() const noexcept { return file_->Header().dimensions; }
  // Where the index keeps each row, by row.
  std::vector<std::uint32_t> SlotsByRow() const;
  // Lists to visit for the `count` nearest of all rows.
  std::uint32_t VisitsFor(double count) const;

  struct Search {
    std::span<const float> unit;  // the query, of length one
    std::uint32_t count = 0;
    StoredRows rows;
  };
  // The best of the rows that `filter` allows, which are about `allowed` of the index's: in the nearest lists, and as
  // many more as a filter makes necessary. Best first.
  std::vector<RowHit> SearchLists(const Search& search, const RowFilter& filter, std::size_t allowed) const;
  // The best of the rows at `slots`, all of which are looked at. Best first.
  std::vector<RowHit> SearchSlots(const Search& search, std::span<const std::uint32_t> slots) const;
  // Which of the two costs less for `allowed` rows of all.
  bool ShouldSearchSlots(std::uint32_t count, std::size_t allowed) const;

 private:
  struct Query;
  std::vector<RowHit> SearchEverywhere(const Search& search, Query& query, const RowFilter& filter) const;
  class Candidates;
  Query Prepare(const Search& search) const;
  void ScoreCentres(std::span<const float> unit, std::span<float> scores) const;
  // Lists to visit until the rows that a filter leaves are found as surely as without it.
  double ShareToSee(std::uint32_t count, std::size_t allowed) const;

  std::unique_ptr<const IndexFile> file_;
  const CodeKernels& kernels_;
  Rotation rotation_;
  std::vector<float> centre_squares_;  // by list
  // Centres as a query is first compared with them, a byte a number: what rounding adds to a score's error is little
  // beside that of the codes. Each row padded with zeros to narrow_width_.
  std::size_t narrow_width_;
  std::vector<std::int8_t> narrow_centres_;
  std::vector<float> narrow_steps_;  // by list: what one stands for
};

struct VectorIndex::Opened {
  std::shared_ptr<const VectorIndex> index;
  std::string problem;
};

}  // namespace burnish::store
