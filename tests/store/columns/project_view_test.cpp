#include "store/columns/project_view.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <future>
#include <new>
#include <thread>

#include "base/error.hpp"
#include "base/files.hpp"
#include "store/columns/duck.hpp"
#include "store/columns/kept_file.hpp"
#include "store/columns/memory_file.hpp"
#include "store/columns/test_project.hpp"

namespace burnish::store {
namespace {

using std::chrono::seconds;
namespace fs = std::filesystem;

constexpr model::Aspect kSplit{model::AspectKind::kSplit, 0};
constexpr model::Aspect kLabel{model::AspectKind::kLabel, 0};

// A view that has caught up with its project, memory and file.
struct Settled {
  explicit Settled(TestProject& project) : view(project.Truth(), project.Options()) {
    const model::SequenceNumber head = project.Now()->as_of;
    view.AtLeast(head, seconds(10));
    EXPECT_TRUE(view.WaitForFile(head, seconds(10)));
  }
  ProjectView view;
};

TEST(ProjectViewTest, MemoryFileAndRebuildHaveOneDigest) {
  for (unsigned seed = 0; seed < 4; ++seed) {
    TestProject project;
    FillAtRandom(project, seed, 60, 20);
    Settled settled(project);
    const std::string expected = Digest(*project.Now());
    EXPECT_EQ(Digest(*settled.view.Latest()), expected);
    EXPECT_EQ(settled.view.DigestOfFile().digest, expected);
    const ProjectView::Rebuilt rebuilt = settled.view.Rebuild();
    EXPECT_EQ(rebuilt.before, expected);
    EXPECT_EQ(rebuilt.after, expected);
    EXPECT_EQ(settled.view.DigestOfFile().digest, expected);
  }
}

TEST(ProjectViewTest, ARebuildAskedForAtOnceWaitsForTheFileThatIsThere) {
  TestProject project;
  FillAtRandom(project, 2, 60, 20);
  const std::string expected = Digest(*project.Now());
  { const Settled settled(project); }
  for (int i = 0; i < 5; ++i) {
    ProjectView view(project.Truth(), project.Options());
    const ProjectView::Rebuilt rebuilt = view.Rebuild();
    EXPECT_EQ(rebuilt.before, expected);
    EXPECT_EQ(rebuilt.after, expected);
    EXPECT_EQ(view.DigestOfFile().digest, expected);
    EXPECT_EQ(Digest(*view.AtLeast(project.Now()->as_of)), expected);
    EXPECT_EQ(view.Progress().problem, "");
  }
}

TEST(ProjectViewTest, EditsAreSeenAtOnceAndKeptForTheNextStart) {
  TestProject project;
  FillAtRandom(project, 1, 50, 5);
  {
    Settled settled(project);
    settled.view.Apply(project.Set(kSplit, {1, 2, 3}, 2));
    EXPECT_EQ(settled.view.Latest()->as_of, project.Now()->as_of);
    EXPECT_EQ(Digest(*settled.view.Latest()), Digest(*project.Now()));
    settled.view.WaitForFile(project.Now()->as_of, seconds(10));
  }
  Settled again(project);
  EXPECT_EQ(Digest(*again.view.Latest()), Digest(*project.Now()));
  EXPECT_FALSE(fs::exists(project.File().string() + ".broken-1"));
}

TEST(ProjectViewTest, ChangesOfOthersAndGapsComeFromTheLog) {
  TestProject project;
  FillAtRandom(project, 2, 20, 0);
  Settled settled(project);
  project.Set(kSplit, {1}, 3);
  settled.view.Apply(project.Set(kSplit, {2}, 3));  // the one before was never told
  EXPECT_EQ(settled.view.Latest()->as_of, project.Now()->as_of);
  project.Set(kSplit, {3}, 3);
  EXPECT_EQ(Digest(*settled.view.AtLeast(project.Now()->as_of, seconds(10))), Digest(*project.Now()));
  EXPECT_THROW(settled.view.AtLeast(project.Now()->as_of + 1, std::chrono::milliseconds(20)), base::Error);
}

// As when there is no memory for a while: each attempt to follow the log fails, and more than once while people wait.
TEST(ProjectViewTest, WhoWaitsIsAnsweredSoonAfterTheLogCanBeFollowedAgain) {
  TestProject project;
  FillAtRandom(project, 2, 20, 0);
  std::atomic<int> failures = 0;
  ProjectTruth truth = project.Truth();
  truth.read_changes = [&failures, read = truth.read_changes](model::SequenceNumber after, std::size_t limit) {
    if (failures > 0 && failures-- > 0) throw std::bad_alloc();
    return read(after, limit);
  };
  ProjectView view(std::move(truth), project.Options());
  ASSERT_TRUE(view.WaitForFile(project.Now()->as_of, seconds(10)));
  project.Set(kSplit, {1}, 3);
  failures = 4;  // with pauses that double between them, 7.5 s
  EXPECT_EQ(view.AtLeast(project.Now()->as_of, seconds(5))->as_of, project.Now()->as_of);
  EXPECT_EQ(failures, 0);
}

TEST(ProjectViewTest, HistoryOfASampleIsNewestFirstAndEndsWithItsImport) {
  TestProject project;
  project.AddClasses({"Shirt", "Coat"});
  project.Import({}, {Row("a"), Row("b")});
  project.Set(kLabel, {0, 1}, Labeled(0));
  project.Set(kLabel, {1}, Labeled(1));
  project.Set(kSplit, {0}, 2);
  Settled settled(project);
  const std::vector<HistoryEntry> history = settled.view.HistoryOf(1);
  ASSERT_EQ(history.size(), 3U);
  EXPECT_EQ(history[0].sequence, 4U);
  EXPECT_EQ(history[0].before, Labeled(0));
  EXPECT_EQ(history[0].after, Labeled(1));
  EXPECT_EQ(history[0].author.Text(), "anna");
  EXPECT_EQ(history[1].before, model::kNoLabelCode);
  EXPECT_EQ(history[2].aspect.kind, model::AspectKind::kWithdrawn);
  EXPECT_EQ(settled.view.ChangedIn(3, 5), (std::vector<model::Ordinal>{0, 1}));
  EXPECT_EQ(settled.view.ChangedIn(4, 5), (std::vector<model::Ordinal>{0}));
  EXPECT_THROW(settled.view.HistoryOf(9), base::Error);
}

TEST(ProjectViewTest, TheProjectCanBeSeenAsItWas) {
  TestProject project;
  FillAtRandom(project, 5, 40, 10);
  Settled settled(project);
  for (const SnapshotPtr& then : project.Past())
    EXPECT_EQ(ContentDigest(*settled.view.At(then->as_of)), ContentDigest(*then));
  EXPECT_THROW(settled.view.At(project.Now()->as_of + 1), base::Error);
}

TEST(ProjectViewTest, AttachmentsSurviveEditsAndRebuild) {
  TestProject project;
  FillAtRandom(project, 6, 20, 0);
  Settled settled(project);
  settled.view.Attach([](const Snapshot& latest) {
    RunColumns run;
    run.run = base::RunId("probe");
    return WithRun(latest, run);
  });
  settled.view.Apply(project.Set(kSplit, {0}, 1));
  settled.view.Rebuild();
  EXPECT_NE(settled.view.Latest()->FindRun("probe"), nullptr);
}

TEST(ProjectViewTest, AHundredConcurrentEditsReachMemoryAndFile) {
  TestProject project;
  FillAtRandom(project, 7, 200, 0);
  Settled settled(project);
  std::vector<model::Change> changes;
  for (unsigned i = 0; i < 100; ++i) changes.push_back(project.Set(kSplit, {i}, 1 + i % 3));
  std::thread other([&] {
    for (std::size_t i = 1; i < changes.size(); i += 2) settled.view.Apply(changes[i]);
  });
  for (std::size_t i = 0; i < changes.size(); i += 2) settled.view.Apply(changes[i]);
  other.join();
  EXPECT_EQ(Digest(*settled.view.AtLeast(project.Now()->as_of)), Digest(*project.Now()));
  ASSERT_TRUE(settled.view.WaitForFile(project.Now()->as_of, seconds(10)));
  EXPECT_EQ(settled.view.DigestOfFile().digest, Digest(*project.Now()));
}

// What can happen to a file while nobody looks. R-07: found, set aside, made anew, digest equal, truth untouched.
struct Damage {
  const char* name;
  std::function<void(TestProject&)> harm;
  bool set_aside = true;
};

void FlipBytes(const fs::path& file, double from, double to, unsigned stride) {
  std::string bytes = base::ReadFile(file);
  for (auto i = static_cast<std::size_t>(from * static_cast<double>(bytes.size()));
       i < static_cast<std::size_t>(to * static_cast<double>(bytes.size())); i += stride) {
    bytes[i] = static_cast<char>(bytes[i] ^ 0x5A);
  }
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

void RunSql(const TestProject& project, const std::string& sql) {
  duck::DatabaseOptions options;
  options.file = project.File();
  duck::Session(options).Run(sql);
}

const Damage kDamages[] = {
    {"deleted", [](TestProject& project) { fs::remove(project.File()); }, false},
    {"empty", [](TestProject& project) { fs::resize_file(project.File(), 0); }},
    {"half", [](TestProject& project) { fs::resize_file(project.File(), fs::file_size(project.File()) / 2); }},
    {"header_only", [](TestProject& project) { fs::resize_file(project.File(), 4'096); }},
    {"garbage",
     [](TestProject& project) { std::ofstream(project.File(), std::ios::trunc) << std::string(50'000, 'x'); }},
    {"header_flipped", [](TestProject& project) { FlipBytes(project.File(), 0, 0.01, 7); }},
    {"data_flipped", [](TestProject& project) { FlipBytes(project.File(), 0.05, 0.95, 4'001); }},
    {"garbage_wal",
     [](TestProject& project) { std::ofstream(project.File().string() + ".wal") << std::string(3'000, 'w'); },
     false},  // DuckDB sees it
    {"future_format", [](TestProject& project) { RunSql(project, "UPDATE meta SET format = 999"); }},
    {"another_project", [](TestProject& project) { RunSql(project, "UPDATE meta SET project = 'other'"); }},
    {"table_gone", [](TestProject& project) { RunSql(project, "DROP TABLE labels"); }},
    {"value_changed",
     [](TestProject& project) { RunSql(project, "UPDATE samples SET split = (split + 1) % 4 WHERE ordinal = 3"); }},
    {"rows_gone", [](TestProject& project) { RunSql(project, "DELETE FROM samples WHERE ordinal = 2"); }},
    {"log_went_back", [](TestProject& project) { project.ForgetAfter(project.Now()->as_of - 2); }},
    {"another_log", [](TestProject& project) { project.RewriteOperation(project.Now()->as_of, "somebody-else"); }},
    {"a_folder",
     [](TestProject& project) {
       fs::remove(project.File());
       fs::create_directory(project.File());
     }},
};

class DamagedFileTest : public testing::TestWithParam<Damage> {};

TEST_P(DamagedFileTest, IsSetAsideAndMadeAnewWithTheSameDigest) {
  TestProject project;
  FillAtRandom(project, 11, 80, 15);
  { Settled settled(project); }
  GetParam().harm(project);
  Settled settled(project);
  EXPECT_EQ(Digest(*settled.view.Latest()), Digest(*project.Now()));
  EXPECT_EQ(settled.view.DigestOfFile().digest, Digest(*project.Now()));
  EXPECT_EQ(fs::exists(project.File().string() + ".broken-1"), GetParam().set_aside);
  EXPECT_TRUE(settled.view.Progress().ready);
}

fs::path MemoryOf(const TestProject& project) { return fs::path(project.File()).replace_extension(".memory"); }

TEST(KeptMemoryTest, HoldsWhatTheDigestCovers) {
  for (unsigned seed = 20; seed < 23; ++seed) {
    TestProject project;
    FillAtRandom(project, seed, 70, 25);
    { Settled settled(project); }
    const auto kept = ReadMemoryFile(MemoryOf(project), project.Now()->project);
    ASSERT_TRUE(kept);
    EXPECT_EQ(Digest(*kept->snapshot), Digest(*project.Now()));
  }
}

TEST(KeptMemoryTest, ServesBeforeTheFileWasLookedAt) {
  TestProject project;
  FillAtRandom(project, 24, 50, 5);
  { Settled settled(project); }
  project.Set(kSplit, {1, 2}, 3);  // while no view ran
  ProjectViewOptions options = project.Options();
  options.probe_program = "/nonexistent";  // the file can never be trusted
  ProjectView view(project.Truth(), options);
  EXPECT_EQ(Digest(*view.AtLeast(project.Now()->as_of, seconds(10))), Digest(*project.Now()));
}

TEST(KeptFileTest, AWriteEndsWhilePeopleGoOnEditing) {
  TestProject project;
  FillAtRandom(project, 29, 50, 5);
  ProjectTruth truth = project.Truth();
  int edits = 0;
  truth.read_changes = [&, read = truth.read_changes](model::SequenceNumber after, std::size_t limit) {
    auto changes = read(after, limit);
    project.Set({model::AspectKind::kSplit, 0}, {0}, ++edits % 2 == 0 ? 2 : 1);
    return changes;
  };
  const auto head = project.Now()->as_of;
  model::SequenceNumber written = 0;
  const ProjectViewOptions options = project.Options();
  KeptFile file(truth, options,
                {[] { return false; }, [&] { return edits > 100; },
                 [&](model::SequenceNumber applied) { written = applied; }, [] {}});
  file.Write();
  EXPECT_GE(written, head);
  EXPECT_LT(edits, 10);
}

// A project whose next view looks at the file until it is let.
struct SlowProbe {
  SlowProbe() {
    FillAtRandom(project, 27, 50, 5);
    { Settled settled(project); }
    const fs::path program = project.Folder() / "slow-probe";
    std::ofstream(program) << "#!/bin/sh\nwhile [ ! -e '" << let.string() << "' ]; do sleep 0.01; done\n"
                           << "exec '" << options.probe_program << "' \"$@\"\n";
    fs::permissions(program, fs::perms::owner_all);
    options.probe_program = program;
  }
  void Let() { std::ofstream(let) << "now"; }

  TestProject project;
  fs::path let = project.Folder() / "let";
  ProjectViewOptions options = project.Options();
};

TEST(KeptMemoryTest, HistoryIsAnsweredWhileTheFileIsLookedAt) {
  SlowProbe slow;
  ProjectView view(slow.project.Truth(), slow.options);
  const model::SequenceNumber head = slow.project.Now()->as_of;
  view.AtLeast(head, seconds(10));
  auto meanwhile =
      std::async(std::launch::async, [&] { return std::pair(view.HistoryOf(0), view.ChangedIn(1, head)); });
  const bool answered = meanwhile.wait_for(seconds(5)) == std::future_status::ready;
  slow.Let();
  ASSERT_TRUE(answered);
  EXPECT_TRUE(view.WaitForFile(head, seconds(10)));
  const auto [history, changed] = meanwhile.get();
  const auto of_file = view.HistoryOf(0);
  ASSERT_EQ(history.size(), of_file.size());
  for (std::size_t i = 0; i < history.size(); ++i) EXPECT_EQ(history[i].sequence, of_file[i].sequence);
  EXPECT_EQ(changed, view.ChangedIn(1, head));
}

TEST(KeptMemoryTest, AnEndDoesNotWaitForTheFileToBeLookedAt) {
  SlowProbe slow;
  auto view = std::make_unique<ProjectView>(slow.project.Truth(), slow.options);
  view->AtLeast(slow.project.Now()->as_of, seconds(10));
  auto ended = std::async(std::launch::async, [&] { view.reset(); });
  const bool soon = ended.wait_for(seconds(5)) == std::future_status::ready;
  slow.Let();
  ASSERT_TRUE(soon);
  EXPECT_FALSE(fs::exists(slow.project.File().string() + ".broken-1"));
  Settled settled(slow.project);
  EXPECT_EQ(settled.view.DigestOfFile().digest, Digest(*slow.project.Now()));
}

TEST(KeptMemoryTest, IsKeptWhileTheViewLivesOnceNobodyEdits) {
  TestProject project;
  FillAtRandom(project, 28, 50, 5);
  const fs::path file = project.Folder() / "columns.memory";
  { Settled settled(project); }
  const auto first = ReadMemoryFile(file, base::ProjectId("project"))->snapshot->as_of;
  ProjectViewOptions options = project.Options();
  options.rest = std::chrono::milliseconds(50);
  ProjectView view(project.Truth(), options);
  view.AtLeast(first, seconds(10));
  for (std::uint32_t i = 0; i < 1'001; ++i)
    view.Apply(project.Set({model::AspectKind::kSplit, 0}, {0}, i % 2 == 0 ? 2 : 1));
  const auto head = project.Now()->as_of;
  ASSERT_GT(head, first + 1'000);
  for (int tries = 0; tries < 1'000; ++tries) {
    if (ReadMemoryFile(file, base::ProjectId("project"))->snapshot->as_of == head) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  FAIL() << "it was not written";
}

TEST(KeptMemoryTest, AnyFlippedByteIsNoticed) {
  TestProject project;
  FillAtRandom(project, 25, 30, 5);
  { Settled settled(project); }
  const std::string whole = base::ReadFile(MemoryOf(project));
  for (std::size_t at = 0; at < whole.size(); at += 1 + whole.size() / 400) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    std::ofstream(MemoryOf(project), std::ios::binary | std::ios::trunc) << flipped;
    EXPECT_THROW(ReadMemoryFile(MemoryOf(project), project.Now()->project), base::Error) << "byte " << at;
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{9}, whole.size() / 2, whole.size() - 1}) {
    std::ofstream(MemoryOf(project), std::ios::binary | std::ios::trunc) << whole.substr(0, size);
    EXPECT_THROW(ReadMemoryFile(MemoryOf(project), project.Now()->project), base::Error) << "cut at " << size;
  }
}

TEST(KeptMemoryTest, OfAnotherLogOrDamagedIsPassedOver) {
  for (const bool another_log : {true, false}) {
    TestProject project;
    FillAtRandom(project, 26, 40, 8);
    { Settled settled(project); }
    if (another_log) {
      project.ForgetAfter(project.Now()->as_of - 2);
    } else {
      FlipBytes(MemoryOf(project), 0.2, 0.9, 97);
    }
    Settled settled(project);
    EXPECT_EQ(Digest(*settled.view.Latest()), Digest(*project.Now()));
  }
}

INSTANTIATE_TEST_SUITE_P(All, DamagedFileTest, testing::ValuesIn(kDamages),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace burnish::store
