#include "store/vectors/candidates.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "store/vectors/stored_rows.hpp"

namespace burnish::store {
namespace {

constexpr std::size_t kFetched = 6;  // fine codes that are asked for before they are compared

bool Better(const RowHit& a, const RowHit& b) { return a.score != b.score ? a.score > b.score : a.row < b.row; }

}  // namespace

void LowerBounds::Raise(float lower) {
  if (bounds_.size() == count_) {
    if (lower <= bounds_.front()) return;
    std::pop_heap(bounds_.begin(), bounds_.end(), std::greater<>());
    bounds_.back() = lower;
  } else {
    bounds_.push_back(lower);
  }
  std::push_heap(bounds_.begin(), bounds_.end(), std::greater<>());
  if (bounds_.size() == count_) least_ = std::max(least_, bounds_.front());
}

Candidates::Candidates(const IndexFile& index, const IndexQuery& query, std::uint32_t count)
    : index_(index), query_(query), kernels_(ChooseCodeKernels()), count_(count), lowest_(count) {
  found_.reserve(kBlock);
}

void Candidates::Offer(std::size_t first, const std::uint32_t* slots, std::size_t count,
                       const std::uint32_t* differences, const RowFilter* filter) {
  struct Bound {
    std::uint32_t slot;
    std::uint32_t row;
    float lower;
    float upper;
  };
  std::array<Bound, kBlock> some;
  std::size_t kept = 0;
  const CodeTerms* terms = index_.Terms().data();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t slot = slots == nullptr ? first + i : slots[i];
    const CodeTerms& of = terms[slot];
    const float product = query_.most - 2 * query_.step * static_cast<float>(static_cast<std::int32_t>(differences[i]));
    const float estimate = query_.centre_scores[of.list] + of.offset + of.scale * product;
    const float margin = query_.margins[of.list] * of.scale;
    if (estimate + margin <= lowest_.Least()) continue;
    some[kept++] = {static_cast<std::uint32_t>(slot), of.row, estimate - margin, estimate + margin};
    if (filter != nullptr) __builtin_prefetch(&filter->first_of_row[of.row]);
  }
  for (const Bound& row : std::span(some).first(kept)) {
    if (row.upper <= lowest_.Least() || (filter != nullptr && !filter->Allows(row.row))) continue;
    found_.push_back({row.slot, row.upper});
    lowest_.Raise(row.lower);
  }
}

void Candidates::Fetch(std::uint32_t slot) const {
  const std::uint8_t* code = index_.FineCode(slot);
  for (std::size_t at = 0; at < index_.FineBytes(); at += 64) __builtin_prefetch(code + at);
  __builtin_prefetch(&index_.FineTermsOfSlots()[slot]);
}

float Candidates::FineEstimate(std::uint32_t slot) const {
  const FineTerms& fine = index_.FineTermsOfSlots()[slot];
  const std::int32_t dot = kernels_.fine_dot(index_.FineCode(slot), query_.fine.data(), query_.fine.size());
  // Of levels as the odd numbers that they stand for.
  const float product = query_.fine_step * static_cast<float>(2 * dot - (kFineLevels - 1) * query_.fine_sum);
  return query_.centre_scores[index_.Terms()[slot].list] + fine.offset + fine.scale * product;
}

// What may still be among the best by fine codes, the largest bound first.
std::vector<Candidates::Upper> Candidates::BoundFinely() {
  const auto larger = [](const Upper& a, const Upper& b) { return a.bound > b.bound; };
  const auto remove_surely_below = [this](std::vector<Upper>& some) {
    std::erase_if(some, [this](const Upper& hit) { return hit.bound <= lowest_.Least(); });
  };
  remove_surely_below(found_);
  std::sort(found_.begin(), found_.end(), larger);
  lowest_.Clear();
  std::vector<Upper> left;
  for (std::size_t i = 0; i < std::min(kFetched, found_.size()); ++i) Fetch(found_[i].slot);
  for (std::size_t i = 0; i < found_.size() && found_[i].bound > lowest_.Least(); ++i) {
    if (i + kFetched < found_.size()) Fetch(found_[i + kFetched].slot);
    const std::uint32_t slot = found_[i].slot;
    const CodeTerms& of = index_.Terms()[slot];
    const float estimate = FineEstimate(slot);
    const float margin = query_.fine_margins[of.list] * of.scale;
    if (estimate + margin <= lowest_.Least()) continue;
    left.push_back({slot, estimate + margin});
    lowest_.Raise(estimate - margin);
  }
  remove_surely_below(left);
  std::sort(left.begin(), left.end(), larger);
  return left;
}

std::vector<RowHit> Candidates::Finish(std::span<const float> unit, const FixedPack& pack) {
  std::vector<base::Half> row(unit.size());
  std::vector<RowHit> best;
  for (const Upper& hit : BoundFinely()) {
    if (best.size() == count_ && hit.bound <= best.front().score) break;
    const std::uint32_t number = index_.Terms()[hit.slot].row;
    // Read, not looked at where it is mapped: there each row would bring its surroundings into this process's memory.
    pack.ReadRow(number, std::as_writable_bytes(std::span(row)));
    best.push_back({number, CosineOf(row, unit)});
    std::push_heap(best.begin(), best.end(), Better);
    if (best.size() <= count_) continue;
    std::pop_heap(best.begin(), best.end(), Better);
    best.pop_back();
  }
  std::sort(best.begin(), best.end(), Better);
  return best;
}

}  // namespace burnish::store
