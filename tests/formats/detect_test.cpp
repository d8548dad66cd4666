#include <gtest/gtest.h>

#include "formats/support.hpp"

namespace burnish::formats {
namespace {

TEST(DetectTest, ClassesInsideSplits) {
  TestFolder folder;
  for (const auto* name : {"train/cat/1.png", "train/dog/2.png", "test/cat/3.png", "val/dog/4.png", "unlabeled/5.png"})
    folder.Write(name, Png());
  const auto files = folder.Files();
  const auto plan = Detect(*files, Reader());
  EXPECT_EQ(plan.sentence, "A folder for each of 2 classes, in train, test, unlabeled and val.");
  EXPECT_EQ(ReadAllSamples(*files, plan.mapping).samples,
            "test/cat/3.png class=cat split=test\ntrain/cat/1.png class=cat split=train\ntrain/dog/2.png class=dog "
            "split=train\n"
            "unlabeled/5.png split=pool\nval/dog/4.png class=dog split=validation\n");
  EXPECT_EQ(Describe(plan.problems), "");
}

TEST(DetectTest, SplitsInsideClasses) {
  TestFolder folder;
  for (const auto* name : {"cat/train/1.png", "cat/test/2.png", "dog/train/3.png"}) folder.Write(name, Png());
  const auto files = folder.Files();
  const auto plan = Detect(*files, Reader());
  EXPECT_EQ(ReadAllSamples(*files, plan.mapping).samples,
            "cat/test/2.png class=cat split=test\ncat/train/1.png class=cat split=train\ndog/train/3.png class=dog "
            "split=train\n");
}

TEST(DetectTest, AFolderOfUnlabeledPicturesBesideTheClasses) {
  TestFolder folder;
  for (const auto* name : {"images/cat/1.png", "images/dog/2.png", "images/unlabeled/3.png"}) folder.Write(name, Png());
  const auto files = folder.Files();
  EXPECT_EQ(ReadAllSamples(*files, Detect(*files, Reader()).mapping).samples,
            "images/cat/1.png class=cat\nimages/dog/2.png class=dog\nimages/unlabeled/3.png split=pool\n");
}

TEST(DetectTest, AFlatFolderHasNoLabels) {
  TestFolder folder;
  folder.Write("1.png", Png());
  folder.Write(".hidden.png", Png());
  folder.Write("notes.txt", "not a picture");
  folder.Write("really-a-png.dat", Png());
  const auto files = folder.Files();
  const auto plan = Detect(*files, Reader());
  EXPECT_EQ(plan.sentence, "Pictures without class folders.");
  EXPECT_EQ(ReadAllSamples(*files, plan.mapping).samples, "1.png\nreally-a-png.dat\n");
  EXPECT_EQ(Describe(plan.problems), "not_an_image: notes.txt is not an image.\n");
}

TEST(DetectTest, ATableWinsOverTheFoldersThatItNames) {
  TestFolder folder;
  folder.Write("photos/1.png", Png(1));
  folder.Write("photos/2.png", Png(2));
  folder.Write("photos/3.png", Png(3));
  folder.Write(
      "labels.csv",
      "file,label,split,site,weight,seen\n1.png,cat,train,Hamburg,1.5,2024-01-02\n./2.png,dog,val,Bremen,2,NA\n");
  const auto files = folder.Files();
  const auto plan = Detect(*files, Reader());
  ASSERT_EQ(plan.format, FormatId::kCsv);
  EXPECT_EQ(plan.mapping.base, "photos");
  EXPECT_EQ(plan.sentence, "The table labels.csv: 2 rows, UTF-8, separated by commas.");
  ASSERT_EQ(plan.alternatives.size(), 1U);
  EXPECT_EQ(plan.alternatives[0].format, FormatId::kFolder);
  const auto read = ReadAllSamples(*files, plan.mapping);
  EXPECT_EQ(read.samples,
            "photos/1.png class=cat split=train site=Hamburg weight=1.500000 seen=1704153600000000.000000\n"
            "photos/2.png class=dog split=validation site=Bremen weight=2.000000\n");
  EXPECT_EQ(Describe(read.problems), "file_unused: photos/3.png is not named by the table; it stays out.\n");
  EXPECT_EQ(plan.first_rows[1].path, "./2.png");
  EXPECT_EQ(plan.first_rows[1].file, files->Find("photos/2.png"));
}

TEST(DetectTest, PathsMayClimbWithinTheSourceButNotOut) {
  TestFolder folder;
  folder.Write("photos/1.png", Png(1));
  folder.Write("tables/labels.csv",
               "file,label\n../photos/1.png,cat\n../../secret.png,dog\n/etc/passwd.png,dog\nphotos/9.png,dog\n,cat\n");
  const auto files = folder.Files();
  const auto plan = Detect(*files, Reader());
  ASSERT_EQ(plan.format, FormatId::kCsv);
  EXPECT_EQ(plan.mapping.base, "tables");
  const auto read = ReadAllSamples(*files, plan.mapping);
  EXPECT_EQ(read.samples, "photos/1.png class=cat\n");
  EXPECT_EQ(Describe(read.problems),
            "path_empty: The row in line 6 of tables/labels.csv names no file.\n"
            "path_outside: 2 paths lead out of the source; they are refused: ../../secret.png, /etc/passwd.png.\n"
            "path_missing: photos/9.png does not exist.\n");
}

TEST(DetectTest, LinksOutOfTheRootAreRefusedAndListed) {
  TestFolder outside;
  outside.Write("secret.png", Png());
  TestFolder folder;
  folder.Write("data/cat/1.png", Png());
  std::filesystem::create_symlink(outside.Path() / "secret.png", folder.Path() / "data/cat/out.png");
  std::filesystem::create_directory_symlink(outside.Path(), folder.Path() / "data/elsewhere");
  std::filesystem::create_symlink("1.png", folder.Path() / "data/cat/in.png");
  std::filesystem::create_directory_symlink("cat", folder.Path() / "data/loop");
  folder.Write(std::string("data/cat/\xFF.png"), Png());
  const auto files = folder.Files("data");
  const auto plan = Detect(*files, Reader());
  EXPECT_EQ(ReadAllSamples(*files, plan.mapping).samples, "cat/1.png class=cat\ncat/in.png class=cat\n");
  EXPECT_EQ(Describe(plan.problems),
            "link_outside: 2 links lead out of the folder; they are not followed: cat/out.png, elsewhere.\n"
            "folder_link: loop is a link to a folder; it is not followed.\n"
            "name_not_utf8: The name cat/\\xFF.png is not UTF-8 text.\n");
  EXPECT_EQ(files->Place(0)->path, "data/cat/1.png");
}

TEST(DetectTest, NoFolderAndNoFolderOutside) {
  TestFolder folder;
  for (const auto* name : {"absent", "../", "/etc"}) EXPECT_THROW(folder.Files(name), base::Error) << name;
}

TEST(DetectTest, AnImportOfNothing) {
  TestFolder folder;
  EXPECT_EQ(Describe(Detect(*folder.Files(), Reader()).problems),
            "nothing_to_import: There is nothing to import in this source: no picture and no table with pictures.\n");
  folder.Write("a.txt", "text");
  folder.Write("b.svg.txt", "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>");
  folder.Write("c.dat", "");
  folder.Write("d.zip", MakeArchive("zip", {{"x.png", Png()}}));
  EXPECT_EQ(Describe(Detect(*OpenFolder(folder.Root(), ""), Reader()).problems),
            "nothing_to_import: There is nothing to import in this source: no picture and no table with pictures.\n"
            "not_an_image: a.txt is not an image.\n"
            "empty_file: c.dat is empty: it has zero bytes.\n"
            "unsupported_image: b.svg.txt is a picture of a kind that Burnish does not read.\n"
            "archive_nested: d.zip is an archive inside the source; it is not opened.\n");
}

TEST(MappingTest, ImpossibleMappingsAreRefusedByName) {
  TestFolder folder;
  folder.Write("1.png", Png(1));
  folder.Write("labels.csv", "file,label,site\n1.png,cat,Hamburg\n");
  const auto files = folder.Files();
  const auto plan = Detect(*files, Reader());
  const auto message = [&](auto change) {
    auto mapping = plan.mapping;
    change(mapping);
    try {
      CheckMapping(plan, mapping);
    } catch (const base::Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(message([](Mapping&) {}), "");
  EXPECT_EQ(message([](Mapping& m) { m.columns[0].role = Role::kIgnore; }),
            "No column says where the pictures are: choose the column with their paths.");
  EXPECT_EQ(message([](Mapping& m) { m.columns[1].role = Role::kPath; }), "Two columns are chosen as path; keep one.");
  EXPECT_EQ(message([](Mapping& m) {
              m.columns[1] = {Role::kField, model::FieldType::kText, "site"};
            }),
            "Two columns would become the field \"site\"; leave one out or rename it.");
  EXPECT_EQ(message([](Mapping& m) { m.columns[2].name = "a\nb"; }),
            "The field name \"a\\x0Ab\" is empty, too long or has control characters; choose another.");
  EXPECT_EQ(message([](Mapping& m) { m.columns.pop_back(); }),
            "The columns changed since the preview; look at the source again.");
  EXPECT_EQ(message([](Mapping& m) { m.columns[2].role = Role::kImage; }),
            "The column \"site\" cannot be read as image; choose another use for it.");
}

TEST(MappingTest, ValuesThatDoNotFitAreListedAndMissing) {
  TestFolder folder;
  for (int i = 1; i <= 4; ++i) folder.Write(std::to_string(i) + ".png", Png(i));
  folder.Write("labels.csv",
               "file,label,split,weight\n1.png,cat,train,1\n2.png,dog,night,heavy\n1.png,dog,test,2\n4.png," +
                   std::string(300, 'x') + ",test,3\n");
  const auto files = folder.Files();
  auto mapping = Detect(*files, Reader()).mapping;
  mapping.columns[1].role = Role::kClass;
  mapping.columns[2].role = Role::kSplit;
  mapping.columns[3] = {Role::kField, model::FieldType::kNumber, "weight"};
  const auto read = ReadAllSamples(*files, mapping);
  EXPECT_EQ(read.samples,
            "1.png class=cat split=train weight=1.000000\n2.png class=dog\n4.png split=test weight=3.000000\n");
  EXPECT_EQ(Describe(read.problems),
            "duplicate_path: 1.png stands in the table twice; the first row is taken.\n"
            "bad_class_name: The class name " +
                std::string(300, 'x') +
                " is too long or has control characters; its samples come without a label.\n"
                "file_unused: 3.png is not named by the table; it stays out.\n"
                "unknown_split: night is no split that Burnish knows; its samples count as without a split.\n"
                "bad_field_value: \"heavy\" in line 3 of labels.csv does not fit the type of its column; it counts as "
                "missing.\n");
}

}  // namespace
}  // namespace burnish::formats
