#include "app/edits.hpp"

#include <gtest/gtest.h>

#include "app/test_project.hpp"

namespace burnish::app {
namespace {

const std::vector<PlainSample> kClothes = {{"a", "Shirt"}, {"b", "Coat"}, {"c", "Shirt"}, {"d", ""}};

TEST(EditsTest, SetsAClassOnASelectionAndSaysWhatItDid) {
  TestProject project(kClothes);
  const EditOutcome outcome = project.Relabel({0, 1, 2}, "Coat");
  EXPECT_EQ(project.Labels(), "Coat, Coat, Coat, -");
  EXPECT_EQ(outcome.changed, 2U);
  EXPECT_EQ(outcome.unchanged, 1U);
  EXPECT_EQ(outcome.summary, "Set class Coat: 2 samples");
  EXPECT_EQ(outcome.ordinals, (std::vector<model::Ordinal>{0, 2}));
}

TEST(EditsTest, LabelsPoolSamplesAndMovesThemToTrainAsOneChange) {
  TestProject project({{"a", "Shirt"}, {"b", "", model::Split::kPool}});
  const auto before = project.Head();
  EditSet set;
  set.class_name = std::optional<std::string>("Shirt");
  set.split = model::Split::kTrain;
  project.Apply(std::vector<model::Ordinal>{1}, set);
  EXPECT_EQ(project.Head(), before + 1);
  EXPECT_EQ(project.Now()->SplitOf(1), model::Split::kTrain);
  EXPECT_EQ(project.Labels(), "Shirt, Shirt");
  History(project.Space()).UndoLatest(project.Owner(), project.Id(), project.NewOperation());
  EXPECT_EQ(project.Now()->SplitOf(1), model::Split::kPool);
  EXPECT_EQ(project.Labels(), "Shirt, -");
}

TEST(EditsTest, AllThatMatchAFilterAreEdited) {
  TestProject project(kClothes);
  EditSet set;
  set.add_tags = {"blurry"};
  const EditOutcome outcome = project.Apply(model::Filter{model::LabelIs{"truth", {"Shirt"}, {}, false}}, set);
  EXPECT_EQ(outcome.changed, 2U);
  EXPECT_EQ(project.Now()->TagsOf(0).size(), 1U);
  EXPECT_TRUE(project.Now()->TagsOf(1).empty());
}

TEST(EditsTest, ASingleEditOfWhatMovedIsRefusedWithBothValues) {
  TestProject project(kClothes);
  const auto seen = project.Head();
  project.Relabel({0}, "Coat");
  try {
    project.Relabel({0}, "Shirt", seen);
    FAIL() << "the stale edit was not refused";
  } catch (const EditConflict& conflict) {
    ASSERT_EQ(conflict.Items().size(), 1U);
    EXPECT_EQ(conflict.Items()[0].aspect, "label");
    EXPECT_EQ(conflict.Items()[0].present, "Coat");
  }
  EXPECT_EQ(project.Labels(), "Coat, Coat, Shirt, -");
}

TEST(EditsTest, ABulkEditAppliesToWhatHasNotMovedAndListsTheRest) {
  TestProject project(kClothes);
  const auto seen = project.Head();
  project.Relabel({0}, "Coat");
  EditSet set;
  set.class_name = std::optional<std::optional<std::string>>(std::in_place, std::nullopt);
  const EditOutcome outcome = project.Apply(std::vector<model::Ordinal>{0, 1, 2}, set, seen);
  EXPECT_EQ(project.Labels(), "Coat, -, -, -");
  EXPECT_EQ(outcome.conflict_count, 1U);
  EXPECT_EQ(outcome.conflicts[0].ordinal, 0U);
}

TEST(EditsTest, OverwritingAfterAConflictTakesThePresentStateAsSeen) {
  TestProject project(kClothes);
  const auto seen = project.Head();
  project.Relabel({0}, "Coat");
  EditRequest request;
  request.operation = project.NewOperation();
  request.base = seen;
  request.overwrite = true;
  request.target = std::vector<model::Ordinal>{0};
  request.set.class_name = std::optional<std::string>("Shirt");
  Edits(project.Space()).Apply(project.Owner(), project.Id(), request);
  EXPECT_EQ(project.Labels(), "Shirt, Coat, Shirt, -");
}

TEST(EditsTest, ARetryWithTheSameOperationHasOneEffectAndTheFirstResult) {
  TestProject project(kClothes);
  EditRequest request;
  request.operation = project.NewOperation();
  request.base = project.Head();
  request.target = std::vector<model::Ordinal>{0};
  request.set.class_name = std::optional<std::string>("Coat");
  const EditOutcome first = Edits(project.Space()).Apply(project.Owner(), project.Id(), request);
  const EditOutcome again = Edits(project.Space()).Apply(project.Owner(), project.Id(), request);
  EXPECT_EQ(first.sequence, again.sequence);
  EXPECT_EQ(project.Head(), first.sequence);
}

TEST(EditsTest, ConfirmingKeepsTheClassAndSkipsSamplesWithoutALabel) {
  TestProject project(kClothes);
  EditSet set;
  set.confirm = true;
  EXPECT_EQ(project.Apply(std::vector<model::Ordinal>{0, 3}, set).changed, 1U);
  EXPECT_EQ(project.Labels(), "Shirt!, Coat, Shirt, -");
}

TEST(EditsTest, UnknownRetiredAndHostileNamesAreRefusedByName) {
  TestProject project(kClothes);
  const auto refused = [&](const std::string& name) {
    try {
      project.Relabel({0}, name);
      return std::string("accepted");
    } catch (const base::Error& error) {
      return std::string(error.what());
    }
  };
  EXPECT_EQ(refused("'; DROP TABLE samples; --"),
            "No class is called \"'; DROP TABLE samples; --\". Add it to the project's classes first.");
  ClassEditRequest retire;
  retire.operation = project.NewOperation();
  retire.base = project.Head();
  retire.id = 1;
  retire.retired = true;
  OntologyEdits(project.Space()).Update(project.Owner(), project.Id(), retire);
  EXPECT_EQ(refused("Coat"), "The class \"Coat\" is retired and takes no new labels. Bring it back first.");
}

TEST(EditsTest, AStrangerFindsNoProject) {
  TestProject project(kClothes);
  const Caller stranger{base::PersonId("nobody"), "Stranger", Role::kOwner};
  EditRequest request;
  request.operation = project.NewOperation();
  request.target = std::vector<model::Ordinal>{0};
  request.set.excluded = true;
  try {
    Edits(project.Space()).Apply(stranger, project.Id(), request);
    FAIL() << "a stranger edited the project";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.Code(), base::ErrorCode::kNotFound);
  }
}

}  // namespace
}  // namespace burnish::app
