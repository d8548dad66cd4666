#include "store/columns/results.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <numeric>
#include <type_traits>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "model/filter_json.hpp"
#include "store/columns/caches.hpp"
#include "store/columns/filter_names.hpp"

namespace burnish::store {

namespace {

using model::Ordinal;

constexpr std::size_t kFewMembers = 16;             // one of so many samples
constexpr std::uint32_t kLast = ~std::uint32_t{0};  // missing values sort last, both ways

// An integer that orders as the number does, and is below kLast.
std::uint32_t Ordered(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value == 0 ? 0.0F : value);
  return (bits >> 31U) != 0 ? ~bits : bits | (std::uint32_t{1} << 31U);
}
std::uint64_t Ordered(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);
  return (bits >> 63U) != 0 ? ~bits : bits | (std::uint64_t{1} << 63U);
}

constexpr unsigned kDigitBits = 11;
constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;
constexpr unsigned kKeyBits = 32;
constexpr unsigned kPasses = (kKeyBits + kDigitBits - 1) / kDigitBits;

// Rows with the key in their upper and the ordinal in their lower half. Stable radix sort by the key, eleven bits at a
// time; passes in which all keys agree are left out.
void SortByKey(std::vector<std::uint64_t>& rows) {
  const auto digit = [](std::uint64_t row, unsigned pass) {
    return (row >> (kKeyBits + pass * kDigitBits)) & (kDigits - 1);
  };
  std::array<std::array<std::uint32_t, kDigits>, kPasses> starts{};
  for (const std::uint64_t row : rows) {
    for (unsigned pass = 0; pass < kPasses; ++pass) ++starts[pass][digit(row, pass)];
  }
  std::vector<std::uint64_t> other(rows.size());
  for (unsigned pass = 0; pass < kPasses; ++pass) {
    auto& begin = starts[pass];
    if (std::any_of(begin.begin(), begin.end(), [&](std::uint32_t count) { return count == rows.size(); })) continue;
    std::exclusive_scan(begin.begin(), begin.end(), begin.begin(), 0U);
    for (const std::uint64_t row : rows) other[begin[digit(row, pass)]++] = row;
    rows.swap(other);
  }
}

std::vector<Ordinal> SortedOrdinals(std::vector<std::uint64_t> rows) {
  SortByKey(rows);
  std::vector<Ordinal> order(rows.size());
  std::transform(rows.begin(), rows.end(), order.begin(), [](std::uint64_t row) { return static_cast<Ordinal>(row); });
  return order;
}

// The members by a key of 32 bits, ties by ordinal.
template <class Key>
std::vector<Ordinal> OrderByKey(const Bitset& members, Key&& key) {
  std::vector<std::uint64_t> rows;
  rows.reserve(members.Count());
  members.ForEach([&](Ordinal i) { rows.push_back(std::uint64_t{key(i)} << kKeyBits | i); });
  return SortedOrdinals(std::move(rows));
}

// By a number that fits 32 bits: a float (NaN: missing), a rank, a sequence (kLast: missing).
template <class Number>
std::vector<Ordinal> OrderByShort(const Bitset& members, bool descending, Number&& number) {
  return OrderByKey(members, [&](Ordinal i) -> std::uint32_t {
    const auto value = number(i);
    if constexpr (std::is_same_v<std::remove_const_t<decltype(value)>, float>) {
      if (std::isnan(value)) return kLast;
      return descending ? ~Ordered(value) : Ordered(value);
    } else {
      static_assert(std::is_same_v<std::remove_const_t<decltype(value)>, std::uint32_t>);
      if (value == kLast) return kLast;
      return descending ? kLast - 1 - value : value;
    }
  });
}

// Those of `order`, which has every sample once, that are members.
std::vector<Ordinal> PickMembers(const std::vector<Ordinal>& order, const Bitset& members) {
  const std::size_t count = members.Count();
  std::vector<Ordinal> picked(count + 1);  // one more: each is written before it is known to stay
  std::size_t taken = 0;
  for (auto next = order.begin(); taken < count; ++next) {
    picked[taken] = *next;
    taken += members.Test(*next) ? 1 : 0;
  }
  picked.pop_back();
  return picked;
}

// By the confidence or margin of a run. The order of all samples is kept, so that another filter need not sort again;
// few members are sorted sooner than picked out of all.
std::vector<Ordinal> OrderByRun(const Snapshot& snapshot, const Bitset& members, const RunColumns& run,
                                const model::Sort& sort) {
  const bool confidence = sort.key == model::SortKey::kConfidence;
  const auto of = [&](const Bitset& among) {
    return OrderByShort(among, sort.descending,
                        [&](Ordinal i) { return confidence ? run.Confidence(i) : run.Margin(i); });
  };
  if (members.Count() < snapshot.Size() / kFewMembers) return of(members);
  const std::string name = std::string("r:order:") + (confidence ? "confidence" : "margin") +
                           (sort.descending ? ":down:" : ":up:") + run.run.Text();
  const auto all = snapshot.caches->Get<std::vector<Ordinal>>(name, [&] { return of(Bitset(snapshot.Size(), true)); });
  return PickMembers(*all, members);
}

// By a double (NaN: missing): the lower half of its key first, then, stably, the upper one.
template <class Number>
std::vector<Ordinal> OrderBy(const Bitset& members, bool descending, Number&& number) {
  std::vector<std::uint64_t> keys(members.Size());
  members.ForEach([&](Ordinal i) {
    const double value = number(i);
    const std::uint64_t key = Ordered(value);
    keys[i] = std::isnan(value) ? ~std::uint64_t{0} : descending ? ~key : key;
  });
  std::vector<std::uint64_t> rows;
  const std::vector<Ordinal> by_lower =
      OrderByKey(members, [&](Ordinal i) { return static_cast<std::uint32_t>(keys[i]); });
  rows.reserve(by_lower.size());
  for (const Ordinal i : by_lower) rows.push_back(keys[i] >> kKeyBits << kKeyBits | i);
  return SortedOrdinals(std::move(rows));
}

// Rank of each text of a dictionary; of each path: computed once and kept.
std::vector<std::uint32_t> Ranks(std::size_t count, const std::function<bool(std::uint32_t, std::uint32_t)>& less) {
  std::vector<std::uint32_t> by_rank(count);
  std::iota(by_rank.begin(), by_rank.end(), 0U);
  std::sort(by_rank.begin(), by_rank.end(), less);
  std::vector<std::uint32_t> ranks(count);
  for (std::uint32_t i = 0; i < count; ++i) ranks[by_rank[i]] = i;
  return ranks;
}

std::vector<Ordinal> OrderByPath(const Snapshot& snapshot, const Bitset& members, bool descending) {
  const auto ranks = snapshot.caches->Get<std::vector<std::uint32_t>>("i:path-ranks", [&] {
    return Ranks(snapshot.Size(), [&](std::uint32_t a, std::uint32_t b) {
      const int order = snapshot.PathOf(a).compare(snapshot.PathOf(b));
      return order != 0 ? order < 0 : a < b;
    });
  });
  return OrderByShort(members, descending, [&](Ordinal i) { return (*ranks)[i]; });
}

std::vector<Ordinal> OrderByField(const Snapshot& snapshot, const Bitset& members, const model::Sort& sort) {
  const FieldColumn& column = RequireField(sort.field, snapshot);
  if (column.field.type != model::FieldType::kText)
    return OrderBy(members, sort.descending, [&](Ordinal i) { return column.numbers[i]; });
  const auto ranks = snapshot.caches->Get<std::vector<std::uint32_t>>("i:text-ranks:" + sort.field, [&] {
    return Ranks(column.texts->Size(),
                 [&](std::uint32_t a, std::uint32_t b) { return column.texts->Text(a) < column.texts->Text(b); });
  });
  return OrderByShort(members, sort.descending, [&](Ordinal i) {
    const std::uint32_t code = column.codes[i];
    return code == kMissingText ? kLast : (*ranks)[code];
  });
}

std::vector<Ordinal> OrderByQuality(const Snapshot& snapshot, const Bitset& members, const model::Sort& sort) {
  const QualityName name = RequireQuality(model::SortKeyName(sort.key));
  const auto by_media = [&](const auto& column) {
    return OrderBy(members, sort.descending, [&](Ordinal i) { return static_cast<double>(column[snapshot.media[i]]); });
  };
  if (name == QualityName::kWidth) return by_media(snapshot.media_width);
  if (name == QualityName::kHeight) return by_media(snapshot.media_height);
  if (name == QualityName::kBytes) return by_media(snapshot.media_bytes);
  const Column<float>* column = MeasuredColumn(snapshot, name);
  return OrderByShort(members, sort.descending, [&](Ordinal i) {
    return column != nullptr && i < column->Size() ? (*column)[i] : kMissingFloat;
  });
}

const model::SimilarTo* FindSimilar(const model::Filter& filter) {
  if (const auto* similar = std::get_if<model::SimilarTo>(&filter.node)) return similar;
  if (const auto* all = std::get_if<model::AllOf>(&filter.node)) {
    for (const model::Filter& part : all->filters) {
      if (const auto* similar = FindSimilar(part)) return similar;
    }
  }
  return nullptr;
}

struct Ordering {
  std::vector<Ordinal> order;
  std::vector<float> scores;
};

Ordering OrderBySimilarity(const ResultQuery& query, const Bitset& members, const FilterSources& sources) {
  const model::SimilarTo* similar = FindSimilar(query.filter);
  if (similar == nullptr || !sources.similar) {
    throw base::Error(base::ErrorCode::kInvalidArgument,
                      "A sort by similarity needs a filter that says similar to what.", "sort.by");
  }
  Ordering ordering;
  std::vector<SimilarHit> hits =
      sources.similar(similar->ordinals, static_cast<std::uint32_t>(members.Count()), members);
  if (query.sort.descending) std::reverse(hits.begin(), hits.end());
  for (const SimilarHit& hit : hits) {
    ordering.order.push_back(hit.ordinal);
    ordering.scores.push_back(hit.score);
  }
  return ordering;
}

Ordering OrderMembers(const Snapshot& snapshot, const ResultQuery& query, const Bitset& members,
                      const FilterSources& sources) {
  const model::Sort& sort = query.sort;
  switch (sort.key) {
    case model::SortKey::kOrdinal: {
      std::vector<Ordinal> order = members.Ordinals();
      if (sort.descending) std::reverse(order.begin(), order.end());
      return {std::move(order), {}};
    }
    case model::SortKey::kPath:
      return {OrderByPath(snapshot, members, sort.descending), {}};
    case model::SortKey::kConfidence:
    case model::SortKey::kMargin:
      return {OrderByRun(snapshot, members, RequireRun(query.run, snapshot), sort), {}};
    case model::SortKey::kLabelScore: {
      const SuspectColumns* suspects = snapshot.suspects.get();
      return {OrderByShort(members, sort.descending,
                           [&](Ordinal i) {
                             return suspects != nullptr && i < suspects->label_score.size() ? suspects->label_score[i]
                                                                                            : kMissingFloat;
                           }),
              {}};
    }
    case model::SortKey::kChanged:
      return {OrderByShort(members, sort.descending, [&](Ordinal i) { return snapshot.changed[i]; }), {}};
    case model::SortKey::kSimilarity:
      return OrderBySimilarity(query, members, sources);
    case model::SortKey::kField:
      return {OrderByField(snapshot, members, sort), {}};
    default:
      return {OrderByQuality(snapshot, members, sort), {}};
  }
}

// Which attachments a snapshot has: two snapshots of one sequence number may differ in them.
std::string HandleOf(const Snapshot& snapshot, const ResultQuery& query, const FilterSources& sources) {
  base::Digest digest;
  digest.UpdateText(snapshot.project.Text());
  digest.UpdateU64(snapshot.as_of);
  digest.UpdateU64(sources.similar_generation);
  digest.UpdateU64(snapshot.quality ? snapshot.quality->generation + 1 : 0);
  digest.UpdateU64(snapshot.map ? snapshot.map->generation + 1 : 0);
  digest.UpdateU64(snapshot.suspects ? snapshot.suspects->generation + 1 : 0);
  digest.UpdateU64(snapshot.near_duplicates ? snapshot.near_duplicates->generation + 1 : 0);
  for (const auto& run : snapshot.runs) {
    digest.UpdateText(run->run.Text());
    digest.UpdateU64(run->generation);
  }
  digest.UpdateText(boost::json::serialize(model::FilterToJson(query.filter)));
  digest.UpdateText(boost::json::serialize(model::SortToJson(query.sort)));
  digest.UpdateText(query.run);
  return digest.FinishHex().substr(0, 32);
}

std::size_t BytesOf(const Result& result) { return result.Size() * 12 + result.Members().Words().size_bytes() + 1'024; }

}  // namespace

Result::Result(std::string id, SnapshotPtr snapshot, std::vector<Ordinal> order, std::vector<float> scores,
               Bitset members)
    : id_(std::move(id)),
      snapshot_(std::move(snapshot)),
      order_(std::move(order)),
      scores_(std::move(scores)),
      members_(std::move(members)) {}

std::span<const Ordinal> Result::Slice(std::size_t first, std::size_t count) const noexcept {
  const std::size_t begin = std::min(first, order_.size());
  return std::span(order_).subspan(begin, std::min(count, order_.size() - begin));
}

std::optional<std::size_t> Result::PositionOf(Ordinal ordinal) const {
  if (!members_.Test(ordinal)) return std::nullopt;
  std::call_once(positions_once_, [&] {
    positions_.assign(members_.Size(), 0);
    for (std::uint32_t i = 0; i < order_.size(); ++i) positions_[order_[i]] = i;
  });
  return positions_[ordinal];
}

std::shared_ptr<const Result> ComputeResult(const SnapshotPtr& snapshot, const ResultQuery& query,
                                            const FilterSources& sources) {
  Bitset members = Evaluate(query.filter, *snapshot, sources);
  Ordering ordering = OrderMembers(*snapshot, query, members, sources);
  if (query.sort.key == model::SortKey::kSimilarity) members = Bitset::Of(snapshot->Size(), ordering.order);
  return std::make_shared<const Result>(HandleOf(*snapshot, query, sources), snapshot, std::move(ordering.order),
                                        std::move(ordering.scores), std::move(members));
}

ResultCache::ResultCache(std::size_t byte_limit, std::size_t count_limit)
    : byte_limit_(byte_limit), count_limit_(count_limit) {}

std::shared_ptr<const Result> ResultCache::Get(const SnapshotPtr& snapshot, const ResultQuery& query,
                                               const FilterSources& sources) {
  if (auto found = Find(HandleOf(*snapshot, query, sources))) return found;
  auto result = ComputeResult(snapshot, query, sources);
  Keep(result);
  return result;
}

std::shared_ptr<const Result> ResultCache::Find(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  recent_.splice(recent_.begin(), recent_, found->second);
  return *found->second;
}

void ResultCache::Keep(std::shared_ptr<const Result> result) {
  const std::lock_guard lock(mutex_);
  if (by_id_.contains(result->Id())) return;
  bytes_ += BytesOf(*result);
  recent_.push_front(std::move(result));
  by_id_.emplace(recent_.front()->Id(), recent_.begin());
  while (recent_.size() > 1 && (bytes_ > byte_limit_ || recent_.size() > count_limit_)) {
    bytes_ -= BytesOf(*recent_.back());
    by_id_.erase(recent_.back()->Id());
    recent_.pop_back();
  }
}

}  // namespace burnish::store
