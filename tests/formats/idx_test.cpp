#include <gtest/gtest.h>

#include "formats/parse/gzip_source.hpp"
#include "formats/parse/idx_parser.hpp"
#include "formats/support.hpp"
#include "media/sniff.hpp"

namespace burnish::formats {
namespace {

using namespace std::string_literals;

std::string Be(std::uint32_t value) {
  return {static_cast<char>(value >> 24U), static_cast<char>(value >> 16U), static_cast<char>(value >> 8U),
          static_cast<char>(value)};
}
std::string Images(std::uint32_t count) {
  return "\0\0\x08\x03"s + Be(count) + Be(2) + Be(3) + std::string(std::size_t{6} * count, '\x7F');
}
std::string Labels(const std::string& values) {
  return "\0\0\x08\x01"s + Be(static_cast<std::uint32_t>(values.size())) + values;
}

TEST(IdxTest, PairsWithSplitsFromTheirNames) {
  TestFolder folder;
  folder.Write("train-images-idx3-ubyte", Images(2));
  folder.Write("train-labels-idx1-ubyte", Labels("\x07\x00"s));
  folder.Write("t10k-images.idx3-ubyte", Images(1));
  folder.Write("t10k-labels.idx1-ubyte", Labels("\x03"));
  const auto files = folder.Files();
  const auto plan = Detect(*files, Reader());
  EXPECT_EQ(plan.sentence, "3 pictures in 2 IDX files.");
  EXPECT_EQ(Describe(plan.problems), "");
  const auto read = ReadAllSamples(*files, plan.mapping);
  EXPECT_EQ(read.samples,
            "t10k/000000 class=3 split=test\ntrain/000000 class=7 split=train\ntrain/000001 class=0 split=train\n");
  EXPECT_EQ(media::Sniff(read.staged[0].bytes), media::ContentType::kPng);
  const auto bare = ReadAllSamples(*files, plan.mapping, Pictures::kWithout);
  EXPECT_EQ(bare.samples, read.samples);
  EXPECT_TRUE(bare.staged[0].bytes.empty());
}

TEST(IdxTest, WithoutLabels) {
  TestFolder folder;
  folder.Write("data/images-idx3-ubyte", Images(1));
  const auto files = folder.Files();
  const auto plan = Detect(*files, Reader());
  EXPECT_EQ(ReadAllSamples(*files, plan.mapping).samples, "images/000000\n");
  EXPECT_EQ(
      Describe(plan.problems),
      "idx_no_labels: data/images-idx3-ubyte has no file of labels beside it; its samples come without labels.\n");
}

struct BadIdx {
  std::string name;
  std::string images;
  std::string labels;
  std::string problem;
};
class BadIdxTest : public testing::TestWithParam<BadIdx> {};

TEST_P(BadIdxTest, IsNamed) {
  TestFolder folder;
  folder.Write("train-images-idx3-ubyte.gz", GetParam().images);
  folder.Write("train-labels-idx1-ubyte.gz", GetParam().labels);
  const auto problems = Describe(Detect(*folder.Files(), Reader()).problems);
  EXPECT_TRUE(problems.starts_with(GetParam().problem)) << problems;
}

constexpr auto* kDamaged = "idx_damaged: train-images-idx3-ubyte.gz is cut off or not an IDX file.\n";

INSTANTIATE_TEST_SUITE_P(
    Files, BadIdxTest,
    testing::Values(
        BadIdx{"Empty", "", Labels("\x01"), kDamaged}, BadIdx{"Text", "hello there", Labels("\x01"), kDamaged},
        BadIdx{"CutPixels", Images(2).substr(0, 20), Labels("\x01\x02"), kDamaged},
        BadIdx{"BadGzip", "\x1F\x8Bxxxxxxxxxxxxxxxxxxx", Labels("\x01"), kDamaged},
        BadIdx{"HugeSides", "\0\0\x08\x03"s + Be(1) + Be(1U << 20U) + Be(1U << 20U), Labels("\x01"), kDamaged},
        BadIdx{"FloatType", "\0\0\x0D\x03"s + Be(1) + Be(1) + Be(1) + "aaaa", Labels("\x01"), kDamaged},
        BadIdx{"CutLabels", Images(2), Labels("\x01\x02").substr(0, 9), kDamaged},
        BadIdx{"OtherCount", Images(2), Labels("\x01"),
               "idx_counts_differ: train-images-idx3-ubyte.gz has another number of labels than of pictures.\n"}),
    [](const auto& test) { return test.param.name; });

TEST(RealDataTest, FashionMnist) {
  const std::filesystem::path place = "/usr/share/datasets/fashion-mnist";
  if (!std::filesystem::exists(place)) GTEST_SKIP() << "dataset-fashion-mnist is not installed";
  const auto files = OpenFolder({"datasets", place.parent_path()}, "fashion-mnist");
  const auto plan = Detect(*files, Reader());
  EXPECT_EQ(plan.format, FormatId::kIdx);
  EXPECT_EQ(plan.rows, 70'000U);
  EXPECT_EQ(Describe(plan.problems), "");
  const auto read = ReadAllSamples(*files, plan.mapping, Pictures::kWithout);
  EXPECT_EQ(read.summary.samples, 70'000U);
  ASSERT_EQ(read.summary.classes.size(), 10U);
  for (const auto& value : read.summary.classes) EXPECT_EQ(value.count, 7'000U);
  ASSERT_EQ(read.summary.splits.size(), 2U);
  EXPECT_EQ(read.summary.splits[0].count, 10'000U);
}

}  // namespace
}  // namespace burnish::formats
