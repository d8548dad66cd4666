#include "formats/export.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "formats/export_support.hpp"

namespace burnish::formats {
namespace {

model::FieldValue Text(std::string text) { return {false, 0, std::move(text)}; }
model::FieldValue Number(double number) { return {false, number, {}}; }

TEST(ExportTest, FolderPerClassGivesEachSampleAFileOfItsOwn) {
  TestSource source;
  source.Add(Sample("a/1.png", "cat"), Png(1));
  source.Add(Sample("b/1.png", "cat"), Png(2));
  source.Add(Sample("b/1.PNG", "cat"), Png(3));
  source.Add(Sample("2.png", "a/b: ?", model::Split::kTest), Png(4));
  source.Add(Sample("2.png", "a/b_ ?", model::Split::kTest), Png(5));
  source.Add(Sample("3.png", std::nullopt, model::Split::kPool), Png(6));
  TestFolder folder;
  const auto report = ExportTo(folder, {}, source);
  EXPECT_EQ(
      FileNames(folder.Path()),
      "out/checksums.txt\nout/manifest.json\nout/pool/unlabeled/3.png\nout/test/a_b_ _/2.png\nout/test/a_b_ _~2/2.png\n"
      "out/train/cat/1.png\nout/train/cat/1~1.png\nout/train/cat/1~2.PNG\n");
  EXPECT_EQ(report.samples, 6U);
  EXPECT_EQ(report.files, 8U);
}

TEST(ExportTest, TheManifestNamesVersionDigestAndWhatIsNotCarried) {
  TestSource source;
  source.Add(Sample("1.png", "cat", model::Split::kTrain, {Number(2)}), Png(1));
  TestFolder folder;
  ExportRequest request;
  request.format = ExportFormat::kCsv;
  request.version = "spring";
  request.digest = "abc";
  request.sequence = 7;
  request.fields = {{"Path", model::FieldType::kNumber}};
  ExportTo(folder, request, source);
  const auto manifest = boost::json::parse(base::ReadFile(folder.Path() / "out/manifest.json")).as_object();
  EXPECT_EQ(manifest.at("version").as_string(), "spring");
  EXPECT_EQ(manifest.at("content_digest").as_string(), "abc");
  EXPECT_EQ(manifest.at("samples").as_int64(), 1);
  EXPECT_FALSE(manifest.at("does_not_carry").as_array().empty());
  EXPECT_EQ(base::ReadFile(folder.Path() / "out/samples.csv"),
            "path,class,split,tags,field:Path\n1.png,cat,train,,2\n");
  base::Digest digest;
  digest.Update(Png(1));
  const std::string line = "BLAKE2b-256 (1.png) = " + digest.FinishHex() + "\n";
  EXPECT_TRUE(base::ReadFile(folder.Path() / "out/checksums.txt").starts_with(line));
}

TEST(ExportTest, SpreadsheetsGetNoFormulaAndExactStaysExact) {
  TestSource source;
  source.Add(Sample("1.png", "=cmd", model::Split::kTrain,
                    {Text("-5"), Text("@x"), Text("+1"), Text("\tx"), Text(""), Number(-5)}),
             Png(1));
  ExportRequest request;
  request.format = ExportFormat::kCsv;
  for (const auto* name : {"a", "b", "c", "d", "e"}) request.fields.push_back({name, model::FieldType::kText});
  request.fields.push_back({"n", model::FieldType::kNumber});
  TestFolder exact;
  ExportTo(exact, request, source);
  EXPECT_EQ(base::ReadFile(exact.Path() / "out/samples.csv"),
            "path,class,split,tags,a,b,c,d,e,n\n1.png,=cmd,train,,-5,@x,+1,\"\tx\",\"\",-5\n");
  request.csv_mode = CsvMode::kSpreadsheets;
  TestFolder safe;
  EXPECT_EQ(ExportTo(safe, request, source).escaped_cells, 6U);
  EXPECT_EQ(base::ReadFile(safe.Path() / "out/samples.csv"),
            "\xEF\xBB\xBFpath,class,split,tags,a,b,c,d,e,n\n1.png,'=cmd,train,,'-5,'@x,'+1,\"'\tx\",\"\",'-5\n");
}

TEST(ExportTest, ChangedAndMissingMediaAreLeftOutAndNamed) {
  TestSource source;
  source.Add(Sample("1.png", "cat"), Png(1));
  source.Add(Sample("2.png", "cat"), Png(2));
  source.Add(Sample("3.png", "cat"), Png(3));
  source.Damage(0);
  source.Remove(1);
  TestFolder folder;
  const auto report = ExportTo(folder, {}, source);
  EXPECT_EQ(report.samples, 1U);
  EXPECT_EQ(report.left_out,
            (std::vector<std::string>{"1.png: changed since it was imported", "2.png: cannot be read any more"}));
}

TEST(ExportTest, AnUnfinishedFolderIsNotThereAndATakenNameIsRefused) {
  TestSource source;
  source.Add(Sample("1.png", "cat"), Png(1));
  TestFolder folder;
  for (int i = 1; i < 64; ++i) source.Add(Sample(std::to_string(i + 1) + ".png", "cat"), Png(i));
  {
    const auto sink = MakeFolderSink(folder.Path(), "", "out");
    EXPECT_THROW(WriteExport({}, source, *sink, folder.Path() / "scratch", [](std::uint64_t) { return false; }),
                 base::Error);
  }
  EXPECT_EQ(FileNames(folder.Path()), "");
  ExportTo(folder, {}, source);
  EXPECT_THROW(ExportTo(folder, {}, source), base::Error);
  for (const auto* name : {"", "..", "a/b", "a\nb"})
    EXPECT_THROW(MakeFolderSink(folder.Path(), "", name), base::Error) << name;
}

TEST(ExportTest, AZipThatIsStoppedIsNoZip) {
  TestSource source;
  for (int i = 0; i < 3; ++i) source.Add(Sample(std::to_string(i) + ".png", "cät"), Png(i));
  TestFolder folder;
  const auto run = [&](bool finish) {
    std::string bytes;
    const auto sink = MakeZipSink([&](std::span<const std::byte> piece) {
      bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    });
    if (finish)
      WriteExport({}, source, *sink, folder.Path());
    else
      sink->Begin("a.png", 3, true);
    return bytes;
  };
  folder.Write("whole.zip", run(true));
  folder.Write("cut.zip", run(false));
  folder.Write("staging/.keep", "");
  const auto files = folder.Files();
  Problems problems;
  const auto staged =
      Reader().Unpack(files->Open(files->Find("whole.zip")), "whole.zip", folder.Path() / "staging", problems);
  const auto set = OpenStaged(folder.Path() / "staging", staged);
  EXPECT_EQ(Describe(problems), "");
  EXPECT_EQ(set->Files().size(), 5U);
  EXPECT_NE(set->Find("train/cät/0.png"), kNoFile);
  EXPECT_TRUE(
      Reader().Unpack(files->Open(files->Find("cut.zip")), "cut.zip", folder.Path() / "staging", problems).empty());
  EXPECT_EQ(Describe(problems),
            "archive_damaged: cut.zip is damaged or not an archive that Burnish reads; nothing was taken from it.\n");
}

TEST(ExportTest, AReceiverThatStopsEndsTheZip) {
  TestSource source;
  source.Add(Sample("0.png", "cat"), std::string(3U << 20U, 'x'));
  TestFolder folder;
  const auto sink =
      MakeZipSink([](std::span<const std::byte>) { throw base::Error(base::ErrorCode::kCancelled, "gone"); });
  EXPECT_THROW(WriteExport({}, source, *sink, folder.Path()), base::Error);
}

}  // namespace
}  // namespace burnish::formats
