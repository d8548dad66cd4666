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

namespace burnish::store {

// The embeddings of one project in one named space, by ordinal: a view onto a pack that is keyed by content, so that
// byte-equal samples share a row and a changed file gets its own. Immutable; any thread.
class VectorSpace {
 public:
  // Rows of `pack` are `dimensions` f16, little-endian. Takes what the pack holds now; build a new one as it grows.
  VectorSpace(std::string name, std::shared_ptr<const FixedPack> pack, std::uint32_t dimensions,
              const Snapshot& snapshot);

  const std::string& Name() const noexcept { return name_; }
  std::uint32_t Dimensions() const noexcept { return dimensions_; }
  std::size_t Size() const noexcept { return rows_.size(); }  // samples
  std::size_t Present() const noexcept { return present_; }   // of which have a vector
  // The vector of a sample, as stored; empty when it has none yet.
  std::span<const base::Half> Vector(model::Ordinal ordinal) const noexcept;

  // The `count` of `candidates` most like the samples `to`, best first, ties by ordinal: cosine with the mean of their
  // normalised vectors (one direction for the whole group, exact scan in f32). The samples `to` themselves are among
  // the answers when they are candidates. Throws kUnavailable when none of `to` has a vector yet.
  std::vector<SimilarHit> Similar(std::span<const model::Ordinal> to, std::uint32_t count,
                                  const Bitset& candidates) const;
  // As above for a vector of Dimensions().
  std::vector<SimilarHit> Nearest(std::span<const float> query, std::uint32_t count, const Bitset& candidates) const;

 private:
  static constexpr std::uint32_t kNoRow = 0xFFFFFFFFU;
  std::string name_;
  std::shared_ptr<const FixedPack> pack_;
  std::uint32_t dimensions_;
  std::vector<std::uint32_t> rows_;   // by ordinal: row of the pack
  std::vector<float> inverse_norms_;  // by row of the pack
  std::size_t present_ = 0;
};

}  // namespace burnish::store
