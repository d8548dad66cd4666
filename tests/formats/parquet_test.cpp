#include <gtest/gtest.h>

#include "formats/duckdb_handles.hpp"
#include "formats/support.hpp"

namespace burnish::formats {
namespace {

void WriteParquet(const TestFolder& folder, const std::string& name, const std::string& select) {
  duck::Session::Options options;
  options.allowed_folder = folder.Path().string();
  const duck::Session session(options);
  session.Run("COPY (" + select + ") TO " + duck::Literal((folder.Path() / name).string()) + " (FORMAT parquet)");
}

TEST(ParquetTest, PathsAndTypedFields) {
  TestFolder folder;
  folder.Write("1.png", Png(1));
  folder.Write("2.png", Png(2));
  WriteParquet(folder, "labels.parquet",
               "SELECT * FROM (VALUES ('1.png', 'cat', 'train', 1.5, true, TIMESTAMP '2024-01-02 03:04:05', "
               "9007199254740993, [1,2]),"
               " ('2.png', NULL, 'test', NULL, false, NULL, 7, [3])) AS t(file, label, split, weight, indoor, taken, "
               "id, boxes)");
  const auto files = folder.Files();
  const auto plan = Detect(*files, Reader());
  ASSERT_EQ(plan.format, FormatId::kParquet);
  EXPECT_EQ(plan.sentence, "The table labels.parquet: 2 rows, Parquet.");
  EXPECT_EQ(Describe(plan.problems),
            "column_unreadable: The column boxes holds nested values, which are not imported.\n");
  EXPECT_EQ(
      ReadAllSamples(*files, plan.mapping).samples,
      "1.png class=cat split=train weight=1.500000 indoor=1.000000 taken=1704164645000000.000000 id=9007199254740993\n"
      "2.png split=test indoor=0.000000 id=7\n");
}

TEST(ParquetTest, PicturesInsideAsHuggingFaceWritesThem) {
  TestFolder folder;
  std::string hex;
  for (const char c : Png(3)) {
    std::array<char, 5> digits{};
    std::snprintf(digits.data(), digits.size(), "\\x%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    hex += digits.data();
  }
  WriteParquet(folder, "train.parquet",
               "SELECT {'bytes': '" + hex + "'::BLOB, 'path': 'a/1.png'} AS image, 4 AS label");
  const auto files = folder.Files();
  const auto plan = Detect(*files, Reader());
  const auto read = ReadAllSamples(*files, plan.mapping);
  EXPECT_EQ(read.samples, "a/1.png class=4\n");
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(read.staged[0].bytes.data()), read.staged[0].bytes.size()),
            Png(3));
}

TEST(ParquetTest, PicturesWithoutPathsAreCalledByTheirRow) {
  TestFolder folder;
  WriteParquet(folder, "shop.parquet", "SELECT 'x'::BLOB AS photo UNION ALL SELECT 'y'::BLOB");
  const auto files = folder.Files();
  EXPECT_EQ(ReadAllSamples(*files, Detect(*files, Reader()).mapping).samples, "shop/000001\nshop/000002\n");
}

TEST(ParquetTest, DamageIsNamed) {
  TestFolder folder;
  WriteParquet(folder, "good.parquet", "SELECT 'x.png' AS path, range AS n FROM range(1000)");
  const auto whole = base::ReadFile(folder.Path() / "good.parquet");
  std::filesystem::remove(folder.Path() / "good.parquet");
  for (const auto& bytes : {std::string(), std::string("PAR1"), whole.substr(0, whole.size() / 2),
                            whole.substr(0, whole.size() / 2) + whole.substr(whole.size() / 2 + 40)}) {
    folder.Write("bad.parquet", bytes);
    const auto plan = Inspect(*folder.Files(), FormatId::kParquet, "bad.parquet", Reader());
    EXPECT_TRUE(plan.problems.Blocking());
    EXPECT_EQ(Describe(plan.problems),
              "table_damaged: bad.parquet is damaged or not the kind of table that its name says.\n");
  }
}

}  // namespace
}  // namespace burnish::formats
