#include <cstring>
#include <mutex>

#include "store/columns/region_labels.hpp"
#include "store/columns/two_threads.hpp"

namespace burnish::store {

namespace {

constexpr std::size_t kThreadsFrom = 50'000;  // samples: two from so many on

// One pass counts both: a label whose class last saw another sample is that sample's first of the class. Everything
// about a class is in one word, so that a label costs one load and one store: the number of the last sample in the high
// 17 bits (its place in the chunk, from 1), 17 bits for samples, 30 for labels.
class Counter {
 public:
  Counter(bool wide, RegionCounts& counts, std::mutex& mutex)
      : words_(wide ? 0x10000U : 0x100U, 0), counts_(counts), mutex_(mutex) {}

  void Sample(const RegionTable::Row& row, std::uint64_t number) {
    if (row.begin == row.end) {
      ++none_;
      return;
    }
    const std::uint32_t count = row.end - row.begin;
    if (count >= kMostLabels - labels_) Flush();
    labels_ += count;
    if (row.block->wide.empty()) {
      Labels(row.block->narrow.subspan(row.begin, count), number);
    } else {
      Labels(row.block->wide.subspan(row.begin, count), number);
    }
  }

  // Adds what was counted to the result, and begins anew.
  void Flush() {
    const std::lock_guard lock(mutex_);
    const std::size_t classes = counts_.labels.size();
    for (std::size_t id = 0; id < std::min(classes, words_.size()); ++id) {
      counts_.samples[id] += static_cast<std::uint32_t>((words_[id] >> kLabelBits) & (kFirst / kSample - 1));
      counts_.labels[id] += words_[id] & (kSample - 1);
    }
    counts_.samples[classes] += none_;
    for (std::uint64_t& word : words_) word &= ~(kFirst - 1);
    none_ = 0;
    labels_ = 0;
  }

 private:
  static constexpr int kLabelBits = 30;
  static constexpr std::uint64_t kSample = std::uint64_t{1} << kLabelBits;  // one sample more
  static constexpr std::uint64_t kFirst = kSample << 17U;                   // the number 1
  static constexpr std::uint64_t kMostLabels = kSample - 1;
  static_assert(kChunkRows < kFirst / kSample);

  template <class T>
  void Labels(std::span<const T> labels, std::uint64_t number) noexcept {
    std::uint64_t* const words = words_.data();
    const std::uint64_t high = number * kFirst;
    for (const T label : labels) {
      const std::uint64_t word = words[label];
      const std::uint64_t is_new = word < high ? kSample : 0;  // numbers only grow
      words[label] = (word & (kFirst - 1)) + high + is_new + 1;
    }
  }

  std::vector<std::uint64_t> words_;  // by class
  RegionCounts& counts_;
  std::mutex& mutex_;  // guards counts_
  std::uint32_t none_ = 0;
  std::uint64_t labels_ = 0;
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

RegionCounts CountRegions(const RegionTable& table, const Column<std::uint32_t>& codes, const CountedRows& among,
                          std::size_t classes) {
  RegionCounts counts{std::vector<std::uint32_t>(classes + 1, 0), std::vector<std::uint64_t>(classes, 0)};
  std::mutex mutex;  // guards counts
  const bool wide = table.Wide();
  OnTwoThreads(codes.ChunkCount(), among.Set().Size() >= kThreadsFrom, [&](std::size_t chunk) {
    const std::span<const std::uint32_t> rows = codes.Chunk(chunk);
    RegionTable::Cursor cursor(table);
    Counter counter(wide, counts, mutex);
    among.ForEachIn(chunk * kChunkRows, rows.size(), [&](std::size_t i) { counter.Sample(cursor.At(rows[i]), i + 1); });
    counter.Flush();
  });
  return counts;
}

Bitset MatchRegions(const RegionTable& table, const Column<std::uint32_t>& codes, std::size_t size,
                    const RegionTest& test) {
  Bitset result(size);
  const Matcher matches(test);
  // A chunk is a multiple of 64 samples: no two threads write one word.
  OnTwoThreads(codes.ChunkCount(), size >= kThreadsFrom, [&](std::size_t chunk) {
    const std::span<const std::uint32_t> rows = codes.Chunk(chunk);
    RegionTable::Cursor cursor(table);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (matches(cursor.At(rows[i]))) result.Set(chunk * kChunkRows + i);
    }
  });
  return result;
}

}  // namespace burnish::store
