#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/half.hpp"
#include "model/sample.hpp"
#include "store/artifacts/fixed_pack.hpp"
#include "store/columns/bitset.hpp"
#include "store/columns/filter_compiler.hpp"
#include "store/columns/snapshot.hpp"
#include "store/vectors/vector_index.hpp"

namespace burnish::store {

// The embeddings of one project in one named space, by ordinal: a view onto a pack that is keyed by content, so that
// byte-equal samples share a row and a changed file gets its own. Immutable; any thread.
class VectorSpace {
 public:
  // Up to so many samples every search is exact; above, an index is used where there is one.
  static constexpr std::size_t kExactUpTo = 200'000;

  // Rows of `pack` are `dimensions` f16, little-endian. Takes what the pack holds now; build a new one as it grows.
  // `index`, if any, is of the pack's first rows; what came later is compared exactly.
  VectorSpace(std::string name, std::shared_ptr<const FixedPack> pack, std::uint32_t dimensions,
              const Snapshot& snapshot, std::shared_ptr<const VectorIndex> index = nullptr,
              std::size_t exact_up_to = kExactUpTo);

  const std::string& Name() const noexcept { return name_; }
  std::uint32_t Dimensions() const noexcept { return dimensions_; }
  std::size_t Size() const noexcept { return rows_.size(); }  // samples
  std::size_t Present() const noexcept { return present_; }   // of which have a vector
  // Samples with a vector that searches compare one by one: those that the index does not know, or all without one.
  std::size_t Unindexed() const noexcept { return index_ ? unindexed_.size() : present_; }
  // The vector of a sample, as stored; empty when it has none yet.
  std::span<const base::Half> Vector(model::Ordinal ordinal) const noexcept;

  // The `count` of `candidates` most like the samples `to`, best first, ties by ordinal: cosine with the mean of their
  // normalised vectors (one direction for the whole group). The samples `to` themselves are among the answers when they
  // are candidates. Scores are exact (f32 on the stored vectors). Which samples are found is exact without an index;
  // with one, at least 98 of 100 that an exact scan finds are, on average over queries like the samples themselves.
  // Throws kUnavailable when none of `to` has a vector yet.
  std::vector<SimilarHit> Similar(std::span<const model::Ordinal> to, std::uint32_t count,
                                  const Bitset& candidates) const;
  // As above for a vector of Dimensions().
  std::vector<SimilarHit> Nearest(std::span<const float> query, std::uint32_t count, const Bitset& candidates) const;

 private:
  static constexpr std::uint32_t kNoRow = 0xFFFFFFFFU;
  void AttachIndex(std::shared_ptr<const VectorIndex> index);
  std::vector<SimilarHit> Scan(std::span<const float> unit, std::uint32_t count, const Bitset& candidates) const;
  std::vector<SimilarHit> SearchIndex(std::span<const float> unit, std::uint32_t count, const Bitset& candidates) const;

  std::string name_;
  std::shared_ptr<const FixedPack> pack_;
  std::uint32_t dimensions_;
  StoredRows stored_;
  std::vector<std::uint32_t> rows_;  // by ordinal: row of the pack
  std::size_t present_ = 0;
  // With an index only:
  std::shared_ptr<const VectorIndex> index_;
  std::vector<std::uint32_t> slots_;         // by ordinal: where the index has its row, or kNoRow
  std::vector<std::uint32_t> first_of_row_;  // by row: the first ordinal
  std::vector<std::uint32_t> next_of_row_;   // by ordinal: the next with the same row; empty when none share one
  std::vector<model::Ordinal> unindexed_;
};

}  // namespace burnish::store
