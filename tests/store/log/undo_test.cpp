#include "store/log/change_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/catalog/classes.hpp"
#include "store/catalog/model_runs.hpp"
#include "store/catalog/test_store.hpp"

namespace burnish::store {
namespace {

using base::Error;
using model::AspectDelta;
using model::AspectKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kCoat;
using testing::kDress;
using testing::kShirt;
using testing::TestStore;

class UndoTest : public testing::BackendTest {};

TEST_P(UndoTest, UndoKeepsLaterUnrelatedEdits) {
  TestStore store(GetParam());
  const auto first = store.Append(store.Relabel({1, 2}, kDress)).sequence;
  store.Append(store.Relabel({3}, kCoat));
  const AppendResult undone = store.Undo(first);
  EXPECT_EQ(undone.restored, 2U);
  EXPECT_EQ(undone.kept, 0U);
  EXPECT_EQ(undone.undoes, first);
  EXPECT_EQ(store.Labels(), "3: coat");
}

TEST_P(UndoTest, UndoKeepsWhatSomebodyDidSinceAndSaysSo) {
  TestStore store(GetParam());
  auto request = store.Relabel({1, 2, 3, 4}, kDress);
  request.summary = "Set class dress on 4 samples";
  const auto first = store.Append(request).sequence;
  store.caller = store.ben;
  store.Append(store.Relabel({3}, kCoat));
  store.caller = store.ada;
  const AppendResult undone = store.UndoLatest();
  EXPECT_EQ(undone.undoes, first);
  EXPECT_EQ(undone.restored, 3U);
  EXPECT_EQ(undone.kept, 1U);
  EXPECT_EQ(store.Labels(), "3: coat");
  EXPECT_EQ(store.log->FindChange(store.project, undone.sequence)->summary,
            "Undo: Set class dress on 4 samples (3 restored, 1 kept: edited later)");
}

TEST_P(UndoTest, WhatALaterUndoPutBackCountsAsUntouched) {
  TestStore store(GetParam());
  const auto first = store.Append(store.Relabel({1}, kDress)).sequence;
  const auto second = store.Append(store.Relabel({1}, kShirt)).sequence;
  store.Undo(second);
  EXPECT_EQ(store.Undo(first).restored, 1U);
  EXPECT_EQ(store.Labels(), "");
}

TEST_P(UndoTest, AnUndoThatWasRedoneCountsAsTouchedAgain) {
  TestStore store(GetParam());
  const auto first = store.Append(store.Relabel({1}, kDress)).sequence;
  const auto second = store.Append(store.Relabel({1}, kShirt)).sequence;
  store.Undo(store.Undo(second).sequence);  // redo
  const AppendResult undone = store.Undo(first);
  EXPECT_FALSE(undone.recorded);
  EXPECT_EQ(undone.kept, 1U);
  EXPECT_EQ(store.Labels(), "1: shirt");
}

TEST_P(UndoTest, KeysWalkBackAndForthThroughTheCallersOwnEdits) {
  TestStore store(GetParam());
  store.Append(store.Relabel({1}, kDress));
  store.Append(store.Relabel({1}, kShirt));
  store.Append(store.Relabel({2}, kCoat));
  struct Step {
    char key;  // z undo, y redo, e an edit of sample 3
    const char* labels;
  };
  const std::vector<Step> steps = {
      {'z', "1: shirt"}, {'z', "1: dress"},          {'z', ""},         {'y', "1: dress"},
      {'y', "1: shirt"}, {'z', "1: dress"},          {'y', "1: shirt"}, {'y', "1: shirt, 2: coat"},
      {'z', "1: shirt"}, {'e', "1: shirt, 3: coat"}, {'z', "1: shirt"}, {'y', "1: shirt, 3: coat"},
      {'z', "1: shirt"}, {'z', "1: dress"},          {'z', ""},
  };
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].key == 'z') store.UndoLatest();
    if (steps[i].key == 'y') store.RedoLatest();
    if (steps[i].key == 'e') store.Append(store.Relabel({3}, kCoat));
    EXPECT_EQ(store.Labels(), steps[i].labels) << "step " << i;
  }
  EXPECT_THROW(store.UndoLatest(), Error);
  EXPECT_THAT(store.log->Verify(store.project), IsEmpty());
}

TEST_P(UndoTest, AnEditEndsWhatCanBeRedone) {
  TestStore store(GetParam());
  store.Append(store.Relabel({1}, kDress));
  store.UndoLatest();
  store.Append(store.Relabel({2}, kShirt));
  EXPECT_THROW(store.RedoLatest(), Error);
}

TEST_P(UndoTest, KeysNeverTakeWhatOthersDid) {
  TestStore store(GetParam());
  store.Append(store.Relabel({1}, kDress));
  store.caller = store.ben;
  EXPECT_THROW(store.UndoLatest(), Error);
  store.Append(store.Relabel({2}, kShirt));
  store.caller = store.ada;
  store.UndoLatest();
  EXPECT_EQ(store.Labels(), "2: shirt");
}

TEST_P(UndoTest, KeysStepOverWhatNothingIsLeftOf) {
  TestStore store(GetParam());
  store.Append(store.Relabel({1}, kDress));
  store.Append(store.Relabel({2}, kDress));
  store.caller = store.ben;
  store.Append(store.Relabel({2}, kCoat));
  store.caller = store.ada;
  store.UndoLatest();
  EXPECT_EQ(store.Labels(), "2: coat");
}

TEST_P(UndoTest, AChangeIsUndoneOnceAndAgainAfterItsRedo) {
  TestStore store(GetParam());
  const auto edit = store.Append(store.Relabel({1}, kDress)).sequence;
  const auto undo = store.Undo(edit).sequence;
  EXPECT_EQ(store.log->FindChange(store.project, edit)->undone_by, undo);
  EXPECT_THROW(store.Undo(edit), Error);
  const auto redo = store.Undo(undo).sequence;
  EXPECT_EQ(store.Labels(), "1: dress");
  EXPECT_EQ(store.log->FindChange(store.project, edit)->undone_by, std::nullopt);
  const AppendResult again = store.Undo(edit);
  EXPECT_EQ(again.undoes, redo);
  EXPECT_EQ(store.Labels(), "");
  EXPECT_EQ(store.log->ListChanges(store.project, 0, 2)[0].summary, "Undo: An edit");
}

TEST_P(UndoTest, ARetriedUndoReturnsTheFirstResult) {
  TestStore store(GetParam());
  store.Append(store.Relabel({1}, kDress));
  UndoRequest request;
  request.project = store.project;
  request.author = store.ada;
  request.operation = base::OperationId("undo-undo");
  request.digest = "d";
  const AppendResult first = store.log->Undo(request);
  const AppendResult again = store.log->Undo(request);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.sequence, first.sequence);
  EXPECT_EQ(again.restored, 1U);
  request.digest = "other";
  EXPECT_THROW(store.log->Undo(request), Error);
}

TEST_P(UndoTest, UndoOfAnImportWithdrawsItsSamplesAndRedoBringsThemBack) {
  TestStore store(GetParam());
  const AppendResult import = store.Import(100);
  store.Append(store.Relabel({50}, kShirt));
  const AppendResult undone = store.Undo(import.sequence);
  EXPECT_EQ(undone.restored, 100U);
  const auto change = store.log->FindChange(store.project, undone.sequence);
  ASSERT_EQ(change->delta.aspects.size(), 1U);
  EXPECT_EQ(change->delta.aspects[0].aspect.kind, AspectKind::kWithdrawn);
  EXPECT_EQ(change->delta.aspects[0].ordinals.front(), 10U);
  EXPECT_EQ(change->delta.aspects[0].ordinals.size(), 100U);
  EXPECT_EQ(change->delta.aspects[0].after.front(), 1U);
  const AppendResult redone = store.Undo(undone.sequence);
  EXPECT_EQ(store.log->FindChange(store.project, redone.sequence)->delta.aspects[0].after.front(), 0U);
  EXPECT_EQ(store.Import(1).first_ordinal, 110U);
  EXPECT_EQ(store.Labels(), "50: shirt");
}

TEST_P(UndoTest, UndoOfAnImportOfRegionLabelsGivesBackTheRowsOfBefore) {
  TestStore store(GetParam());
  const auto label = [&](std::uint32_t count, AspectDelta delta) {
    auto request = store.Request({std::move(delta)});
    request.kind = model::ChangeKind::kImport;
    request.import = NewImport{base::ImportId("regions-" + request.operation.Text()), count, "", {}};
    return store.Append(request).sequence;
  };
  const AspectDelta first{{AspectKind::kRegions, 0}, {1, 2}, {0, 0}, {1, 2}};
  const AspectDelta second{{AspectKind::kRegions, 0}, {2}, {2}, {3}};
  label(0, first);
  const auto later = label(3, second);  // brings samples too
  const auto undone = store.log->FindChange(store.project, store.Undo(later).sequence);
  ASSERT_EQ(undone->delta.aspects.size(), 2U);
  EXPECT_EQ(undone->delta.aspects[0].aspect.kind, AspectKind::kWithdrawn);
  EXPECT_EQ(undone->delta.aspects[1], (AspectDelta{{AspectKind::kRegions, 0}, {2}, {3}, {2}}));
}

TEST_P(UndoTest, KeysLeaveImportsAndModelRunsAlone) {
  TestStore store(GetParam());
  store.Append(store.Relabel({1}, kDress));
  store.Import(3);
  auto run = store.Request({});
  run.kind = model::ChangeKind::kModelRun;
  run.run = base::RunId("run-1");
  run.also = [&](Writer& writer, const AppendResult&) {
    ModelRun row;
    row.id = base::RunId("run-1");
    row.name = "first model";
    CreateModelRun(writer, store.project, row);
  };
  const auto brought = store.Append(run).sequence;
  store.UndoLatest();
  EXPECT_EQ(store.Labels(), "");
  EXPECT_THROW(store.UndoLatest(), Error);
  const auto withdrawn = [&] {
    return store.catalog->Read(
        [&](Reader& reader) { return FindModelRun(reader, store.project, base::RunId("run-1"))->withdrawn; });
  };
  const auto undone = store.Undo(brought).sequence;
  EXPECT_TRUE(withdrawn());
  EXPECT_EQ(store.log->FindChange(store.project, undone)->run, base::RunId("run-1"));
  store.Undo(undone);
  EXPECT_FALSE(withdrawn());
}

TEST_P(UndoTest, UndoCoversTheOntology) {
  TestStore store(GetParam());
  auto add = store.Relabel({1}, 3);
  add.kind = model::ChangeKind::kOntology;
  add.delta.classes = {{model::Class{kDress, "dress", false, {}}, {kDress, "gown", false, {}}},
                       {std::nullopt, {3, "hat", false, {}}}};
  store.Append(add);
  const auto ontology = [&] {
    return store.catalog->Read([&](Reader& reader) { return LoadOntology(reader, store.project); });
  };
  store.UndoLatest();
  EXPECT_EQ(ontology().NameOf(kDress), "dress");
  EXPECT_TRUE(ontology().Find(3)->retired);
  store.RedoLatest();
  EXPECT_EQ(ontology().NameOf(kDress), "gown");
  EXPECT_FALSE(ontology().Find(3)->retired);
  EXPECT_THAT(store.log->Verify(store.project), IsEmpty());
}

TEST_P(UndoTest, ANameThatAnotherClassTookSinceIsKept) {
  TestStore store(GetParam());
  auto rename = store.Request({});
  rename.delta.classes = {{model::Class{kDress, "dress", false, {}}, {kDress, "gown", false, {}}}};
  const auto renamed = store.Append(rename).sequence;
  auto other = store.Request({});
  other.delta.classes = {{std::nullopt, {3, "dress", false, {}}}};
  store.Append(other);
  const AppendResult undone = store.Undo(renamed);
  EXPECT_FALSE(undone.recorded);
  EXPECT_EQ(undone.classes_kept, 1U);
}

TEST_P(UndoTest, ALabelOfAClassThatWasMergedSinceComesBackAsWhatItMeansNow) {
  TestStore store(GetParam());
  store.Append(store.Relabel({1, 2}, kDress));
  const auto moved = store.Append(store.Relabel({2}, kShirt)).sequence;
  auto merge = store.Relabel({1}, kCoat);
  merge.delta.classes = {{model::Class{kDress, "dress", false, {}}, {kDress, "dress", false, kCoat}}};
  const auto merged = store.Append(merge).sequence;
  store.Undo(moved);
  EXPECT_EQ(store.Labels(), "1: coat, 2: coat");
  store.Undo(merged);
  EXPECT_EQ(store.Labels(), "1: dress, 2: coat");
}

INSTANTIATE_BACKENDS(UndoTest);

}  // namespace
}  // namespace burnish::store
