#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "math/parallel.hpp"
#include "store/artifacts/fixed_pack.hpp"
#include "store/vectors/candidates.hpp"
#include "store/vectors/code_kernels.hpp"
#include "store/vectors/index_file.hpp"
#include "store/vectors/rotation.hpp"
#include "store/vectors/stored_rows.hpp"

namespace burnish::store {

// Finds the rows with the largest cosine to a query among many, without looking at all: rows lie in lists around
// centres, each with a code of one bit a number and one of four. The lists nearest to the query are visited, the codes
// of one bit bound each row's cosine, those of four the cosines of the rows that may be among the best, and the few
// that still may are read from the pack and compared exactly. How many lists that takes was measured on the rows
// themselves when the index was made: at least kRecall of the true nearest lie in them. Immutable; any thread.
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
    const FixedPack& pack;  // that the index is of
  };
  // The best of the rows that `filter` allows, which are about `allowed` of the index's: in the nearest lists, and as
  // many more as a filter makes necessary. Best first.
  std::vector<RowHit> SearchLists(const Search& search, const RowFilter& filter, std::size_t allowed) const;
  // The best of the rows at `slots`, all of which are looked at. Best first.
  std::vector<RowHit> SearchSlots(const Search& search, std::span<const std::uint32_t> slots) const;
  // Which of the two costs less for `allowed` rows of all.
  bool ShouldSearchSlots(std::uint32_t count, std::size_t allowed) const;

 private:
  std::vector<RowHit> SearchEverywhere(const Search& search, IndexQuery& query, const RowFilter& filter) const;
  IndexQuery Prepare(const Search& search) const;
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
