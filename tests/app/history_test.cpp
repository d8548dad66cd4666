#include "app/history.hpp"

#include <gtest/gtest.h>

#include "app/test_project.hpp"
#include "app/versions.hpp"

namespace burnish::app {
namespace {

const std::vector<PlainSample> kClothes = {{"a", "Shirt"}, {"b", "Coat"}, {"c", "Shirt"}};

TEST(HistoryTest, UndoOfAnOlderChangeKeepsWhatWasEditedLater) {
  TestProject project(kClothes);
  const EditOutcome bulk = project.Relabel({0, 1, 2}, "Coat");
  project.Relabel({0}, "Shirt");
  project.Relabel({0}, "Coat");
  const EditOutcome undone =
      History(project.Space()).UndoChange(project.Owner(), project.Id(), project.NewOperation(), *bulk.change);
  EXPECT_EQ(project.Labels(), "Coat, Coat, Shirt");
  EXPECT_EQ(undone.changed, 1U);
  EXPECT_EQ(undone.kept, 1U);
  EXPECT_EQ(undone.summary, "1 sample restored, 1 kept: edited later");
}

TEST(HistoryTest, UndoAndRedoWalkBackAndForth) {
  TestProject project(kClothes);
  History history(project.Space());
  project.Relabel({0}, "Coat");
  project.Relabel({2}, "Coat");
  history.UndoLatest(project.Owner(), project.Id(), project.NewOperation());
  history.UndoLatest(project.Owner(), project.Id(), project.NewOperation());
  EXPECT_EQ(project.Labels(), "Shirt, Coat, Shirt");
  history.RedoLatest(project.Owner(), project.Id(), project.NewOperation());
  EXPECT_EQ(project.Labels(), "Coat, Coat, Shirt");
  history.RedoLatest(project.Owner(), project.Id(), project.NewOperation());
  EXPECT_EQ(project.Labels(), "Coat, Coat, Coat");
}

TEST(HistoryTest, APageCountsSamplesAndNamesWhatUndoAndRedoWouldTake) {
  TestProject project(kClothes);
  History history(project.Space());
  const auto page = [&] { return history.List(project.Owner(), project.Id(), 0, 50); };
  const auto before = page().can_undo;  // a class: imports are never taken back by a key
  EXPECT_EQ(before, "Added class Coat");
  EXPECT_EQ(page().changes.front().samples, 3U);
  project.Relabel({0, 2}, "Coat");
  project.Relabel({1}, "Shirt");
  EXPECT_EQ(page().changes.at(1).samples, 2U);
  EXPECT_EQ(page().can_undo, "Set class Shirt: 1 sample");
  history.UndoLatest(project.Owner(), project.Id(), project.NewOperation());
  EXPECT_EQ(page().changes.at(0).samples, 1U);
  EXPECT_EQ(page().can_undo, "Set class Coat: 2 samples");
  EXPECT_NE(page().can_redo, std::nullopt);
  history.UndoLatest(project.Owner(), project.Id(), project.NewOperation());
  EXPECT_EQ(page().can_undo, before);
}

// What nothing stands of any more is stepped over, though the view alone cannot tell.
TEST(HistoryTest, AChangeThatWasOverwrittenIsNotOffered) {
  TestProject project(kClothes);
  project.Relabel({0}, "Coat");
  project.Relabel({0}, "Shirt");
  project.Relabel({0}, "Coat");
  History history(project.Space());
  history.UndoLatest(project.Owner(), project.Id(), project.NewOperation());
  const ChangePage page = history.List(project.Owner(), project.Id(), 0, 50);
  EXPECT_EQ(page.can_undo, "Set class Shirt: 1 sample");
}

TEST(HistoryTest, MergeIsOneChangeAndOneUndo) {
  TestProject project(kClothes);
  const auto before = project.Head();
  MergeRequest merge;
  merge.operation = project.NewOperation();
  merge.base = before;
  merge.from = 0;
  merge.into = 1;
  OntologyEdits(project.Space()).Merge(project.Owner(), project.Id(), merge);
  EXPECT_EQ(project.Labels(), "Coat, Coat, Coat");
  EXPECT_EQ(project.Now()->ontology.FindByName("Shirt"), nullptr);
  EXPECT_EQ(project.Head(), before + 1);
  History(project.Space()).UndoLatest(project.Owner(), project.Id(), project.NewOperation());
  EXPECT_EQ(project.Labels(), "Shirt, Coat, Shirt");
}

TEST(HistoryTest, AVersionStaysAsItWasAndTheDifferenceIsCounted) {
  TestProject project(kClothes);
  Versions versions(project.Space());
  const VersionView first =
      versions.Publish(project.Owner(), project.Id(), project.NewOperation(), "v1", "before the clean-up");
  project.Relabel({0}, "Coat");
  EditSet exclude;
  exclude.excluded = true;
  project.Apply(std::vector<model::Ordinal>{2}, exclude);
  const StateDiff diff = versions.Diff(project.Owner(), project.Id(), "v1", "now");
  ASSERT_EQ(diff.labels.size(), 1U);
  EXPECT_EQ(diff.labels[0].before, "Shirt");
  EXPECT_EQ(diff.labels[0].after, "Coat");
  EXPECT_EQ(diff.excluded, 1U);
  EXPECT_EQ(versions.List(project.Owner(), project.Id())[0].version.digest, first.version.digest);
  EXPECT_EQ(versions.List(project.Owner(), project.Id())[0].samples, 3U);
}

TEST(HistoryTest, EqualContentHasOneDigestHoweverItCameAbout) {
  TestProject project(kClothes);
  Versions versions(project.Space());
  const auto first = versions.Publish(project.Owner(), project.Id(), project.NewOperation(), "v1", "");
  project.Relabel({0}, "Coat");
  const auto second = versions.Publish(project.Owner(), project.Id(), project.NewOperation(), "v2", "");
  project.Relabel({0}, "Shirt");
  const auto third = versions.Publish(project.Owner(), project.Id(), project.NewOperation(), "v3", "");
  EXPECT_NE(first.version.digest, second.version.digest);
  EXPECT_EQ(first.version.digest, third.version.digest);
}

TEST(HistoryTest, AVersionNameIsTakenOnce) {
  TestProject project(kClothes);
  Versions versions(project.Space());
  versions.Publish(project.Owner(), project.Id(), project.NewOperation(), "spring", "");
  EXPECT_THROW(versions.Publish(project.Owner(), project.Id(), project.NewOperation(), "spring", ""), base::Error);
  EXPECT_THROW(versions.Publish(project.Owner(), project.Id(), project.NewOperation(), "now", ""), base::Error);
}

}  // namespace
}  // namespace burnish::app
