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

bool Better(const SimilarHit& a, const SimilarHit& b) {
  return a.score != b.score ? a.score > b.score : a.ordinal < b.ordinal;
}

double Dot(std::span<const float> a, std::span<const float> b) {
  // Eight sums side by side: the compiler may not reorder one.
  float sums[8] = {};
  std::size_t i = 0;
  for (; i + 8 <= a.size(); i += 8) {
    for (std::size_t k = 0; k < 8; ++k) sums[k] += a[i + k] * b[i + k];
  }
  double sum = 0;
  for (const float part : sums) sum += part;
  for (; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

float InverseNorm(std::span<const float> values) {
  const double square = Dot(values, values);
  return square > 0 && std::isfinite(square) ? static_cast<float>(1 / std::sqrt(square)) : 0;
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
  std::vector<SimilarHit> Take() { return std::move(hits_); }

 private:
  std::size_t count_;
  std::vector<SimilarHit> hits_;
};

}  // namespace

VectorSpace::VectorSpace(std::string name, std::shared_ptr<const FixedPack> pack, std::uint32_t dimensions,
                         const Snapshot& snapshot)
    : name_(std::move(name)), pack_(std::move(pack)), dimensions_(dimensions), rows_(snapshot.Size(), kNoRow) {
  if (pack_->RecordBytes() != dimensions * sizeof(Half))
    throw base::Error(base::ErrorCode::kInternal, "The vectors have another width than their space.");
  inverse_norms_.assign(pack_->Rows(), 0);
  std::vector<float> values(dimensions_);
  for (Ordinal i = 0; i < rows_.size(); ++i) {
    const std::uint32_t row = pack_->RowOf(snapshot.ContentOf(i));
    if (row == FixedPack::kNoRow || row >= inverse_norms_.size()) continue;
    rows_[i] = row;
    ++present_;
    if (inverse_norms_[row] != 0) continue;
    base::ToFloat(Vector(i), values);
    inverse_norms_[row] = InverseNorm(values);
  }
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
    const float scale = inverse_norms_[rows_[ordinal]];
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += values[i] * scale;
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
  const float query_scale = InverseNorm(query);
  const std::vector<Ordinal> ordinals = candidates.Ordinals();
  const auto scan = [&](std::size_t first, std::size_t last, Best& best) {
    std::vector<float> values(dimensions_);
    for (std::size_t i = first; i < last; ++i) {
      const std::span<const Half> vector = Vector(ordinals[i]);
      if (vector.empty()) continue;
      base::ToFloat(vector, values);
      best.Offer(
          {ordinals[i], static_cast<float>(Dot(query, values)) * query_scale * inverse_norms_[rows_[ordinals[i]]]});
    }
  };
  Best best(count);
  if (ordinals.size() < kThreadsFrom) {
    scan(0, ordinals.size(), best);
  } else {
    Best other(count);
    const std::size_t middle = ordinals.size() / 2;
    std::thread second([&] { scan(middle, ordinals.size(), other); });
    scan(0, middle, best);
    second.join();
    for (const SimilarHit& hit : other.Take()) best.Offer(hit);
  }
  std::vector<SimilarHit> hits = best.Take();
  std::sort(hits.begin(), hits.end(), Better);
  return hits;
}

}  // namespace burnish::store
