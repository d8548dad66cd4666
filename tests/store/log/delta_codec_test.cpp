#include "store/log/delta_codec.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "base/error.hpp"
#include "store/log/roaring_reader.hpp"

namespace burnish::store {
namespace {

using model::AspectKind;
using model::Delta;

Delta Sample(std::uint32_t count, std::uint32_t stride) {
  Delta delta;
  model::AspectDelta label{{AspectKind::kLabel, 0}, std::vector<model::Ordinal>(count), {}, {}};
  for (std::uint32_t i = 0; i < count; ++i) {
    label.ordinals[i] = 7 + i * stride;
    label.before.push_back(model::PackLabel(static_cast<model::ClassId>(i % 5), model::LabelState::kSet));
    label.after.push_back(model::PackLabel(9, model::LabelState::kConfirmed));
  }
  model::AspectDelta tag = label;
  tag.aspect = {AspectKind::kTag, 3};
  tag.before.assign(count, 0);
  tag.after.assign(count, 1);
  delta.aspects = {label, tag};
  delta.classes = {{std::nullopt, {9, "\"hat\" ✓", false, {}}},
                   {model::Class{1, "shirt", false, {}}, {1, "shirt", true, 9}}};
  delta.tags = {{3, "blurry"}};
  return delta;
}

TEST(DeltaCodecTest, ReadsBackWhatItWrites) {
  for (const auto& [count, stride] : {std::pair{1U, 1U}, {3U, 70'000U}, {5000U, 1U}, {100'000U, 2U}, {70'000U, 37U}}) {
    const Delta delta = Sample(count, stride);
    EXPECT_EQ(DecodeDelta(EncodeDelta(delta)), delta) << count;
  }
  EXPECT_EQ(DecodeDelta(EncodeDelta(Delta{})), Delta{});
  const Delta small = Sample(5, 3);
  EXPECT_EQ(DeltaFromJson(DeltaToJson(small)), small);
}

TEST(DeltaCodecTest, AMillionOfOneValueTakesLittleRoom) {
  Delta delta;
  model::AspectDelta split{{AspectKind::kSplit, 0}, std::vector<model::Ordinal>(1'000'000), {}, {}};
  std::iota(split.ordinals.begin(), split.ordinals.end(), 0U);
  split.before.assign(1'000'000, 0);
  split.after.assign(1'000'000, 2);
  delta.aspects = {split};
  EXPECT_LT(EncodeDelta(delta).size(), 1000U);
}

TEST(DeltaCodecTest, RefusesWhatItDoesNotWrite) {
  const std::string good = EncodeDelta(Sample(200, 3));
  EXPECT_THROW(DecodeDelta(""), base::Error);
  EXPECT_THROW(DecodeDelta(good + "x"), base::Error);
  for (std::size_t length = 0; length < good.size(); length += 7)
    EXPECT_THROW(DecodeDelta(good.substr(0, length)), base::Error) << length;
  EXPECT_THROW(DeltaFromJson("{}"), base::Error);
  EXPECT_THROW(
      DeltaFromJson(
          R"({"aspects":[{"kind":99,"key":0,"ordinals":[1],"before":[0],"after":[1]}],"classes":[],"tags":[]})"),
      base::Error);
  EXPECT_THROW(
      DeltaFromJson(
          R"({"aspects":[{"kind":1,"key":0,"ordinals":[2,1],"before":[0,0],"after":[1,1]}],"classes":[],"tags":[]})"),
      base::Error);
}

TEST(DeltaCodecTest, ABitmapThatPromisesMoreThanItHoldsIsRefused) {
  // One container of runs: cookie, flags, (key, cardinality - 1), count of runs, and no runs.
  for (const std::string& bitmap :
       {std::string("\x3B\x30\x00\x00\x01\x00\x00\xFF\xFF\xFF\xFF", 11),
        std::string("\x3A\x30\x00\x00\xFF\xFF\xFF\xFF", 8), std::string("\x3B\x30\xFF\xFF", 4), std::string()}) {
    EXPECT_THROW(ReadRoaring(bitmap, 65'536), base::Error);
  }
  // Values that do not ascend, and a run beyond the end of its container.
  EXPECT_THROW(ReadRoaring(std::string("\x3A\x30\0\0\1\0\0\0\0\0\1\0\x10\0\0\0\5\0\4\0", 20), 2), base::Error);
  EXPECT_THROW(ReadRoaring(std::string("\x3B\x30\0\0\1\0\0\1\0\1\0\xFF\xFF\1\0", 15), 2), base::Error);
}

// Spoiled bytes are refused or are the bytes of another delta; never a crash, never a wrong round trip.
TEST(DeltaCodecTest, AnyBytesAreRefusedOrCanonical) {
  std::mt19937 random(11);
  const std::vector<std::string> seeds = {EncodeDelta(Sample(3, 1)), EncodeDelta(Sample(200, 3)),
                                          EncodeDelta(Sample(5000, 1)), EncodeDelta(Sample(40'000, 2))};
  for (int round = 0; round < 4000; ++round) {
    std::string bytes = seeds[static_cast<std::size_t>(round) % seeds.size()];
    // The head of the blob and of its bitmaps is where lengths stand.
    const std::size_t reach = round % 2 == 0 ? std::min<std::size_t>(bytes.size(), 80) : bytes.size();
    for (int spoiled = 0; spoiled < 1 + round % 4; ++spoiled) bytes[random() % reach] = static_cast<char>(random());
    if (round % 5 == 0) bytes.resize(random() % bytes.size());
    try {
      EXPECT_EQ(EncodeDelta(DecodeDelta(bytes)), bytes);
    } catch (const base::Error&) {
    }
  }
}

}  // namespace
}  // namespace burnish::store
