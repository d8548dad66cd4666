#include "store/vectors/vector_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <random>
#include <set>
#include <thread>

#include "base/error.hpp"
#include "base/files.hpp"
#include "store/columns/test_project.hpp"
#include "store/vectors/index_builder.hpp"
#include "store/vectors/vector_space.hpp"

namespace burnish::store {
namespace {

namespace fs = std::filesystem;
using base::Half;
using model::Ordinal;

constexpr std::uint32_t kWidth = 40;
constexpr std::uint32_t kClouds = 30;

base::ContentHash Content(std::uint32_t number) { return base::HashContent(std::as_bytes(std::span(&number, 1))); }

// Clouds around kClouds centres, sample i in cloud i % kClouds. Samples are names of contents; each content has a row.
class Clouds {
 public:
  explicit Clouds(std::uint32_t samples, std::uint32_t width = kWidth) : width_(width) {
    std::normal_distribution<float> normal;
    for (float& value : centres_) value = normal(engine_);
    pack_ = std::make_shared<FixedPack>(folder_.Path() / "rows.fixed", width * 2);
    for (std::uint32_t i = 0; i < samples; ++i) Add(Near(i % kClouds, 0.6F));
  }

  void Add(const std::vector<float>& vector) {
    std::vector<Half> halves(width_);
    base::ToHalf(vector, halves);
    pack_->Put(Content(next_), std::as_bytes(std::span(halves)));
    AddSample(next_++);
  }
  void AddSample(std::uint32_t content) {
    ColumnEditor<std::uint32_t>(snapshot_.media).Append(static_cast<std::uint32_t>(snapshot_.size));
    ColumnEditor<base::ContentHash>(snapshot_.media_content).Append(Content(content));
    ++snapshot_.size;
  }
  std::vector<float> Near(std::uint32_t cloud, float spread) {
    std::normal_distribution<float> normal;
    std::vector<float> vector(width_);
    for (std::uint32_t j = 0; j < width_; ++j) vector[j] = centres_[cloud * width_ + j] + spread * normal(engine_);
    return vector;
  }

  const FixedPack& Pack() const { return *pack_; }
  std::size_t Size() const { return snapshot_.size; }
  fs::path File() const { return folder_.Path() / "rows.ivf"; }
  void MakeIndex(std::uint32_t lists = 0) const { BuildIndex(*pack_, pack_->Rows(), lists)->Write(File()); }
  VectorIndex::Opened Open() const { return VectorIndex::Open(File(), *pack_); }
  VectorSpace Exact() const { return VectorSpace("exact", pack_, width_, snapshot_); }
  VectorSpace Indexed() const { return VectorSpace("indexed", pack_, width_, snapshot_, Open().index, 100); }

 private:
  TemporaryFolder folder_;
  std::mt19937 engine_{7};
  std::uint32_t width_;
  std::vector<float> centres_ = std::vector<float>(std::size_t{kClouds} * width_);
  std::shared_ptr<FixedPack> pack_;
  std::uint32_t next_ = 0;
  Snapshot snapshot_;
};

std::vector<Ordinal> OrdinalsOf(const std::vector<SimilarHit>& hits) {
  std::vector<Ordinal> ordinals;
  for (const SimilarHit& hit : hits) ordinals.push_back(hit.ordinal);
  return ordinals;
}

// Of what an exact scan finds, the share that the index finds too, over one query in each cloud. Everything found must
// be a candidate and stand in order.
double Recall(Clouds& clouds, const Bitset& candidates, std::uint32_t count = 10) {
  const VectorSpace exact = clouds.Exact();
  const VectorSpace indexed = clouds.Indexed();
  EXPECT_LT(indexed.Unindexed(), indexed.Present());
  std::size_t right = 0;
  std::size_t all = 0;
  for (std::uint32_t cloud = 0; cloud < kClouds; ++cloud) {
    const std::vector<float> query = clouds.Near(cloud, 0.6F);
    const auto wanted = exact.Nearest(query, count, candidates);
    const auto found = indexed.Nearest(query, count, candidates);
    EXPECT_EQ(found.size(), wanted.size());
    EXPECT_TRUE(std::is_sorted(found.begin(), found.end(), [](const SimilarHit& a, const SimilarHit& b) {
      return a.score != b.score ? a.score > b.score : a.ordinal < b.ordinal;
    }));
    for (const SimilarHit& hit : found) EXPECT_TRUE(candidates.Test(hit.ordinal)) << hit.ordinal;
    const auto names = OrdinalsOf(wanted);
    const std::set<Ordinal> true_ones(names.begin(), names.end());
    for (const SimilarHit& hit : found) right += true_ones.count(hit.ordinal);
    all += wanted.size();
  }
  return static_cast<double>(right) / static_cast<double>(all);
}

TEST(CodeKernelsTest, EveryInstructionSetCountsAndMultipliesTheSame) {
  std::mt19937_64 engine(3);
  std::normal_distribution<float> normal;
  const CodeKernels& plain = *SupportedCodeKernels().front();
  for (const std::size_t words : {1U, 4U, 8U, 11U, 20U}) {
    std::vector<std::uint64_t> codes(50 * words);
    std::vector<std::uint64_t> planes(kPlanes * words);
    for (auto& word : codes) word = engine();
    for (auto& word : planes) word = engine();
    const std::vector<std::uint32_t> slots = {49, 0, 7, 7, 30, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 48};
    std::vector<float> query(words * 64 + 5);
    std::vector<float> row(query.size());
    std::vector<Half> halves(query.size());
    for (auto& value : query) value = normal(engine);
    for (auto& value : row) value = normal(engine);
    base::ToHalf(row, halves);
    const Product product = plain.multiply(halves.data(), query.data(), query.size());
    std::vector<std::uint32_t> all(50);
    std::vector<std::uint32_t> named(slots.size());
    plain.differences(codes.data(), words, nullptr, 50, planes.data(), all.data());
    plain.differences(codes.data(), words, slots.data(), slots.size(), planes.data(), named.data());
    EXPECT_EQ(named[0], all[49]);
    for (const CodeKernels* kernels : SupportedCodeKernels()) {
      std::vector<std::uint32_t> theirs(50);
      kernels->differences(codes.data(), words, nullptr, 50, planes.data(), theirs.data());
      EXPECT_EQ(theirs, all) << kernels->name << ", " << words;
      theirs.resize(slots.size());
      kernels->differences(codes.data(), words, slots.data(), slots.size(), planes.data(), theirs.data());
      EXPECT_EQ(theirs, named) << kernels->name << ", " << words;
      const Product other = kernels->multiply(halves.data(), query.data(), query.size());
      EXPECT_NEAR(other.dot, product.dot, 1e-3) << kernels->name;
      EXPECT_NEAR(other.square, product.square, 1e-3 * product.square) << kernels->name;
    }
  }
}

TEST(CodeKernelsTest, EveryInstructionSetMultipliesWholeNumbersTheSame) {
  std::mt19937_64 engine(5);
  std::uniform_int_distribution<int> byte(-127, 127);
  std::uniform_int_distribution<int> level(-2047, 2047);
  for (const std::size_t width : {64U, 512U, 1280U}) {
    for (const std::size_t rows : {1U, 2U, 7U}) {
      std::vector<std::int8_t> values(rows * width);
      std::vector<std::int16_t> query(width);
      for (auto& value : values) value = static_cast<std::int8_t>(byte(engine));
      for (auto& value : query) value = static_cast<std::int16_t>(level(engine));
      std::vector<std::int32_t> expected(rows);
      for (std::size_t i = 0; i < values.size(); ++i) expected[i / width] += values[i] * query[i % width];
      for (const CodeKernels* kernels : SupportedCodeKernels()) {
        std::vector<std::int32_t> dots(rows);
        kernels->dots(values.data(), rows, query.data(), width, dots.data());
        EXPECT_EQ(dots, expected) << kernels->name << ", " << rows << " x " << width;
      }
    }
  }
}

TEST(CodeKernelsTest, EveryInstructionSetMultipliesFineCodesAsTheyAreLaidOut) {
  std::mt19937_64 engine(9);
  std::uniform_int_distribution<int> level(0, 15);
  std::uniform_int_distribution<int> byte(-127, 127);
  for (const std::size_t width : {64U, 512U, 1280U}) {
    for (const bool most : {false, true}) {
      std::vector<std::uint8_t> code(width / 2);
      std::vector<std::int8_t> query(width);
      std::int32_t expected = 0;
      for (std::size_t i = 0; i < width; ++i) {
        const int mine = most ? 15 : level(engine);
        query[i] = static_cast<std::int8_t>(most ? -127 : byte(engine));
        code[i / 64 * 32 + i % 32] |= static_cast<std::uint8_t>(mine << (i % 64 < 32 ? 0 : 4));
        expected += mine * query[i];
      }
      for (const CodeKernels* kernels : SupportedCodeKernels()) {
        EXPECT_EQ(kernels->fine_dot(code.data(), query.data(), width), expected) << kernels->name << ", " << width;
      }
    }
  }
}

TEST(RotationTest, KeepsLengthsAndAnglesAndSpreadsEveryDirection) {
  std::mt19937 engine(5);
  std::normal_distribution<float> normal;
  for (const std::size_t width : {1U, 64U, 100U, 512U, 768U, 1280U}) {
    const Rotation rotation(width);
    std::vector<float> a(width);
    std::vector<float> axis(width, 0.0F);
    for (float& value : a) value = normal(engine);
    axis[width / 2] = 1;
    std::vector<float> turned_a(rotation.RotatedWidth());
    std::vector<float> turned_axis(rotation.RotatedWidth());
    rotation.Apply(a, turned_a);
    rotation.Apply(axis, turned_axis);
    double square = 0;
    double product = 0;
    float most = 0;
    for (std::size_t i = 0; i < turned_a.size(); ++i) {
      square += turned_axis[i] * turned_axis[i];
      product += turned_axis[i] * turned_a[i];
      most = std::max(most, std::abs(turned_axis[i]));
    }
    EXPECT_NEAR(square, 1, 1e-4) << width;
    EXPECT_NEAR(product, a[width / 2], 1e-3) << width;
    EXPECT_LT(most, 6 / std::sqrt(static_cast<float>(turned_a.size()))) << width;
  }
}

TEST(VectorIndexTest, FindsNearlyAllThatAnExactScanFinds) {
  for (const std::uint32_t width : {kWidth, 150U}) {
    Clouds clouds(6'000, width);
    clouds.MakeIndex();
    const Bitset all(clouds.Size(), true);
    EXPECT_GE(Recall(clouds, all), 0.98) << width;
    EXPECT_GE(Recall(clouds, all, 200), 0.98) << width;
    EXPECT_EQ(Recall(clouds, all, 3'000), 1) << width;  // so many are compared one by one
  }
}

TEST(VectorIndexTest, ASampleFindsItself) {
  Clouds clouds(3'000);
  clouds.MakeIndex();
  const VectorSpace space = clouds.Indexed();
  for (Ordinal i = 0; i < clouds.Size(); i += 97) {
    const auto hits = space.Similar(std::vector<Ordinal>{i}, 5, Bitset(clouds.Size(), true));
    EXPECT_EQ(hits.front().ordinal, i);
    EXPECT_NEAR(hits.front().score, 1, 1e-5);
  }
}

TEST(VectorIndexTest, AFilterIsHonouredHoweverFewItLeavesAndWhereverTheyLie) {
  Clouds clouds(9'000);
  clouds.MakeIndex();
  const auto where = [&](auto&& holds) {
    Bitset set(clouds.Size());
    for (Ordinal i = 0; i < clouds.Size(); ++i) set.Assign(i, holds(i));
    return set;
  };
  EXPECT_GE(Recall(clouds, where([](Ordinal i) { return i % 7 < 3; })), 0.98);
  EXPECT_GE(Recall(clouds, where([](Ordinal i) { return i % 101 == 0; })), 0.98);
  EXPECT_GE(Recall(clouds, where([](Ordinal i) { return i % kClouds >= 20; })), 0.98);  // far from most queries
  EXPECT_EQ(Recall(clouds, where([](Ordinal i) { return i == 5 || i == 17; })), 1);     // fewer than asked for
  EXPECT_TRUE(clouds.Indexed().Nearest(clouds.Near(0, 1), 10, Bitset(clouds.Size())).empty());
}

TEST(VectorIndexTest, SamplesWithTheSameContentAllAnswerByOrdinal) {
  Clouds clouds(2'000);
  for (int i = 0; i < 5; ++i) clouds.AddSample(8);
  clouds.MakeIndex();
  const Bitset all(clouds.Size(), true);
  const std::vector<Ordinal> same = {8, 2'000, 2'001, 2'002, 2'003, 2'004};
  EXPECT_EQ(OrdinalsOf(clouds.Indexed().Similar(std::vector<Ordinal>{2'003}, 6, all)), same);
  Bitset few = Bitset::Of(clouds.Size(), std::vector<Ordinal>{8, 9, 2'002, 2'004});
  EXPECT_EQ(OrdinalsOf(clouds.Indexed().Similar(std::vector<Ordinal>{8}, 3, few)),
            (std::vector<Ordinal>{8, 2'002, 2'004}));
}

TEST(VectorIndexTest, WhatCameAfterTheIndexIsFoundToo) {
  Clouds clouds(2'000);
  clouds.MakeIndex();
  const std::vector<float> query = clouds.Near(3, 0.1F);
  clouds.Add(query);
  const VectorSpace space = clouds.Indexed();
  EXPECT_EQ(space.Unindexed(), 1U);
  EXPECT_EQ(space.Nearest(query, 3, Bitset(clouds.Size(), true)).front().ordinal, 2'000U);
  EXPECT_EQ(OrdinalsOf(space.Nearest(query, 3, Bitset::Of(clouds.Size(), std::vector<Ordinal>{2'000}))),
            std::vector<Ordinal>{2'000});
}

TEST(VectorIndexTest, RowsWithoutADirectionHarmNoOthers) {
  Clouds clouds(1'500);
  clouds.Add(std::vector<float>(kWidth, 0.0F));
  clouds.Add(std::vector<float>(kWidth, std::numeric_limits<float>::quiet_NaN()));
  clouds.Add(std::vector<float>(kWidth, std::numeric_limits<float>::infinity()));
  clouds.MakeIndex();
  EXPECT_GE(Recall(clouds, Bitset(clouds.Size(), true)), 0.98);
  const auto last = clouds.Indexed().Similar(std::vector<Ordinal>{1'501}, 3, Bitset(clouds.Size(), true));
  for (const SimilarHit& hit : last) EXPECT_EQ(hit.score, 0);
}

TEST(VectorIndexTest, IsTheSameForAnyNumberOfThreads) {
  const Clouds clouds(3'000);
  const auto bytes = [&](unsigned threads) {
    BuildIndex(clouds.Pack(), 3'000, 0, {.threads = threads, .stop = {}, .progress = {}})->Write(clouds.File());
    return base::ReadFile(clouds.File());
  };
  EXPECT_EQ(bytes(1), bytes(2));
}

TEST(VectorIndexTest, ItsMakingCanBeStopped) {
  const Clouds clouds(3'000);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(BuildIndex(clouds.Pack(), 3'000, 0, {.threads = 2, .stop = stop.get_token(), .progress = {}}),
               base::Error);
}

TEST(VectorIndexTest, ADamagedFileIsSetAsideWhereverItIsDamaged) {
  const Clouds clouds(1'000);
  clouds.MakeIndex();
  EXPECT_EQ(clouds.Open().problem, "");
  const std::string whole = base::ReadFile(clouds.File());
  const auto opened_with = [&](const std::string& bytes) {
    std::ofstream(clouds.File(), std::ios::binary | std::ios::trunc) << bytes;
    return clouds.Open();
  };
  for (std::size_t at = 0; at < whole.size(); at += at < 200 ? 3 : 997) {
    std::string broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ 0x10);
    const auto opened = opened_with(broken);
    EXPECT_EQ(opened.index, nullptr) << at;
    EXPECT_NE(opened.problem, "") << at;
    EXPECT_FALSE(fs::exists(clouds.File())) << at;
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{100}, std::size_t{128}, whole.size() - 1}) {
    EXPECT_EQ(opened_with(whole.substr(0, size)).index, nullptr) << size;
  }
  EXPECT_EQ(opened_with(whole + "x").index, nullptr);
  EXPECT_NE(opened_with(whole).index, nullptr);
}

TEST(VectorIndexTest, AnIndexOfOtherRowsIsNotUsed) {
  const Clouds some(1'000);
  const Clouds more(1'001);
  more.MakeIndex();
  EXPECT_EQ(VectorIndex::Open(more.File(), some.Pack()).index, nullptr);  // as many rows are not there
  some.MakeIndex();
  EXPECT_NE(VectorIndex::Open(some.File(), more.Pack()).index, nullptr);  // these are, and one more
  Clouds others(1'000, kWidth + 1);
  EXPECT_EQ(VectorIndex::Open(some.File(), others.Pack()).index, nullptr);
  EXPECT_EQ(VectorIndex::Open(others.File(), others.Pack()).problem, "");  // none yet: nothing is wrong
}

TEST(VectorIndexTest, ManyThreadsGetTheAnswersOfOne) {
  Clouds clouds(3'000);
  clouds.MakeIndex();
  const VectorSpace space = clouds.Indexed();
  const Bitset all(clouds.Size(), true);
  std::vector<std::vector<Ordinal>> alone;
  for (Ordinal i = 0; i < 100; ++i) alone.push_back(OrdinalsOf(space.Similar(std::vector<Ordinal>{i}, 10, all)));
  std::vector<std::vector<std::vector<Ordinal>>> together(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : together) {
      threads.emplace_back([&] {
        for (Ordinal i = 0; i < 100; ++i) mine.push_back(OrdinalsOf(space.Similar(std::vector<Ordinal>{i}, 10, all)));
      });
    }
  }
  for (const auto& mine : together) EXPECT_EQ(mine, alone);
}

}  // namespace
}  // namespace burnish::store
