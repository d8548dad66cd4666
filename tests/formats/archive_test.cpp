#include <gtest/gtest.h>

#include <unistd.h>

#include "formats/parse/archive_parser.hpp"
#include "formats/support.hpp"

namespace burnish::formats {
namespace {

struct Unpacked {
  std::string files;  // "a.png 75\n", by path
  std::string problems;
  std::size_t left_in_staging = 0;
};

Unpacked Unpack(const std::string& archive, const std::string& name = "photos.zip") {
  TestFolder folder;
  folder.Write(name, archive);
  folder.Write("staging/.keep", "");
  const auto files = folder.Files();
  Problems problems;
  auto staged = Reader().Unpack(files->Open(files->Find(name)), name, folder.Path() / "staging", problems);
  const auto set = OpenStaged(folder.Path() / "staging", staged);
  Unpacked result;
  for (const auto& file : set->Files()) result.files += file.path + " " + std::to_string(file.bytes) + "\n";
  for (std::size_t i = 0; i < set->Files().size(); ++i)
    EXPECT_EQ(base::ReadAll(set->Open(i), 1 << 20).size(), set->Files()[i].bytes);
  for (const auto& entry : std::filesystem::directory_iterator(folder.Path() / "staging")) {
    result.left_in_staging += entry.path().filename() == ".keep" ? 0U : 1U;
  }
  problems.Add(set->Found());
  result.problems = Describe(problems);
  return result;
}

class ArchiveTest : public testing::TestWithParam<std::string> {};

TEST_P(ArchiveTest, UnpacksUnderNamesOfOurOwn) {
  const auto result = Unpack(MakeArchive(GetParam(), {{"photos/cat/1.png", Png(1)},
                                                      {"photos/", "", AE_IFDIR},
                                                      {"photos/ä b.png", Png(2)},
                                                      {"__MACOSX/._1.png", "x"},
                                                      {".DS_Store", "x"}}));
  const auto size = std::to_string(Png(1).size());
  EXPECT_EQ(result.files, "photos/cat/1.png " + size + "\nphotos/ä b.png " + std::to_string(Png(2).size()) + "\n");
  EXPECT_EQ(result.problems, "");
  EXPECT_EQ(result.left_in_staging, 2U);
}

TEST_P(ArchiveTest, RefusesWhatLeadsOutLinksAndDoubles) {
  const auto result = Unpack(MakeArchive(GetParam(), {{"../up.png", "1"},
                                                      {"/etc/abs.png", "2"},
                                                      {"a/../../up.png", "3"},
                                                      {"..\\up.png", "4"},
                                                      {"C:\\x.png", "5"},
                                                      {"link.png", "", AE_IFLNK, "/etc/passwd"},
                                                      {"same.png", "6"},
                                                      {"./same.png", "77"},
                                                      {"bell\a.png", "8"},
                                                      {"good.png", "9"}}));
  EXPECT_EQ(result.files, "good.png 1\nsame.png 1\n");
  EXPECT_EQ(result.problems,
            "name_unusable: The name bell\\x07.png is too long or has control characters.\n"
            "entry_outside: 5 entries would land outside the folder that the archive unpacks to; they are refused: "
            "../up.png, /etc/abs.png, a/../../up.png, and 2 more.\n"
            "entry_link: link.png is a link inside an archive; it is refused.\n"
            "entry_duplicate: ./same.png stands in the archive twice; the first is taken.\n");
}

TEST_P(ArchiveTest, ABombLeavesNothingBehind) {
  if (GetParam() == "tar") GTEST_SKIP() << "a plain tar is as large as what it holds";
  const auto result =
      Unpack(MakeArchive(GetParam(), {{"good.png", Png()}, {"bomb.png", std::string(300U << 20U, '\0')}}));
  EXPECT_EQ(result.problems,
            "archive_bomb: photos.zip unpacks to more than 200 times its size; it was not unpacked.\n");
  EXPECT_EQ(result.files, "");
  EXPECT_EQ(result.left_in_staging, 0U);
}

TEST_P(ArchiveTest, ACutArchiveLeavesNothingBehind) {
  const auto whole = MakeArchive(GetParam(), {{"1.png", Png(1)}, {"2.png", std::string(100'000, 'x')}});
  const auto result = Unpack(whole.substr(0, whole.size() / 3));
  EXPECT_EQ(
      result.problems,
      "archive_damaged: photos.zip is damaged or not an archive that Burnish reads; nothing was taken from it.\n");
  EXPECT_EQ(result.left_in_staging, 0U);
}

INSTANTIATE_TEST_SUITE_P(Kinds, ArchiveTest, testing::Values("zip", "tar", "tar.gz"),
                         [](const auto& test) { return test.param == "tar.gz" ? std::string("TarGz") : test.param; });

TEST(ArchiveRefusalTest, WhatIsNoArchive) {
  for (const auto& bytes :
       {std::string(), std::string("hello"), std::string("PK\x03\x04zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"), Png()}) {
    EXPECT_EQ(
        Unpack(bytes).problems,
        "archive_damaged: photos.zip is damaged or not an archive that Burnish reads; nothing was taken from it.\n");
  }
}

TEST(ArchiveRefusalTest, Devices) {
  EXPECT_EQ(Unpack(MakeArchive("tar", {{"null.png", "", AE_IFCHR}, {"pipe.png", "", AE_IFIFO}})).problems,
            "entry_device: 2 entries of the archive are not regular files; they are refused: null.png, pipe.png.\n");
}

TEST(ArchiveRefusalTest, CancellingLeavesNothingBehind) {
  TestFolder folder;
  folder.Write("a.zip", MakeArchive("zip", {{"1.png", Png(1)}, {"2.png", Png(2)}}));
  folder.Write("staging/.keep", "");
  const auto files = folder.Files();
  Problems problems;
  EXPECT_THROW(Reader().Unpack(files->Open(0), "a.zip", folder.Path() / "staging", problems,
                               [](std::uint64_t) { return false; }),
               base::Error);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.Path() / "staging"), {}), 1);
}

class Counting final : public ArchiveSink {
 public:
  bool BeginFile(std::string_view) override { return ++files, true; }
  bool Data(std::span<const std::byte> data) override { return bytes += data.size(), true; }
  bool EndFile() override { return true; }
  void Problem(ProblemCode code, std::uint64_t, std::string_view) override {
    codes += std::string(CodeName(code)) + " ";
  }
  std::size_t files = 0;
  std::size_t bytes = 0;
  std::string codes;
};

TEST(ArchiveLimitsTest, EntriesBytesAndTotalsAreLimited) {
  TestFolder folder;
  folder.Write("a.zip", MakeArchive("zip", {{"1.png", "1234"}, {"2.png", "123456789"}, {"3.png", "1"}}));
  const auto files = folder.Files();
  const auto run = [&](ArchiveLimits limits) {
    Counting counting;
    ParseArchive(files->Open(0).Get(), counting, limits);
    return std::to_string(counting.files) + " files, " + std::to_string(counting.bytes) + " bytes: " + counting.codes;
  };
  EXPECT_EQ(run({10, 100, 100, 100, 100}), "3 files, 14 bytes: ");
  EXPECT_EQ(run({2, 100, 100, 100, 100}), "0 files, 0 bytes: archive_too_large ");
  EXPECT_EQ(run({10, 8, 100, 100, 100}), "2 files, 5 bytes: entry_too_large ");
  EXPECT_EQ(run({10, 100, 13, 100, 100}), "0 files, 0 bytes: archive_too_large ");
}

}  // namespace
}  // namespace burnish::formats
