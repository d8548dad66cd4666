#include "store/vectors/vector_space.hpp"

#include <algorithm>
#include <cmath>
#include <thread>

#include "base/error.hpp"

namespace burnish::store {

namespace {

using base::Half;
using model::Ordinal;

constexpr std::size_t kThreadsFrom = 20'000;
// Of more than this part (one in so many) of the rows the codes sort out too little: they are all compared.
constexpr std::uint64_t kMostOfIndex = 20;

bool Better(const SimilarHit& a, const SimilarHit& b) {
  return a.score != b.score ? a.score > b.score : a.ordinal < b.ordinal;
}

std::vector<float> UnitOf(std::span<const float> values) {
  double square = 0;
  for (const float value : values) square += static_cast<double>(value) * value;
  const double scale = square > 0 && std::isfinite(square) ? 1 / std::sqrt(square) : 0;
  std::vector<float> unit;
  for (const float value : values) unit.push_back(scale > 0 ? static_cast<float>(value * scale) : 0.0F);
  return unit;
}

// Keeps the best `count`: a heap with the worst on top.
class Best {
 public:
  explicit Best(std::size_t count) : count_(count) {}
  void Offer(SimilarHit hit) {
    if (hits_.size() < count_) {
      hits_.push_back(hit);
      std::push_heap(hits_.begin(), hits_.end(), Better);
    } else if (count_ > 0 && Better(hit, hits_.front())) {
      std::pop_heap(hits_.begin(), hits_.end(), Better);
      hits_.back() = hit;
      std::push_heap(hits_.begin(), hits_.end(), Better);
    }
  }
  const std::vector<SimilarHit>& Hits() const { return hits_; }
  std::vector<SimilarHit> Sorted() {
    std::sort(hits_.begin(), hits_.end(), Better);
    return std::move(hits_);
  }

 private:
  std::size_t count_;
  std::vector<SimilarHit> hits_;
};

}  // namespace

VectorSpace::VectorSpace(std::string name, std::shared_ptr<const FixedPack> pack, std::uint32_t dimensions,
                         const Snapshot& snapshot, std::shared_ptr<const VectorIndex> index, std::size_t exact_up_to)
    : name_(std::move(name)),
      pack_(std::move(pack)),
      dimensions_(dimensions),
      stored_(StoredRows::Of(*pack_)),
      rows_(snapshot.Size(), kNoRow) {
  if (pack_->RecordBytes() != dimensions * sizeof(Half))
    throw base::Error(base::ErrorCode::kInternal, "The vectors have another width than their space.");
  ForEachContents(snapshot, [&](Ordinal first, std::span<const base::ContentHash> contents) {
    std::ranges::copy(pack_->RowsOf(contents), rows_.begin() + first);
  });
  present_ = rows_.size() - static_cast<std::size_t>(std::ranges::count(rows_, kNoRow));
  if (index && present_ > exact_up_to) AttachIndex(std::move(index));
}

void VectorSpace::AttachIndex(std::shared_ptr<const VectorIndex> index) {
  const std::vector<std::uint32_t> slots = index->SlotsByRow();
  slots_.assign(rows_.size(), kNoRow);
  first_of_row_.assign(index->Rows(), RowFilter::kNone);
  for (std::size_t i = rows_.size(); i-- > 0;) {
    const std::uint32_t row = rows_[i];
    if (row == kNoRow) continue;
    const auto ordinal = static_cast<Ordinal>(i);
    if (row >= index->Rows()) {
      unindexed_.push_back(ordinal);
      continue;
    }
    slots_[i] = slots[row];
    if (first_of_row_[row] != RowFilter::kNone) {
      if (next_of_row_.empty()) next_of_row_.assign(rows_.size(), RowFilter::kNone);
      next_of_row_[i] = first_of_row_[row];
    }
    first_of_row_[row] = ordinal;
  }
  index_ = std::move(index);
}

std::span<const Half> VectorSpace::Vector(Ordinal ordinal) const noexcept {
  if (ordinal >= rows_.size() || rows_[ordinal] == kNoRow) return {};
  return {reinterpret_cast<const Half*>(pack_->Row(rows_[ordinal]).data()), dimensions_};
}

std::vector<SimilarHit> VectorSpace::Similar(std::span<const Ordinal> to, std::uint32_t count,
                                             const Bitset& candidates) const {
  std::vector<float> mean(dimensions_, 0);
  std::vector<float> values(dimensions_);
  std::size_t found = 0;
  for (const Ordinal ordinal : to) {
    const std::span<const Half> vector = Vector(ordinal);
    if (vector.empty()) continue;
    base::ToFloat(vector, values);
    const std::vector<float> unit = UnitOf(values);
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += unit[i];
    ++found;
  }
  if (found == 0)
    throw base::Error(base::ErrorCode::kUnavailable, "These samples have no embedding yet; they are being made.");
  return Nearest(mean, count, candidates);
}

std::vector<SimilarHit> VectorSpace::Nearest(std::span<const float> query, std::uint32_t count,
                                             const Bitset& candidates) const {
  if (query.size() != dimensions_)
    throw base::Error(base::ErrorCode::kInvalidArgument,
                      "The vector to compare with has another width than the space.");
  const std::vector<float> unit = UnitOf(query);
  if (index_ && std::uint64_t{count} * kMostOfIndex <= index_->Rows()) return SearchIndex(unit, count, candidates);
  return Scan(unit, count, candidates);
}

std::vector<SimilarHit> VectorSpace::Scan(std::span<const float> unit, std::uint32_t count,
                                          const Bitset& candidates) const {
  const std::vector<Ordinal> ordinals = candidates.Ordinals();
  const auto scan = [&](std::size_t first, std::size_t last, Best& best) {
    for (std::size_t i = first; i < last; ++i) {
      if (Vector(ordinals[i]).empty()) continue;
      best.Offer({ordinals[i], CosineOf(stored_.Row(rows_[ordinals[i]]), unit)});
    }
  };
  Best best(count);
  if (ordinals.size() < kThreadsFrom) {
    scan(0, ordinals.size(), best);
  } else {
    Best other(count);
    const std::size_t middle = ordinals.size() / 2;
    std::jthread second([&] { scan(middle, ordinals.size(), other); });
    scan(0, middle, best);
    second.join();
    for (const SimilarHit& hit : other.Hits()) best.Offer(hit);
  }
  return best.Sorted();
}

std::vector<SimilarHit> VectorSpace::SearchIndex(std::span<const float> unit, std::uint32_t count,
                                                 const Bitset& candidates) const {
  const VectorIndex::Search search = {unit, count, *pack_};
  const RowFilter filter = {first_of_row_, next_of_row_, &candidates};
  const std::size_t allowed = candidates.Count();
  std::vector<RowHit> hits;
  if (index_->ShouldSearchSlots(count, allowed)) {
    std::vector<std::uint32_t> slots;
    slots.reserve(allowed);
    candidates.ForEach([&](Ordinal ordinal) {
      if (ordinal < slots_.size() && slots_[ordinal] != kNoRow) slots.push_back(slots_[ordinal]);
    });
    if (!next_of_row_.empty()) {
      std::sort(slots.begin(), slots.end());
      slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    }
    hits = index_->SearchSlots(search, slots);
  } else {
    hits = index_->SearchLists(search, filter, allowed);
  }
  Best best(count);
  for (const RowHit& hit : hits) {
    for (Ordinal ordinal = first_of_row_[hit.row]; ordinal != RowFilter::kNone; ordinal = filter.Next(ordinal)) {
      if (candidates.Test(ordinal)) best.Offer({ordinal, hit.score});
    }
  }
  for (const Ordinal ordinal : unindexed_) {
    if (candidates.Test(ordinal)) best.Offer({ordinal, CosineOf(stored_.Row(rows_[ordinal]), unit)});
  }
  return best.Sorted();
}

}  // namespace burnish::store
