#include "store/artifacts/pack.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "base/error.hpp"
#include "base/files.hpp"
#include "store/artifacts/fixed_pack.hpp"
#include "store/columns/test_project.hpp"

namespace burnish::store {
namespace {

namespace fs = std::filesystem;

base::ContentHash Key(std::string_view text) {
  return base::HashContent(std::as_bytes(std::span(text.data(), text.size())));
}
std::span<const std::byte> Bytes(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }
std::string TextIn(std::optional<std::span<const std::byte>> bytes) {
  return bytes ? std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size()) : "none";
}

TEST(Crc32cTest, AgreesWithRfc3720) { EXPECT_EQ(Crc32c(Bytes("123456789")), 0xE3069283U); }

TEST(Crc32cTest, IsTheSameInOnePieceAndInMany) {
  std::string text;
  for (int i = 0; i < 20'001; ++i) text.push_back(static_cast<char>(i * i + i / 255));
  for (const std::size_t piece : {1U, 13U, 1000U, 3072U, 7000U}) {
    std::uint32_t crc = 0;
    for (std::size_t at = 0; at < text.size(); at += piece)
      crc = Crc32c(Bytes(text).subspan(at, std::min(piece, text.size() - at)), crc);
    EXPECT_EQ(crc, Crc32c(Bytes(text))) << piece;
  }
}

TEST(PackTest, KeepsTheFirstOfEachKeyOverReopening) {
  const TemporaryFolder folder;
  const fs::path file = folder.Path() / PackFileName("thumbnail", "webp-96.2");
  {
    Pack pack(file);
    pack.Put(Key("a"), Bytes("first"));
    pack.Put(Key("a"), Bytes("second"));
    pack.Put(Key("b"), Bytes(""));
    pack.Put(Key("c"), Bytes(std::string(3'000'000, 'c')));
    pack.Sync();
  }
  const Pack pack(file);
  for (int i = 0; i < 2; ++i) {
    const auto at_hand = pack.GetAtHand(Key("a"));
    if (at_hand) {  // some file systems cannot say what is in memory
      EXPECT_EQ(*at_hand, "first");
    }
  }
  EXPECT_EQ(pack.GetAtHand(Key("nothing")), nullptr);
  EXPECT_EQ(pack.Count(), 3U);
  EXPECT_EQ(pack.Get(Key("a")), "first");
  EXPECT_EQ(pack.Get(Key("b")), "");
  EXPECT_EQ(pack.Get(Key("c"))->size(), 3'000'000U);
  EXPECT_EQ(pack.Get(Key("d")), std::nullopt);
}

TEST(PackTest, WhatIsAtHandIsOfItsKeyHoweverManyAreAsked) {
  const TemporaryFolder folder;
  Pack pack(folder.Path() / "many.pack");
  constexpr int kRecords = 5 * HotRecords::kSlots;
  for (int i = 0; i < kRecords; ++i) pack.Put(Key(std::to_string(i)), Bytes("bytes " + std::to_string(i)));
  for (int i = 0; i < 3 * kRecords; ++i) {
    const auto number = std::to_string(i % 2 == 0 ? i % kRecords : i % 7);
    const auto at_hand = pack.GetAtHand(Key(number));
    if (at_hand) {
      EXPECT_EQ(*at_hand, "bytes " + number);
    }
  }
}

TEST(PackTest, ATornTailIsCutOffAtEveryLength) {
  const TemporaryFolder folder;
  const fs::path file = folder.Path() / "torn.pack";
  {
    Pack pack(file);
    pack.Put(Key("a"), Bytes("kept"));
    pack.Put(Key("b"), Bytes("torn"));
  }
  const std::string whole = base::ReadFile(file);
  for (std::size_t size = 36; size < whole.size(); ++size) {
    std::ofstream(file, std::ios::trunc | std::ios::binary) << whole.substr(0, size);
    Pack pack(file);
    EXPECT_EQ(pack.Get(Key("a")), "kept") << size;
    EXPECT_EQ(pack.Get(Key("b")), std::nullopt) << size;
    pack.Put(Key("b"), Bytes("again"));
    EXPECT_EQ(Pack(file).Get(Key("b")), "again") << size;
  }
}

TEST(PackTest, ADamagedRecordIsAbsentAndCanBePutAgain) {
  const TemporaryFolder folder;
  const fs::path file = folder.Path() / "damaged.pack";
  {
    Pack pack(file);
    pack.Put(Key("a"), Bytes("aaaa"));
    pack.Put(Key("b"), Bytes("bbbb"));
  }
  std::string whole = base::ReadFile(file);
  whole[whole.find("aaaa")] = 'x';
  std::ofstream(file, std::ios::trunc | std::ios::binary) << whole;
  Pack pack(file);
  EXPECT_FALSE(pack.TakeDamaged());
  EXPECT_EQ(pack.Get(Key("a")), std::nullopt);
  EXPECT_TRUE(pack.TakeDamaged());
  EXPECT_EQ(pack.Get(Key("b")), "bbbb");
  pack.Put(Key("a"), Bytes("aaaa"));
  EXPECT_EQ(pack.Get(Key("a")), "aaaa");
  EXPECT_FALSE(pack.TakeDamaged());
  EXPECT_EQ(Pack(file).Get(Key("a")), "aaaa") << "the damaged one came first, and must not come back";
}

TEST(PackTest, WhatIsNoPackIsSetAside) {
  const TemporaryFolder folder;
  const fs::path file = folder.Path() / "garbage.pack";
  std::ofstream(file) << "this is something else";
  Pack pack(file);
  pack.Put(Key("a"), Bytes("a"));
  EXPECT_EQ(pack.Get(Key("a")), "a");
  EXPECT_TRUE(fs::exists(file.string() + ".broken-1"));
  EXPECT_THROW(PackFileName("x", "../recipe"), base::Error);
}

TEST(PackTest, ManyAtOnceAreFoundAsOneByOne) {
  const TemporaryFolder folder;
  Pack pack(folder.Path() / "many.pack");
  FixedPack fixed(folder.Path() / "many.fixed", 5);
  std::vector<base::ContentHash> keys;
  for (int i = 0; i < 20'000; ++i) {
    keys.push_back(Key(std::to_string(i % 15'000)));
    if (i % 3 == 0) pack.Put(keys.back(), Bytes("some"));
    if (i % 7 == 0) fixed.Put(keys.back(), Bytes("other"));
  }
  const std::vector<bool> has = pack.HasEach(keys);
  const std::vector<std::uint32_t> rows = fixed.RowsOf(keys);
  ASSERT_EQ(has.size(), keys.size());
  ASSERT_EQ(rows.size(), keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(has[i], pack.Has(keys[i])) << i;
    EXPECT_EQ(rows[i], fixed.RowOf(keys[i])) << i;
  }
  EXPECT_TRUE(pack.HasEach({}).empty());
  EXPECT_TRUE(fixed.RowsOf({}).empty());
}

TEST(FixedPackTest, RowsStayWhereTheyAre) {
  const TemporaryFolder folder;
  const fs::path file = folder.Path() / "embeddings.fixed";
  {
    FixedPack pack(file, 5);
    EXPECT_EQ(pack.Put(Key("a"), Bytes("aaaaa")), 0U);
    const std::span<const std::byte> first = pack.Row(0);
    for (int i = 0; i < 5'000; ++i) pack.Put(Key(std::to_string(i)), Bytes("other"));
    EXPECT_EQ(pack.Put(Key("a"), Bytes("bbbbb")), 0U);
    EXPECT_EQ(TextIn(first), "aaaaa");
    EXPECT_THROW(pack.Put(Key("x"), Bytes("four")), base::Error);
    pack.Sync();
  }
  const FixedPack pack(file, 5);
  EXPECT_EQ(pack.Rows(), 5'001U);
  EXPECT_EQ(TextIn(pack.Get(Key("a"))), "aaaaa");
  EXPECT_EQ(pack.RowOf(Key("4999")), 5'000U);
  EXPECT_EQ(TextIn(pack.Get(Key("nothing"))), "none");
}

TEST(FixedPackTest, ARowIsReadAsItIsMapped) {
  const TemporaryFolder folder;
  FixedPack pack(folder.Path() / "rows.fixed", 6);
  pack.Put(Key("a"), Bytes("abcdef"));
  pack.Put(Key("b"), Bytes("ghijkl"));
  for (std::uint32_t row = 0; row < 2; ++row) {
    std::array<std::byte, 6> read{};
    pack.ReadRow(row, read);
    EXPECT_TRUE(std::ranges::equal(read, pack.Row(row)));
  }
  std::array<std::byte, 6> none{};
  EXPECT_THROW(pack.ReadRow(2, none), base::Error);
}

TEST(FixedPackTest, TornTailsDamageAndOtherSizesAreFound) {
  const TemporaryFolder folder;
  const fs::path file = folder.Path() / "quality.fixed";
  {
    FixedPack pack(file, 8);
    pack.Put(Key("a"), Bytes("aaaaaaaa"));
    pack.Put(Key("b"), Bytes("bbbbbbbb"));
    pack.Put(Key("c"), Bytes("cccccccc"));
  }
  std::string whole = base::ReadFile(file);
  whole[whole.find("bbbbbbbb")] = 'x';
  std::ofstream(file, std::ios::trunc | std::ios::binary) << whole.substr(0, whole.size() - 3);
  {
    FixedPack pack(file, 8);
    EXPECT_EQ(TextIn(pack.Get(Key("a"))), "aaaaaaaa");
    EXPECT_EQ(TextIn(pack.Get(Key("b"))), "none");
    EXPECT_EQ(TextIn(pack.Get(Key("c"))), "none");
    pack.Put(Key("b"), Bytes("bbbbbbbb"));
  }
  EXPECT_EQ(TextIn(FixedPack(file, 8).Get(Key("b"))), "bbbbbbbb");
  FixedPack other(file, 16);
  EXPECT_EQ(other.Rows(), 0U);
  EXPECT_TRUE(fs::exists(file.string() + ".broken-1"));
}

}  // namespace
}  // namespace burnish::store
