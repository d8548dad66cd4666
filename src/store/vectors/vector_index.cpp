#include "store/vectors/vector_index.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <numeric>

#include "base/error.hpp"
#include "store/artifacts/pack_io.hpp"

namespace burnish::store {
namespace {

// How many standard deviations of its error a code's estimate is trusted to.
constexpr float kSureness = 2.2F;
// The same where all that a filter leaves is far from the query: the best differ little, and many come near them.
constexpr float kSurenessElsewhere = 4.0F;
// The deviation of such an estimate (Gao and Long, RaBitQ, 2024, theorem 3.2): sqrt(1 - e^2) for e = sqrt(2 / pi), the
// expected cosine of a random direction with its signs.
constexpr float kCodeDeviation = 0.6028F;
// The same of a fine code: the tangent of a normal direction with its 16 levels (an error of 0.01154 of the square; Max
// 1960, table II), in the same unit, that is, times e.
constexpr float kFineDeviation = 0.0862F;
constexpr float kFineSureness = 3.0F;
constexpr int kFineQueryLevels = 127;
constexpr std::uint32_t kLevels = (1U << kPlanes) - 1;
// What looking at a named slot costs beside looking at the next one of a list.
constexpr double kSlotCost = 1.5;
// A filter that leaves less than this is always searched by slots: the few that it leaves near the query are not
// enough, and how far the others lie was not measured.
constexpr double kAlwaysBySlot = 0.05;
// A filter that leaves more than this is taken as none.
constexpr double kNearlyAll = 0.95;
// A filter of which the nearest lists, or the very nearest, hold less than this part of their share leaves what lies
// elsewhere.
constexpr double kElsewhere = 0.75;
constexpr double kNearestElsewhere = 0.5;

constexpr int kCentreLevels = 127;
constexpr int kQueryLevels = 2047;

// The most levels of a query with which no product of `width` numbers passes 31 bits.
int QueryLevels(std::size_t width) {
  const std::size_t most = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()) / kCentreLevels / width;
  return static_cast<int>(std::min<std::size_t>(kQueryLevels, most));
}

// Numbers as whole steps, `levels` at most; returns what a step is.
template <class To>
float Narrow(std::span<const float> values, int levels, std::span<To> out) {
  float most = 0;
  for (const float value : values) most = std::max(most, std::abs(value));
  const float step = most > 0 ? most / static_cast<float>(levels) : 1.0F;
  std::transform(values.begin(), values.end(), out.begin(),
                 [scale = 1 / step](float value) { return static_cast<To>(std::lrint(value * scale)); });
  return step;
}

}  // namespace

VectorIndex::Opened VectorIndex::Open(const std::filesystem::path& file, const FixedPack& pack) {
  try {
    auto opened = IndexFile::Open(file);
    if (!opened) return {};
    const IndexHeader& header = opened->Header();
    const bool same = header.dimensions * sizeof(base::Half) == pack.RecordBytes() && header.rows <= pack.Rows() &&
                      header.content == pack.Fingerprint(header.rows);
    if (!same) return {nullptr, "The search index is of other embeddings."};
    return {std::make_shared<const VectorIndex>(std::move(opened)), {}};
  } catch (const base::Error& error) {
    if (error.Code() == base::ErrorCode::kInternal) SetPackAside(file);
    return {nullptr, error.what()};
  }
}

VectorIndex::VectorIndex(std::unique_ptr<const IndexFile> file)
    : file_(std::move(file)),
      kernels_(ChooseCodeKernels()),
      rotation_(file_->Header().dimensions),
      narrow_width_((file_->Header().dimensions + 63U) / 64 * 64),
      narrow_centres_(Lists() * narrow_width_) {
  std::vector<float> centre(Dimensions());
  for (std::size_t list = 0; list < Lists(); ++list) {
    base::ToFloat(file_->Centres().subspan(list * Dimensions(), Dimensions()), centre);
    centre_squares_.push_back(std::inner_product(centre.begin(), centre.end(), centre.begin(), 0.0F));
    narrow_steps_.push_back(Narrow(centre, kCentreLevels, std::span(narrow_centres_).subspan(list * narrow_width_)));
  }
}

void VectorIndex::ScoreCentres(std::span<const float> unit, std::span<float> scores) const {
  std::vector<std::int16_t> query(narrow_width_);
  const float step = Narrow(unit, QueryLevels(narrow_width_), std::span(query));
  std::vector<std::int32_t> dots(Lists());
  kernels_.dots(narrow_centres_.data(), Lists(), query.data(), narrow_width_, dots.data());
  for (std::size_t list = 0; list < Lists(); ++list)
    scores[list] = static_cast<float>(dots[list]) * step * narrow_steps_[list];
}

std::vector<std::uint32_t> VectorIndex::SlotsByRow() const {
  std::vector<std::uint32_t> slots(Rows());
  const auto terms = file_->Terms();
  for (std::uint32_t slot = 0; slot < terms.size(); ++slot) slots[terms[slot].row] = slot;
  return slots;
}

std::uint32_t VectorIndex::VisitsFor(double count) const {
  const auto& visits = file_->Header().visits;
  std::size_t to = 1;
  while (to + 1 < visits.size() && count > kMeasuredCounts[to]) ++to;
  const double steps = std::max(0.0, std::log10(std::max(count, 1.0) / kMeasuredCounts[to - 1]));  // 1: the next
  const double growth = static_cast<double>(visits[to]) / visits[to - 1];
  const double wanted = std::ceil(visits[to - 1] * std::pow(growth, steps));
  return static_cast<std::uint32_t>(std::clamp<double>(wanted, 1, Lists()));
}

double VectorIndex::ShareToSee(std::uint32_t count, std::size_t allowed) const {
  // The nearest `count` of a tenth of the rows are as far as the nearest 10 * `count` of all.
  const double share = static_cast<double>(std::max<std::size_t>(allowed, 1)) / Rows();
  return static_cast<double>(VisitsFor(count / share)) / Lists();
}

bool VectorIndex::ShouldSearchSlots(std::uint32_t count, std::size_t allowed) const {
  const auto rows = static_cast<double>(Rows());
  const auto left = static_cast<double>(allowed);
  return left <= kAlwaysBySlot * rows || kSlotCost * left <= ShareToSee(count, allowed) * rows;
}

IndexQuery VectorIndex::Prepare(const Search& search) const {
  IndexQuery query;
  const std::size_t width = rotation_.RotatedWidth();
  std::vector<float> rotated(width);
  rotation_.Apply(search.unit, rotated);
  float most = 0;
  for (const float value : rotated) most = std::max(most, std::abs(value));
  if (most > 0) query.step = most / kLevels;
  query.most = query.step * static_cast<float>(kLevels) * static_cast<float>(width);
  const std::size_t words = file_->Header().words;
  query.planes.assign(words * kPlanes, 0);
  // Levels stand at -15, -13 ... 15 steps: as bits that are +1 or -1, so that a code meets them with exclusive or.
  const float scale = 0.5F / query.step;
  constexpr float kMiddle = 0.5F * kLevels + 0.5F;  // and truncated: to the nearest
  std::array<std::uint32_t, 64> levels;
  for (std::size_t word = 0; word < words; ++word) {
    const float* numbers = rotated.data() + word * 64;
    for (std::size_t i = 0; i < 64; ++i)
      levels[i] = static_cast<std::uint32_t>(static_cast<std::int32_t>(numbers[i] * scale + kMiddle));
    for (std::size_t p = 0; p < kPlanes; ++p) {
      std::uint64_t plane = 0;
      for (std::size_t i = 0; i < 64; ++i) plane |= std::uint64_t{(levels[i] >> p) & 1U} << i;
      query.planes[p * words + word] = plane;
    }
  }
  query.centre_scores.resize(Lists());
  query.margins.resize(Lists());
  query.fine_margins.resize(Lists());
  query.fine.resize(width);
  query.fine_step = Narrow(rotated, kFineQueryLevels, std::span(query.fine));
  query.fine_sum = std::accumulate(query.fine.begin(), query.fine.end(), 0);
  const float rounding = query.step * query.step * static_cast<float>(width) / 3;
  const float fine_rounding =
      query.fine_step * query.fine_step * static_cast<float>(width) / 12 * (2 / std::numbers::pi_v<float>);
  ScoreCentres(search.unit, query.centre_scores);
  for (std::size_t list = 0; list < Lists(); ++list) {
    const float score = query.centre_scores[list];
    const float square = std::max(0.0F, 1 + centre_squares_[list] - 2 * score);  // of the distance to the query
    query.margins[list] = kSureness * std::sqrt(kCodeDeviation * kCodeDeviation * square + rounding);
    query.fine_margins[list] = kFineSureness * std::sqrt(kFineDeviation * kFineDeviation * square + fine_rounding);
  }
  return query;
}

std::vector<RowHit> VectorIndex::SearchLists(const Search& search, const RowFilter& filter, std::size_t allowed) const {
  if (search.count == 0 || Lists() == 0) return {};
  IndexQuery query = Prepare(search);
  const bool partial = static_cast<double>(allowed) < kNearlyAll * Rows();
  const std::uint32_t visits = VisitsFor(search.count);
  const double to_see = partial ? ShareToSee(search.count, allowed) * static_cast<double>(allowed) : 0;
  std::vector<std::uint32_t> order(Lists());
  std::iota(order.begin(), order.end(), 0U);
  const auto nearer = [&](std::uint32_t a, std::uint32_t b) {
    return 2 * query.centre_scores[a] - centre_squares_[a] > 2 * query.centre_scores[b] - centre_squares_[b];
  };
  Candidates candidates(*file_, query, search.count);
  std::array<std::uint32_t, Candidates::kBlock> differences;
  const std::size_t words = file_->Header().words;
  std::size_t sorted = 0;
  std::size_t scanned = 0;
  std::size_t seen = 0;  // of them, allowed
  for (std::size_t visited = 0; visited < Lists(); ++visited) {
    if (partial && (visited == 1 || visited == visits)) {
      const double expected = static_cast<double>(scanned) * static_cast<double>(allowed) / Rows();
      const double least = visited == 1 ? kNearestElsewhere : kElsewhere;
      if (static_cast<double>(seen) < least * expected) return SearchEverywhere(search, query, filter);
    }
    if (visited >= visits && static_cast<double>(seen) >= to_see) break;
    if (visited == sorted) {
      sorted = std::min<std::size_t>(Lists(), std::max<std::size_t>(visits, 2 * sorted));
      std::partial_sort(order.begin() + static_cast<std::ptrdiff_t>(visited),
                        order.begin() + static_cast<std::ptrdiff_t>(sorted), order.end(), nearer);
    }
    const std::uint32_t list = order[visited];
    const std::uint32_t end = file_->Starts()[list + 1];
    scanned += end - file_->Starts()[list];
    for (std::uint32_t slot = file_->Starts()[list]; slot < end; slot += Candidates::kBlock) {
      const std::size_t count = std::min<std::size_t>(Candidates::kBlock, end - slot);
      kernels_.differences(file_->Codes().data() + slot * words, words, nullptr, count, query.planes.data(),
                           differences.data());
      const CodeTerms* terms = file_->Terms().data() + slot;
      candidates.Offer(slot, nullptr, count, differences.data(), &filter);
      if (!partial) continue;
      for (std::size_t i = 0; i < count; ++i) seen += filter.Allows(terms[i].row) ? 1 : 0;
    }
  }
  return candidates.Finish(search.unit, search.pack);
}

// What the filter leaves lies elsewhere, where lists are all about as far and their order says nothing: all codes.
std::vector<RowHit> VectorIndex::SearchEverywhere(const Search& search, IndexQuery& query,
                                                  const RowFilter& filter) const {
  for (float& margin : query.margins) margin *= kSurenessElsewhere / kSureness;
  Candidates candidates(*file_, query, search.count);
  std::array<std::uint32_t, Candidates::kBlock> differences;
  const std::size_t words = file_->Header().words;
  const auto terms = file_->Terms();
  for (std::size_t slot = 0; slot < terms.size(); slot += Candidates::kBlock) {
    const std::size_t count = std::min(Candidates::kBlock, terms.size() - slot);
    kernels_.differences(file_->Codes().data() + slot * words, words, nullptr, count, query.planes.data(),
                         differences.data());
    candidates.Offer(slot, nullptr, count, differences.data(), &filter);
  }
  return candidates.Finish(search.unit, search.pack);
}

std::vector<RowHit> VectorIndex::SearchSlots(const Search& search, std::span<const std::uint32_t> slots) const {
  if (search.count == 0 || Lists() == 0) return {};
  const IndexQuery query = Prepare(search);
  Candidates candidates(*file_, query, search.count);
  std::array<std::uint32_t, Candidates::kBlock> differences;
  const auto terms = file_->Terms();
  for (std::size_t at = 0; at < slots.size(); at += Candidates::kBlock) {
    const auto some = slots.subspan(at, std::min(Candidates::kBlock, slots.size() - at));
    for (const std::uint32_t slot : some) __builtin_prefetch(&terms[slot]);
    kernels_.differences(file_->Codes().data(), file_->Header().words, some.data(), some.size(), query.planes.data(),
                         differences.data());
    candidates.Offer(0, some.data(), some.size(), differences.data(), nullptr);
  }
  return candidates.Finish(search.unit, search.pack);
}

}  // namespace burnish::store
