#include "store/columns/column_scan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <stdexcept>

#include "store/columns/counted_rows.hpp"
#include "store/columns/filter_compiler.hpp"
#include "store/columns/test_project.hpp"
#include "store/columns/two_threads.hpp"

namespace burnish::store {
namespace {

using namespace model;

template <class T, class... Drop>
void ExpectMatches(std::size_t size, std::size_t wanted_count, Drop... drop) {
  std::mt19937 engine(static_cast<unsigned>(size * 31 + wanted_count));
  const auto random = [&] { return static_cast<T>(engine() % 7 == 0 ? engine() : engine() % 40); };
  std::vector<T> codes(size), wanted(wanted_count);
  std::ranges::generate(codes, random);
  std::ranges::generate(wanted, random);
  Bitset found(size, true);  // what was there before is written over
  MatchCodes(codes, wanted, found.Words(), drop...);
  for (std::size_t i = 0; i < size; ++i) {
    const auto code = static_cast<T>(codes[i] >> (drop + ... + 0U));
    ASSERT_EQ(found.Test(i), std::ranges::find(wanted, code) != wanted.end()) << size << " " << i;
  }
}

// Fewer than 64 go the way of processors without such instructions.
TEST(ColumnScanTest, CodesAreFoundAsOneByOne) {
  for (const std::size_t size : {0, 1, 63, 64, 65, 127, 128, 1'000}) {
    for (const std::size_t wanted : {0, 1, 3, 16}) {
      ExpectMatches<std::uint8_t>(size, wanted);
      ExpectMatches<std::uint16_t>(size, wanted);
      ExpectMatches<std::uint32_t>(size, wanted);
      ExpectMatches<std::uint32_t>(size, wanted, 2U);
    }
  }
}

// So many that two threads scan it.
TEST(ColumnScanTest, EveryChunkOfALongColumnIsScannedOnce) {
  constexpr std::size_t kRows = 2'100'001;
  Column<std::uint8_t> column;
  {
    ColumnEditor editor(column);
    for (std::size_t i = 0; i < kRows; ++i) editor.Append(static_cast<std::uint8_t>(i % 251));
  }
  const Bitset found = ScanColumn(column, kRows, [](std::uint8_t value) { return value == 7; });
  EXPECT_EQ(found.Count(), (kRows - 8) / 251 + 1);
  for (std::size_t i = 7; i < kRows; i += 251) ASSERT_TRUE(found.Test(i)) << i;
}

TEST(TwoThreadsTest, AFailureEndsTheLoopAndIsPassedOn) {
  for (const bool two : {false, true}) {
    std::atomic<std::size_t> calls{0};
    const auto body = [&](std::size_t i) {
      ++calls;
      if (i >= 3) throw std::runtime_error("three");
    };
    EXPECT_THROW(OnTwoThreads(1'000'000, two, body), std::runtime_error);
    EXPECT_LE(calls, 5U);
    calls = 0;
    OnTwoThreads(3, two, body);
    EXPECT_EQ(calls, 3U);
  }
}

TEST(ColumnScanTest, AFilterOfFewOrManyClassesMeansTheSame) {
  TestProject project;
  project.AddClasses({"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s"});
  const ClassId last = 18;
  std::vector<SampleRow> rows;
  RunColumns run;
  run.run = base::RunId("probe");
  for (unsigned i = 0; i < 1'000; ++i) {
    const auto id = static_cast<ClassId>(i % 20);  // the twentieth: none
    rows.push_back(Row(std::to_string(i), Split::kTrain, id > last ? kNoLabelCode : Labeled(id)));
    if (i < 900) run.predicted.push_back(id > last ? kNoClass : id);
  }
  project.Import({}, rows);
  const SnapshotPtr snapshot = WithRun(*project.Now(), run);
  std::vector<std::string> names;
  for (ClassId id = 0; id <= last; ++id) {
    names.push_back(snapshot->ontology.NameOf(id));
    EXPECT_EQ(Evaluate({LabelIs{"truth", names, {}, false}}, *snapshot).Count(), 50U * names.size());
    PredictionIs prediction;
    prediction.run = "probe";
    prediction.classes = names;
    EXPECT_EQ(Evaluate({prediction}, *snapshot).Count(), 45U * names.size());
  }
}

TEST(CountedRowsTest, FewAndManyAreVisitedOnceEachInTheirPart) {
  constexpr std::size_t kSize = 200'001;
  for (const unsigned one_of : {1U, 2U, 15U, 17U, 5'000U, 1'000'000U}) {
    std::mt19937 engine(one_of);
    Bitset set(kSize);
    for (std::size_t i = 0; i < kSize; ++i) {
      if (engine() % one_of == 0) set.Set(i);
    }
    const CountedRows rows(set);
    std::vector<Ordinal> visited;
    for (std::size_t first = 0; first < kSize; first += kChunkRows) {
      rows.ForEachIn(first, std::min(kChunkRows, kSize - first),
                     [&](std::size_t offset) { visited.push_back(static_cast<Ordinal>(first + offset)); });
    }
    EXPECT_EQ(visited, set.Ordinals());
  }
}

}  // namespace
}  // namespace burnish::store
