#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/filter.hpp"
#include "store/columns/filter_compiler.hpp"
#include "store/columns/snapshot.hpp"

namespace burnish::store {

struct ResultQuery {
  model::Filter filter;
  model::Sort sort;
  std::string run = "probe";  // for sorts by confidence and margin
};

// A filter and a sort, answered once: the ordered ordinals of one snapshot. Immutable; any thread.
class Result {
 public:
  Result(std::string id, SnapshotPtr snapshot, std::vector<model::Ordinal> order, std::vector<float> scores,
         Bitset members);

  const std::string& Id() const noexcept { return id_; }
  model::SequenceNumber AsOf() const noexcept { return snapshot_->as_of; }
  const SnapshotPtr& At() const noexcept { return snapshot_; }
  std::size_t Size() const noexcept { return order_.size(); }
  std::span<const model::Ordinal> Order() const noexcept { return order_; }
  // [first, first + count), cut at the end.
  std::span<const model::Ordinal> Slice(std::size_t first, std::size_t count) const noexcept;
  // Cosines beside Order() when the sort is by similarity, else empty.
  std::span<const float> Scores() const noexcept { return scores_; }
  const Bitset& Members() const noexcept { return members_; }
  // Where `ordinal` stands, or nothing when it is not in the result.
  std::optional<std::size_t> PositionOf(model::Ordinal ordinal) const;

 private:
  std::string id_;
  SnapshotPtr snapshot_;
  std::vector<model::Ordinal> order_;
  std::vector<float> scores_;
  Bitset members_;
  mutable std::once_flag positions_once_;
  mutable std::vector<std::uint32_t> positions_;  // by ordinal; made at the first question
};

// Throws as Evaluate; kInvalidArgument for a sort by an unknown field or run, or by similarity without a `similar`
// node.
std::shared_ptr<const Result> ComputeResult(const SnapshotPtr& snapshot, const ResultQuery& query,
                                            const FilterSources& sources = {});

// The results that one project's people look at now: the least recently used go first. Any thread.
class ResultCache {
 public:
  explicit ResultCache(std::size_t byte_limit = 256U << 20U, std::size_t count_limit = 64);
  // The result of this query at this snapshot: a kept one or a new one. The id says snapshot and query, so that the
  // same question asked again is the same handle.
  std::shared_ptr<const Result> Get(const SnapshotPtr& snapshot, const ResultQuery& query,
                                    const FilterSources& sources = {});
  // By handle; nothing when it was dropped (ask the query again).
  std::shared_ptr<const Result> Find(const std::string& id);

 private:
  void Keep(std::shared_ptr<const Result> result);

  std::size_t byte_limit_;
  std::size_t count_limit_;
  std::mutex mutex_;  // guards what follows
  std::size_t bytes_ = 0;
  std::list<std::shared_ptr<const Result>> recent_;  // most recent first
  std::unordered_map<std::string, std::list<std::shared_ptr<const Result>>::iterator> by_id_;
};

}  // namespace burnish::store
