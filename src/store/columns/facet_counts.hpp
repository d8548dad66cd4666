#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "store/columns/caches.hpp"
#include "store/columns/column.hpp"
#include "store/columns/counted_rows.hpp"

namespace burnish::store {

// Counting kernels of the facets: how many of `among` have each code below `codes`; a code at or above it, and a row
// beyond the column's end, count as missing, in the last place.

namespace detail {

// Four tables, taken in turn: neighbouring rows often share a code, and an increment must not wait for the one before.
class Tables {
 public:
  explicit Tables(std::size_t codes) : codes_(codes), lanes_(codes < 4'096 ? 4 : 1), counts_((codes + 1) * lanes_, 0) {}
  void Add(std::size_t row, std::uint32_t code) noexcept {
    const std::size_t place = std::min<std::size_t>(code, codes_);
    ++counts_[(row & (lanes_ - 1)) * (codes_ + 1) + place];
  }
  CodeCounts Sum() const {
    CodeCounts sum(codes_ + 1, 0);
    for (std::size_t i = 0; i < counts_.size(); ++i) sum[i % (codes_ + 1)] += counts_[i];
    return sum;
  }

 private:
  std::size_t codes_;
  std::size_t lanes_;
  std::vector<std::uint32_t> counts_;
};

inline void AddBeyond(CodeCounts& counts, const CountedRows& among, std::size_t rows) {
  const std::size_t size = among.Set().Size();
  if (rows >= size) return;
  const std::size_t first = rows / 64 * 64;
  std::size_t beyond = 0;
  among.ForEachIn(first, size - first, [&](std::size_t offset) { beyond += first + offset >= rows ? 1 : 0; });
  counts.back() += static_cast<std::uint32_t>(beyond);
}

}  // namespace detail

template <class T, class Code>
CodeCounts CountBy(const Column<T>& column, const CountedRows& among, std::size_t codes, Code&& code) {
  detail::Tables tables(codes);
  for (std::size_t chunk = 0; chunk < column.ChunkCount(); ++chunk) {
    const auto values = column.Chunk(chunk);
    among.ForEachIn(chunk * kChunkRows, values.size(), [&](std::size_t i) { tables.Add(i, code(values[i])); });
  }
  CodeCounts counts = tables.Sum();
  detail::AddBeyond(counts, among, column.Size());
  return counts;
}

template <class T>
CodeCounts CountColumn(const Column<T>& column, const CountedRows& among, std::size_t codes) {
  return CountBy(column, among, codes, [](T value) { return static_cast<std::uint32_t>(value); });
}

template <class T>
CodeCounts CountVector(const std::vector<T>& values, const CountedRows& among, std::size_t codes) {
  detail::Tables tables(codes);
  among.ForEachIn(0, std::min(values.size(), among.Set().Size()), [&](std::size_t i) { tables.Add(i, values[i]); });
  CodeCounts counts = tables.Sum();
  detail::AddBeyond(counts, among, values.size());
  return counts;
}

// Equal-width bins over what `value(row)` says, NaN being missing: from `low` to `high` where given, else from the
// least to the largest. Whole numbers that span few values get one bin each.
template <class Value>
BinnedColumn BinRows(std::size_t rows, Value&& value, double low = std::nan(""), double high = std::nan("")) {
  constexpr std::size_t kBins = 40;
  BinnedColumn binned;
  binned.bins.assign(rows, BinnedColumn::kNoBin);
  double least = std::numeric_limits<double>::infinity();
  double most = -least;
  bool whole = std::isnan(low);
  for (std::size_t i = 0; i < rows; ++i) {
    const double number = value(i);
    if (!std::isfinite(number)) continue;
    least = std::min(least, number);
    most = std::max(most, number);
    whole = whole && number == std::floor(number);
  }
  if (!(least <= most)) return binned;
  if (!std::isnan(low)) least = std::min(low, least);
  if (!std::isnan(high)) most = std::max(high, most);
  std::size_t bins = kBins;
  double width = (most - least) / kBins;
  if (whole && most - least < kBins) {
    bins = static_cast<std::size_t>(most - least) + 1;
    width = 1;
  } else if (!(width > 0) || !std::isfinite(width)) {
    bins = 1;
    width = std::max(most - least, 1.0);
  }
  for (std::size_t i = 0; i <= bins; ++i) binned.edges.push_back(least + width * static_cast<double>(i));
  if (!whole && most > binned.edges.back()) binned.edges.back() = most;
  for (std::size_t i = 0; i < rows; ++i) {
    const double number = value(i);
    if (std::isfinite(number))
      binned.bins[i] =
          static_cast<std::uint8_t>(std::min<double>(static_cast<double>(bins - 1), (number - least) / width));
  }
  return binned;
}

}  // namespace burnish::store
