#include "app/imports.hpp"

#include <gtest/gtest.h>

#include "app/import_server.hpp"
#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "store/catalog/model_runs.hpp"

namespace burnish::app {
namespace {

std::string Problems(const ImportView& view) {
  std::string text;
  const auto groups = view.report ? view.report->problems
                      : view.plan ? view.plan->problems.Groups()
                                  : std::vector<formats::ProblemGroup>{};
  for (const auto& group : groups) text += group.Sentence() + "\n";
  return text;
}

TEST(ImportsTest, AFolderPerClassBecomesSamplesInPlace) {
  ImportServer server;
  server.Write("waste/train/glass/1.png", TestPng(1));
  server.Write("waste/train/metal/2.png", TestPng(2));
  server.Write("waste/test/glass/3.png", TestPng(3));
  const auto begun = server.Begin(FolderSource{"photos", "waste"});
  EXPECT_EQ(begun.state, "open");
  const auto checked = server.Check(begun.id);
  ASSERT_EQ(checked.state, "checked") << checked.failure;
  EXPECT_EQ(checked.plan->samples, 3U);
  EXPECT_TRUE(checked.plan->can_commit);
  EXPECT_EQ(checked.plan->classes.size(), 2U);
  EXPECT_FALSE(checked.plan->rows[0].thumbnail.empty());
  EXPECT_EQ(server.Now()->Size(), 0U);
  const auto done = server.Commit(begun.id);
  ASSERT_EQ(done.state, "done") << done.failure;
  EXPECT_EQ(done.report->samples, 3U);
  EXPECT_EQ(server.Describe(),
            "test/glass/3.png: glass test\ntrain/glass/1.png: glass train\ntrain/metal/2.png: metal train\n");
  EXPECT_EQ(server.Now()->MediaOf(0).location.root, "photos");
  EXPECT_EQ(server.Now()->MediaOf(0).width, 8U);
  EXPECT_EQ(server.FilesInStaging(), 0U);
  EXPECT_EQ(server.Use().List(server.Owner(), server.Project()).at(0).report->samples, 3U);
}

TEST(ImportsTest, WhatIsNoPictureIsLeftOutAndNamed) {
  ImportServer server;
  server.Write("cat/1.png", TestPng(1));
  server.Write("dog/2.png", TestPng(2));
  server.Write("dog/text.jpg", "not a picture");
  server.Write("dog/cut.png", TestPng(3).substr(0, 50));
  server.Write("dog/empty.png", "");
  server.Write("dog/drawing.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>");
  server.Write("dog/renamed.jpg", TestPng(4));
  server.Write("notes.txt", "notes");
  const auto done = server.ImportFolder("");
  ASSERT_EQ(done.state, "done") << done.failure << Problems(done);
  EXPECT_EQ(server.Describe(), "cat/1.png: cat train\ndog/2.png: dog train\ndog/renamed.jpg: dog train\n");
  const auto problems = Problems(done);
  for (const auto* sentence : {"2 files are not images: notes.txt, dog/text.jpg.", "dog/cut.png is cut off",
                               "dog/empty.png is empty: it has zero bytes.", "dog/drawing.svg is an SVG drawing"}) {
    EXPECT_NE(problems.find(sentence), std::string::npos) << problems;
  }
  EXPECT_EQ(done.report->left_out, 5U);
}

TEST(ImportsTest, TheSameAgainChangesNothing) {
  ImportServer server;
  server.Write("cat/1.png", TestPng(1));
  server.Write("dog/2.png", TestPng(2));
  server.ImportFolder("");
  const auto head = server.Log().Head(server.Project());
  const auto again = server.ImportFolder("");
  ASSERT_EQ(again.state, "done") << again.failure;
  EXPECT_EQ(again.report->difference.unchanged, 2U);
  EXPECT_EQ(again.report->samples, 0U);
  EXPECT_EQ(server.Log().Head(server.Project()), head);
}

TEST(ImportsTest, ASecondImportShowsTheDifferenceAndNeverOverwritesTruthUnasked) {
  ImportServer server;
  server.Write("set/1.png", TestPng(1));
  server.Write("set/2.png", TestPng(2));
  server.Write("set/3.png", TestPng(3));
  server.Write("set/labels.csv", "path,class,split\n1.png,cat,train\n2.png,dog,train\n3.png,,pool\n");
  server.ImportFolder("set");
  server.Write("set/2.png", TestPng(22));
  server.Write("set/4.png", TestPng(1));
  server.Write("set/labels.csv",
               "path,class,split\n1.png,dog,test\n2.png,dog,train\n3.png,cat,train\n4.png,cat,train\n");
  const auto begun = server.Begin(FolderSource{"photos", "set"});
  const auto checked = server.Check(begun.id);
  ASSERT_TRUE(checked.plan && checked.plan->difference) << checked.failure;
  const auto& difference = *checked.plan->difference;
  EXPECT_EQ(difference.added, 1U);
  EXPECT_EQ(difference.unchanged, 2U);
  EXPECT_EQ(difference.changed_content, 1U);
  EXPECT_EQ(difference.changed_labels, 1U);
  EXPECT_EQ(difference.duplicates, 1U);
  const auto done = server.Commit(begun.id);
  ASSERT_EQ(done.state, "done") << done.failure;
  EXPECT_EQ(server.Describe(), "1.png: cat train\n2.png: dog train\n3.png: cat pool\n4.png: cat train\n");
  const auto before = server.Now()->ContentOf(1);

  ImportChoices replace;
  replace.replace_content = true;
  replace.replace_labels = true;
  const auto replaced = server.ImportFolder("set", replace);
  ASSERT_EQ(replaced.state, "done") << replaced.failure;
  EXPECT_EQ(server.Describe(), "1.png: dog train\n2.png: dog train\n3.png: cat pool\n4.png: cat train\n");
  EXPECT_NE(server.Now()->ContentOf(1), before);
}

TEST(ImportsTest, UploadedFilesAndTheirTableMoveIntoTheBlobStore) {
  ImportServer server;
  const auto begun = server.Begin(UploadSource{"My photos"});
  server.Upload(begun.id, "My photos/a.png", "first try");
  server.Upload(begun.id, "My photos/a.png", TestPng(1));
  server.Upload(begun.id, "My photos/b.png", TestPng(2));
  server.Upload(begun.id, "../evil.png", TestPng(3));
  const auto added = server.Upload(begun.id, "My photos/list.csv", "file,label,site\na.png,cat,Hamburg\nb.png,dog,\n");
  EXPECT_EQ(added.files, 4U);
  const auto checked = server.Check(begun.id);
  ASSERT_EQ(checked.state, "checked") << checked.failure;
  EXPECT_EQ(Problems(checked),
            "../evil.png would land outside the folder that the archive unpacks to; it is refused.\n");
  const auto done = server.Commit(begun.id);
  ASSERT_EQ(done.state, "done") << done.failure;
  EXPECT_EQ(server.Describe(), "My photos/a.png: cat train\nMy photos/b.png: dog train\n");
  EXPECT_EQ(server.Now()->ValueOf(0, 0).text, "Hamburg");
  EXPECT_TRUE(server.Now()->ValueOf(0, 1).missing);
  EXPECT_TRUE(server.Now()->MediaOf(0).location.root.empty());
  EXPECT_EQ(server.FilesInStaging(), 0U);
}

TEST(ImportsTest, ATableOfTheServerTakesItsPathsFromAnotherFolder) {
  ImportServer server;
  server.Write("photos/a.png", TestPng(1));
  server.Write("tables/list.csv", "file,label\na.png,cat\n");
  const auto begun = server.Begin(FolderSource{"photos", "tables/list.csv"});
  EXPECT_FALSE(server.Check(begun.id).plan->can_commit);
  ImportChoices choices;
  choices.media_base = "photos";
  const auto checked = server.Check(begun.id, choices);
  ASSERT_TRUE(checked.plan && checked.plan->can_commit) << checked.failure << Problems(checked);
  EXPECT_EQ(server.Commit(begun.id).state, "done");
  EXPECT_EQ(server.Describe(), "a.png: cat train\n");
  EXPECT_EQ(server.Now()->MediaOf(0).location.path, "photos/a.png");
}

TEST(ImportsTest, StratifiedSplitsKeepEqualPicturesTogether) {
  ImportServer server;
  for (int i = 0; i < 40; ++i)
    server.Write((i % 2 == 0 ? "cat/" : "dog/") + std::to_string(i) + ".png", TestPng(i / 2));
  ImportChoices choices;
  choices.split_plan = SplitPlan::kStratified;
  ASSERT_EQ(server.ImportFolder("", choices).state, "done");
  const auto snapshot = server.Now();
  std::size_t test = 0;
  for (std::size_t i = 0; i < snapshot->Size(); ++i) {
    const auto ordinal = static_cast<model::Ordinal>(i);
    test += snapshot->SplitOf(ordinal) == model::Split::kTest ? 1U : 0U;
    for (const auto twin : snapshot->DuplicatesOf(ordinal))
      EXPECT_EQ(snapshot->SplitOf(twin), snapshot->SplitOf(ordinal));
  }
  EXPECT_EQ(test, 12U);
}

TEST(ImportsTest, AnImportCanBeUndone) {
  ImportServer server;
  server.Write("cat/1.png", TestPng(1));
  const auto done = server.ImportFolder("");
  store::UndoRequest undo;
  undo.project = server.Project();
  undo.operation = server.NewOperation();
  undo.author = server.Owner().person;
  undo.what = store::UndoRequest::What::kChange;
  undo.target = *done.report->sequence;
  server.Log().Undo(undo);
  EXPECT_EQ(server.Describe(), "");
  EXPECT_EQ(server.ImportFolder("").report->samples, 1U);
  EXPECT_EQ(server.Describe(), "cat/1.png: cat train\n");
}

TEST(ImportsTest, CancellingLeavesNothingBehind) {
  ImportServer server;
  const auto begun = server.Begin(UploadSource{"a"});
  server.Upload(begun.id, "a.png", TestPng(1));
  server.Check(begun.id);
  server.Use().Cancel(server.Owner(), server.Project(), begun.id);
  EXPECT_EQ(server.Use().Get(server.Owner(), server.Project(), begun.id).state, "cancelled");
  EXPECT_EQ(server.FilesInStaging(), 0U);
  EXPECT_EQ(server.Log().Head(server.Project()), 0U);
  EXPECT_THROW(server.Upload(begun.id, "b.png", TestPng(2)), base::Error);
}

TEST(ImportsTest, NothingCanBeCommittedBeforeItWasChecked) {
  ImportServer server;
  server.Write("notes.txt", "no picture");
  const auto begun = server.Begin(FolderSource{"photos", ""});
  EXPECT_THROW(server.Commit(begun.id), base::Error);
  const auto checked = server.Check(begun.id);
  ASSERT_TRUE(checked.plan) << checked.state << " " << checked.failure;
  EXPECT_FALSE(checked.plan->can_commit);
  EXPECT_THROW(server.Commit(begun.id), base::Error);
  EXPECT_THROW(server.Begin(FolderSource{"nowhere", ""}), base::Error);
  EXPECT_THROW(server.Begin(FolderSource{"photos", "../x"}), base::Error);
  EXPECT_THROW(server.Begin(UploadSource{""}), base::Error);
}

TEST(ImportsTest, ACheckThatEndsWhileItIsAskedForIsNeverSeenWithoutItsPlan) {
  ImportServer server;
  server.Write("notes.txt", "no picture");
  const auto begun = server.Begin(FolderSource{"photos", ""});
  for (int round = 0; round < 40; ++round) {
    server.Use().Check(server.Owner(), server.Project(), begun.id, {});
    auto view = server.Use().Get(server.Owner(), server.Project(), begun.id);
    while (view.state == "checking") view = server.Use().Get(server.Owner(), server.Project(), begun.id);
    ASSERT_EQ(view.state, "checked") << round;
    ASSERT_TRUE(view.plan) << round;
  }
}

TEST(ImportsTest, AnImportThatCannotBeStartedCanBeTriedAgain) {
  ImportServer server;
  server.Write("cat/1.png", TestPng(1));
  const auto begun = server.Begin(FolderSource{"photos", ""});
  ASSERT_TRUE(server.Check(begun.id).plan);
  base::ArmFailpoints("catalog.begin:error");
  EXPECT_THROW(server.Commit(begun.id), base::Error);
  base::ArmFailpoints("");
  EXPECT_EQ(server.Use().Get(server.Owner(), server.Project(), begun.id).state, "checked");
  EXPECT_EQ(server.Commit(begun.id).state, "done");
}

TEST(ImportsTest, ModelResultsBecomeAModelRun) {
  ImportServer server;
  server.Write("cat/1.png", TestPng(1));
  server.Write("dog/2.png", TestPng(2));
  server.ImportFolder("");
  const auto begun = server.Begin(UploadSource{"run"});
  server.Upload(begun.id, "run.csv", "path,cat,dog\ncat/1.png,0.9,0.1\ndog/2.png,0.6,0.4\nx.png,1,0\n");
  ImportChoices choices;
  choices.run_name = "resnet";
  const auto checked = server.Check(begun.id, choices);
  ASSERT_TRUE(checked.plan) << checked.failure;
  EXPECT_EQ(checked.plan->content, ImportContent::kPredictions);
  EXPECT_EQ(Problems(checked), "x.png is no sample of this project.\n");
  const auto done = server.Commit(begun.id);
  ASSERT_EQ(done.state, "done") << done.failure;
  EXPECT_EQ(done.report->predictions, 2U);
  const auto runs = server.Space().Parts().catalog.Read(
      [&](store::Reader& reader) { return store::ListModelRuns(reader, server.Project()); });
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].name, "resnet");
}

TEST(ImportsTest, RecyclingPhotos) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP()
      << "in its sandbox a decoder built with ThreadSanitizer spins in the sanitizer's runtime after some pictures";
#endif
  const char* place = std::getenv("BURNISH_TEST_DATA");
  if (place == nullptr || !std::filesystem::exists(std::filesystem::path(place) / "recycling-photos"))
    GTEST_SKIP() << "BURNISH_TEST_DATA names no folder with recycling-photos";
  ImportServer server;
  std::filesystem::copy(std::filesystem::path(place) / "recycling-photos", server.Photos() / "recycling",
                        std::filesystem::copy_options::recursive);
  const auto done = server.ImportFolder("recycling");
  ASSERT_EQ(done.state, "done") << done.failure;
  EXPECT_EQ(done.report->samples, 2'527U);
  EXPECT_EQ(done.report->difference.duplicates, 3U);
  EXPECT_EQ(server.Now()->Duplicates().Count(), 6U);
  EXPECT_EQ(server.Now()->ontology.Classes().size(), 6U);
}

TEST(ExportsTest, AnExportImportedIntoANewProjectGivesTheSameTruth) {
  ImportServer server;
  server.Write("set/1.png", TestPng(1));
  server.Write("set/2.png", TestPng(2));
  server.Write("set/labels.csv", "path,class,split,site\n1.png,cat,train,Hamburg\n2.png,,pool,\n");
  server.ImportFolder("set");
  const auto before = server.Describe();
  ExportChoices choices;
  choices.format = formats::ExportFormat::kCsv;
  const auto view = server.Export().Create(server.Owner(), server.Project(), server.NewOperation(), choices);
  EXPECT_EQ(view.samples, 2U);
  EXPECT_FALSE(view.leaves_out.empty());
  EXPECT_EQ(server.Export().FileName(server.Owner(), server.Project(), view.id), "test-now.zip");
  std::string zip;
  server.Export().Write(server.Owner(), server.Project(), view.id, [&](std::span<const std::byte> bytes) {
    zip.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  });
  server.UseProject(server.NewProject("copy"));
  const auto begun = server.Begin(UploadSource{"test-now.zip"});
  server.Upload(begun.id, "test-now.zip", zip);
  const auto checked = server.Check(begun.id);
  ASSERT_TRUE(checked.plan && checked.plan->can_commit) << checked.failure << Problems(checked);
  ASSERT_EQ(server.Commit(begun.id).state, "done");
  EXPECT_EQ(server.Describe(), before);
  EXPECT_EQ(server.Now()->ValueOf(*server.Now()->FindField("site"), 0).text, "Hamburg");
  EXPECT_EQ(server.FilesInStaging(), 0U);
}

TEST(ExportsTest, ToAFolderOfTheServer) {
  ImportServer server;
  server.Write("set/cat/1.png", TestPng(1));
  server.ImportFolder("set");
  ExportChoices choices;
  choices.folder = ExportChoices::Folder{"photos", "out"};
  const auto view = server.Export().Create(server.Owner(), server.Project(), server.NewOperation(), choices);
  ASSERT_TRUE(view.job);
  const auto job = server.Space().Parts().jobs.Wait(server.Project(), view.job->id, std::chrono::seconds(60));
  EXPECT_EQ(job->state, jobs::State::kDone) << job->error;
  EXPECT_TRUE(std::filesystem::exists(server.Photos() / "out/train/cat/1.png"));
  choices.folder->path = "../out";
  EXPECT_THROW(server.Export().Create(server.Owner(), server.Project(), server.NewOperation(), choices), base::Error);
}

}  // namespace
}  // namespace burnish::app
