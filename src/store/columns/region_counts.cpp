#include <cstring>
#include <mutex>

#include "math/parallel.hpp"
#include "store/columns/facet_counts.hpp"
#include "store/columns/region_labels.hpp"

namespace burnish::store {

namespace {

constexpr std::size_t kThreadsFrom = 50'000;  // samples

// Calls `body(chunk)` for each chunk of the column, on two threads when there are many.
template <class Body>
void ForChunks(const Column<std::uint32_t>& codes, std::size_t size, Body&& body) {
  math::RunControl control;
  control.threads = size >= kThreadsFrom ? 2 : 1;
  math::ParallelFor(codes.ChunkCount(), 1, control, [&](std::size_t begin, std::size_t end) {
    for (std::size_t chunk = begin; chunk < end; ++chunk) body(chunk);
  });
}

// One pass counts both: a label whose class last saw another sample is that sample's first of the class.
class Counter {
 public:
  explicit Counter(bool wide) : cells_(wide ? 0x10000U : 0x100U) {}

  void Sample(const RegionTable::Row& row, std::uint32_t number) noexcept {
    if (row.begin == row.end) {
      ++none_;
    } else if (row.block->wide.empty()) {
      Labels(row.block->narrow.data() + row.begin, row.block->narrow.data() + row.end, number);
    } else {
      Labels(row.block->wide.data() + row.begin, row.block->wide.data() + row.end, number);
    }
  }

  void AddTo(RegionCounts& counts) const {
    const std::size_t classes = counts.labels.size();
    for (std::size_t id = 0; id < std::min(classes, cells_.size()); ++id) {
      counts.samples[id] += cells_[id].samples;
      counts.labels[id] += cells_[id].labels;
    }
    counts.samples[classes] += none_;
  }

 private:
  struct Cell {
    std::uint32_t last = 0;  // the sample, by a number that is never 0
    std::uint32_t samples = 0;
    std::uint64_t labels = 0;
  };

  template <class T>
  void Labels(const T* begin, const T* end, std::uint32_t number) noexcept {
    for (const T* label = begin; label != end; ++label) {
      Cell& cell = cells_[*label];
      cell.samples += cell.last != number ? 1 : 0;
      cell.last = number;
      ++cell.labels;
    }
  }

  std::vector<Cell> cells_;
  std::uint32_t none_ = 0;
};

// Whether a row has a region that passes the test.
class Matcher {
 public:
  explicit Matcher(const RegionTest& test)
      : any_(test.classes.empty()),
        ranged_(test.confidence.has_value()),
        low_(test.confidence.value_or(model::Range{}).low.value_or(-std::numeric_limits<double>::infinity())),
        high_(test.confidence.value_or(model::Range{}).high.value_or(std::numeric_limits<double>::infinity())),
        wanted_(0x10000, 0) {
    std::size_t count = 0;
    for (std::size_t id = 0; id < std::min<std::size_t>(test.classes.size(), wanted_.size()); ++id) {
      if (!test.classes[id]) continue;
      wanted_[id] = 1;
      only_ = id;
      ++count;
    }
    single_ = count == 1 && only_ <= 0xFF;
  }

  bool operator()(const RegionTable::Row& row) const noexcept {
    if (row.begin == row.end) return false;
    if (any_) return !ranged_ || AnyInRange(row);
    if (!row.block->wide.empty()) return Any(row, row.block->wide.data());
    if (single_ && !ranged_)
      return std::memchr(row.block->narrow.data() + row.begin, static_cast<int>(only_), row.end - row.begin) != nullptr;
    return Any(row, row.block->narrow.data());
  }

 private:
  bool InRange(const RegionBlock& block, std::uint32_t label) const noexcept {
    if (block.confidence.empty()) return false;
    const double value = block.confidence[label];
    return value >= low_ && value <= high_;
  }

  bool AnyInRange(const RegionTable::Row& row) const noexcept {
    for (std::uint32_t i = row.begin; i < row.end; ++i) {
      if (InRange(*row.block, i)) return true;
    }
    return false;
  }

  template <class T>
  bool Any(const RegionTable::Row& row, const T* classes) const noexcept {
    for (std::uint32_t i = row.begin; i < row.end; ++i) {
      if (wanted_[classes[i]] != 0 && (!ranged_ || InRange(*row.block, i))) return true;
    }
    return false;
  }

  bool any_;
  bool ranged_;
  double low_;
  double high_;
  std::vector<std::uint8_t> wanted_;  // by class
  std::size_t only_ = 0;
  bool single_ = false;
};

}  // namespace

RegionCounts CountRegions(const RegionTable& table, const Column<std::uint32_t>& codes, const Bitset& among,
                          std::size_t classes) {
  RegionCounts counts{std::vector<std::uint32_t>(classes + 1, 0), std::vector<std::uint64_t>(classes, 0)};
  std::mutex mutex;  // guards counts
  const bool wide = table.Wide();
  ForChunks(codes, among.Size(), [&](std::size_t chunk) {
    const std::span<const std::uint32_t> rows = codes.Chunk(chunk);
    RegionTable::Cursor cursor(table);
    Counter counter(wide);
    detail::VisitRows(among, chunk * kChunkRows, rows.size(),
                      [&](std::size_t i) { counter.Sample(cursor.At(rows[i]), static_cast<std::uint32_t>(i + 1)); });
    const std::lock_guard lock(mutex);
    counter.AddTo(counts);
  });
  return counts;
}

Bitset MatchRegions(const RegionTable& table, const Column<std::uint32_t>& codes, std::size_t size,
                    const RegionTest& test) {
  Bitset result(size);
  const Matcher matches(test);
  // A chunk is a multiple of 64 samples: no two threads write one word.
  ForChunks(codes, size, [&](std::size_t chunk) {
    const std::span<const std::uint32_t> rows = codes.Chunk(chunk);
    RegionTable::Cursor cursor(table);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (matches(cursor.At(rows[i]))) result.Set(chunk * kChunkRows + i);
    }
  });
  return result;
}

}  // namespace burnish::store
