#include "store/log/change_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <thread>

#include "store/catalog/audit.hpp"
#include "store/catalog/classes.hpp"
#include "store/catalog/preferences.hpp"
#include "store/catalog/sql.hpp"
#include "store/catalog/tags.hpp"
#include "store/catalog/test_store.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;
using model::AspectKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kCoat;
using testing::kDress;
using testing::kShirt;
using testing::TestStore;

std::uint32_t Set(model::ClassId id) { return model::PackLabel(id, model::LabelState::kSet); }

class ChangeLogTest : public testing::BackendTest {};

TEST_P(ChangeLogTest, ARetryReturnsTheFirstResultAndDoesNothing) {
  TestStore store(GetParam());
  const auto request = store.Relabel({1, 2}, kShirt);
  const AppendResult first = store.Append(request);
  const AppendResult again = store.Append(request);
  EXPECT_EQ(first.sequence, 2U);
  EXPECT_EQ(first.samples, 2U);
  EXPECT_FALSE(first.repeated);
  EXPECT_EQ(again.sequence, 2U);
  EXPECT_EQ(again.samples, 2U);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(store.log->Head(store.project), 2U);
}

TEST_P(ChangeLogTest, OneOperationIdCannotStandForTwoRequests) {
  TestStore store(GetParam());
  auto request = store.Relabel({1}, kShirt);
  store.Append(request);
  request.digest = "another";
  EXPECT_THROW(
      {
        try {
          store.Append(request);
        } catch (const Error& error) {
          EXPECT_EQ(error.Code(), ErrorCode::kConflict);
          throw;
        }
      },
      Error);
}

TEST_P(ChangeLogTest, ASingleEditOfWhatMovedIsRefusedWithBothValues) {
  TestStore store(GetParam());
  store.Append(store.Relabel({4}, kDress));
  auto late = store.Relabel({4}, kCoat);
  store.caller = store.ben;
  store.clock.Advance(5'000'000);
  const AppendResult other = store.Append(store.Relabel({4}, kShirt));
  try {
    store.Append(late);
    FAIL() << "was not refused";
  } catch (const ConflictError& conflict) {
    EXPECT_EQ(conflict.SampleCount(), 1U);
    const SampleConflict expected{{AspectKind::kLabel, 0}, 4,         Set(kDress),      Set(kShirt), Set(kCoat),
                                  other.sequence,          store.ben, store.clock.Now()};
    EXPECT_THAT(conflict.Samples(), ElementsAre(expected));
    EXPECT_FALSE(conflict.StaleIds());
  }
  EXPECT_EQ(store.Labels(), "4: shirt");
}

TEST_P(ChangeLogTest, ABulkEditAppliesToWhatHasNotMovedAndListsTheRest) {
  TestStore store(GetParam());
  auto bulk = store.Relabel({1, 2, 3, 4}, kCoat);
  bulk.on_conflict = OnConflict::kSkip;
  store.caller = store.ben;
  store.Append(store.Relabel({2}, kShirt));
  store.Append(store.Relabel({3}, kCoat));  // what the bulk edit wants too: no conflict
  const AppendResult result = store.Append(bulk);
  EXPECT_EQ(result.samples, 2U);
  EXPECT_EQ(result.skipped_count, 1U);
  ASSERT_EQ(result.skipped.size(), 1U);
  EXPECT_EQ(result.skipped[0].ordinal, 2U);
  EXPECT_EQ(result.skipped[0].expected, model::kNoLabelCode);
  EXPECT_EQ(result.skipped[0].present, Set(kShirt));
  EXPECT_EQ(result.skipped[0].wanted, Set(kCoat));
  EXPECT_EQ(store.Labels(), "1: coat, 2: shirt, 3: coat, 4: coat");
  EXPECT_EQ(store.Append(bulk).skipped, result.skipped);
}

TEST_P(ChangeLogTest, AspectsDoNotStandInEachOthersWay) {
  TestStore store(GetParam());
  const auto label = store.Relabel({1}, kShirt);
  const auto split = store.Request({{{AspectKind::kSplit, 0}, {1}, {0}, {2}}});
  store.Append(split);
  EXPECT_NO_THROW(store.Append(label));
}

TEST_P(ChangeLogTest, WhatMovedAndCameBackIsNoConflict) {
  TestStore store(GetParam());
  store.Append(store.Relabel({4}, kDress));
  const auto late = store.Relabel({4}, kCoat);
  store.caller = store.ben;
  store.Append(store.Relabel({4}, kShirt));
  store.UndoLatest();
  EXPECT_NO_THROW(store.Append(late));
  EXPECT_EQ(store.Labels(), "4: coat");
}

TEST_P(ChangeLogTest, AStaleViewCannotHideAMove) {
  TestStore store(GetParam());
  // The caller saw change 1; its view had moved on when it read the value to be replaced.
  store.Append(store.Relabel({4}, kShirt));
  auto request = store.Relabel({4}, kCoat);
  request.base = 1;
  EXPECT_THROW(store.Append(request), ConflictError);
}

TEST_P(ChangeLogTest, AnEditThatLeavesAllAsItIsIsNoChange) {
  TestStore store(GetParam());
  auto request = store.Relabel({4}, kCoat);
  store.Append(store.Relabel({4}, kCoat));
  const AppendResult result = store.Append(request);
  EXPECT_FALSE(result.recorded);
  EXPECT_EQ(result.sequence, 2U);
  EXPECT_EQ(store.log->Head(store.project), 2U);
  EXPECT_TRUE(store.Append(request).repeated);
}

TEST_P(ChangeLogTest, RefusesWhatMakesNoSense) {
  TestStore store(GetParam());
  const auto code_of = [&](const AppendRequest& request) {
    try {
      store.Append(request);
    } catch (const Error& error) {
      return error.Code();
    }
    return ErrorCode::kInternal;
  };
  struct Case {
    const char* name;
    std::function<void(AppendRequest&)> spoil;
  };
  const std::vector<Case> cases = {
      {"a base in the future", [](auto& r) { r.base = 99; }},
      {"no such sample", [](auto& r) { r.delta.aspects[0].ordinals = {10}; }},
      {"no such class", [](auto& r) { r.delta.aspects[0].after = {Set(77)}; }},
      {"no such state", [](auto& r) { r.delta.aspects[0].after = {4}; }},
      {"descending",
       [](auto& r) {
         r.delta.aspects[0] = {{AspectKind::kSplit, 0}, {2, 1}, {0, 0}, {1, 1}};
       }},
      {"too few values", [](auto& r) { r.delta.aspects[0].before = {}; }},
      {"nothing changes", [](auto& r) { r.delta.aspects[0].after = r.delta.aspects[0].before; }},
      {"no such tag",
       [](auto& r) {
         r.delta.aspects = {{{AspectKind::kTag, 3}, {1}, {0}, {1}}};
       }},
      {"withdrawing by hand",
       [](auto& r) {
         r.delta.aspects = {{{AspectKind::kWithdrawn, 0}, {1}, {0}, {1}}};
       }},
      {"an undo by hand", [](auto& r) { r.kind = model::ChangeKind::kUndo; }},
      {"aspects twice", [](auto& r) { r.delta.aspects.push_back(r.delta.aspects[0]); }},
      {"a short operation id", [](auto& r) { r.operation = base::OperationId("x"); }},
      {"NUL in the reason", [](auto& r) { r.reason = std::string("a\0b", 3); }},
      {"no such class to edit",
       [](auto& r) {
         r.delta.classes = {{model::Class{9, "x", false, {}}, {9, "y", false, {}}}};
       }},
      {"a class with no name",
       [](auto& r) {
         r.delta.classes = {{std::nullopt, {3, "", false, {}}}};
       }},
  };
  for (const Case& one : cases) {
    auto request = store.Relabel({1}, kShirt);
    one.spoil(request);
    EXPECT_EQ(code_of(request), ErrorCode::kInvalidArgument) << one.name;
  }
  auto elsewhere = store.Relabel({1}, kShirt);
  elsewhere.project = base::ProjectId("nowhere");
  EXPECT_EQ(code_of(elsewhere), ErrorCode::kNotFound);
  EXPECT_EQ(store.log->Head(store.project), 1U);
  EXPECT_THAT(store.log->Verify(store.project), IsEmpty());
}

TEST_P(ChangeLogTest, SequencesHaveNoGapsUnderEightThreads) {
  TestStore store(GetParam());
  std::vector<std::jthread> people;
  std::atomic<int> refused = 0;
  for (int person = 0; person < 8; ++person) {
    people.emplace_back([&, person] {
      for (int i = 0; i < 25; ++i) {
        AppendRequest request;
        request.project = store.project;
        request.operation = base::OperationId("thread-" + std::to_string(person) + "-" + std::to_string(i));
        request.author = store.ada;
        request.digest = "x";
        request.base = store.log->Head(store.project);
        // Each person has a sample of their own, whose value the last round left.
        const auto ordinal = static_cast<Ordinal>(person);
        const std::uint32_t before = i == 0 ? model::kNoLabelCode : Set(static_cast<model::ClassId>((i - 1) % 3));
        request.delta.aspects = {
            {{AspectKind::kLabel, 0}, {ordinal}, {before}, {Set(static_cast<model::ClassId>(i % 3))}}};
        try {
          store.Append(request);
        } catch (const Error&) {
          ++refused;
        }
      }
    });
  }
  people.clear();
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(store.log->Head(store.project), 201U);
  EXPECT_THAT(store.log->Verify(store.project), IsEmpty());
  static_cast<void>(store.Fold());
}

TEST_P(ChangeLogTest, ImportsGetDenseOrdinals) {
  TestStore store(GetParam());
  EXPECT_EQ(store.Import(5).first_ordinal, 10U);
  EXPECT_EQ(store.Import(7).first_ordinal, 15U);
  EXPECT_EQ(store.catalog->Read([&](Reader& reader) { return FindProject(reader, store.ada, store.project)->samples; }),
            22U);
  EXPECT_NO_THROW(store.Append(store.Relabel({21}, kShirt)));
}

TEST_P(ChangeLogTest, ALargeDeltaIsABlobAndReadsBackTheSame) {
  TestStore store(GetParam());
  store.Import(1000);
  std::vector<Ordinal> many(500);
  std::iota(many.begin(), many.end(), 100U);
  const auto request = store.Relabel(many, kShirt);
  const AppendResult result = store.Append(request);
  EXPECT_EQ(result.samples, 500U);
  EXPECT_EQ(store.log->FindChange(store.project, result.sequence)->delta, request.delta);
  EXPECT_THAT(store.log->Verify(store.project), IsEmpty());
}

TEST_P(ChangeLogTest, TheAuditRowAndWhatElseBelongsToAChangeStandOrFallWithIt) {
  TestStore store(GetParam());
  const auto count = [&] {
    return store.catalog->Read([&](Reader& reader) { return ListAudit(reader, store.project, 1000).size(); });
  };
  const std::size_t before = count();
  auto request = store.Relabel({1}, kShirt);
  request.also = [&](Writer& writer, const AppendResult& result) {
    SavePreference(writer, store.ada, "seen", std::to_string(result.sequence));
  };
  store.Append(request);
  store.Append(request);
  EXPECT_EQ(count(), before + 1);
  auto failing = store.Relabel({2}, kShirt);
  failing.also = [&](Writer& writer, const AppendResult&) {
    SavePreference(writer, store.ada, "seen", "9");
    throw Error(ErrorCode::kCancelled, "Stopped.");
  };
  EXPECT_THROW(store.Append(failing), Error);
  EXPECT_EQ(count(), before + 1);
  EXPECT_EQ(store.log->Head(store.project), 2U);
  EXPECT_EQ(store.catalog->Read([&](Reader& reader) { return LoadPreference(reader, store.ada, "seen"); }), "2");
}

TEST_P(ChangeLogTest, AProjectInTheTrashTakesNoEdits) {
  TestStore store(GetParam());
  store.catalog->Write([&](Writer& writer) { TrashProject(writer, store.ada, store.project); });
  EXPECT_THROW(store.Append(store.Relabel({1}, kShirt)), Error);
  store.catalog->Write([&](Writer& writer) { BringBackProject(writer, store.ada, store.project); });
  EXPECT_NO_THROW(store.Append(store.Relabel({1}, kShirt)));
}

// --- classes and tags ----------------------------------------------------------------------------

TEST_P(ChangeLogTest, ClassesAndTagsAreAFoldOfTheLog) {
  TestStore store(GetParam());
  auto request = store.Request({{{AspectKind::kTag, 0}, {1, 2}, {0, 0}, {1, 1}}});
  request.delta.tags = {{0, "blurry"}};
  request.delta.classes = {{model::Class{kDress, "dress", false, {}}, {kDress, "gown", false, {}}},
                           {std::nullopt, {3, "hat", false, {}}}};
  store.Append(request);
  store.catalog->Read([&](Reader& reader) {
    EXPECT_THAT(LoadTags(reader, store.project), ElementsAre("blurry"));
    const auto ontology = LoadOntology(reader, store.project);
    EXPECT_EQ(ontology.NameOf(kDress), "gown");
    EXPECT_EQ(ontology.NameOf(3), "hat");
  });
  EXPECT_THAT(store.log->Verify(store.project), IsEmpty());
}

TEST_P(ChangeLogTest, AnIdThatSomebodyTookIsAskedForAgainWithoutTroublingAnybody) {
  TestStore store(GetParam());
  auto tag = store.Request({});
  tag.delta.tags = {{0, "blurry"}};
  auto added = store.Request({});
  added.delta.classes = {{std::nullopt, {3, "hat", false, {}}}};
  store.Append(tag);
  store.Append(added);
  tag = store.Request({});
  tag.delta.tags = {{0, "dark"}};
  added = store.Request({});
  added.delta.classes = {{std::nullopt, {3, "shoe", false, {}}}};
  for (const auto& request : {tag, added}) {
    try {
      store.Append(request);
      FAIL();
    } catch (const ConflictError& conflict) {
      EXPECT_TRUE(conflict.StaleIds());
    }
  }
}

TEST_P(ChangeLogTest, TwoWhoRenameOneClassMeetAConflict) {
  TestStore store(GetParam());
  auto late = store.Request({});
  late.delta.classes = {{model::Class{kDress, "dress", false, {}}, {kDress, "frock", false, {}}}};
  store.caller = store.ben;
  auto first = store.Request({});
  first.delta.classes = {{model::Class{kDress, "dress", false, {}}, {kDress, "gown", false, {}}}};
  store.Append(first);
  for (const std::string before : {"dress", "gown"}) {  // as seen, and as a view that had moved on read it
    late.delta.classes[0].before->name = before;
    try {
      store.Append(late);
      FAIL();
    } catch (const ConflictError& conflict) {
      ASSERT_EQ(conflict.Classes().size(), 1U);
      EXPECT_EQ(conflict.Classes()[0].expected->name, "dress");
      EXPECT_EQ(conflict.Classes()[0].present.name, "gown");
      EXPECT_EQ(conflict.Classes()[0].author, store.ben);
    }
  }
}

TEST_P(ChangeLogTest, ATakenClassNameIsRefused) {
  TestStore store(GetParam());
  auto request = store.Request({});
  request.delta.classes = {{model::Class{kDress, "dress", false, {}}, {kDress, "shirt", false, {}}}};
  EXPECT_THROW(store.Append(request), Error);
}

TEST_P(ChangeLogTest, ARetiredClassTakesNoLabelsButKeepsItsOwn) {
  TestStore store(GetParam());
  store.Append(store.Relabel({1}, kDress));
  const auto late = store.Relabel({2}, kDress);
  auto retire = store.Request({});
  retire.delta.classes = {{model::Class{kDress, "dress", false, {}}, {kDress, "dress", true, {}}}};
  store.Append(retire);
  EXPECT_THROW(store.Append(late), ConflictError);
  const auto confirm = store.Request(
      {{{AspectKind::kLabel, 0}, {1}, {Set(kDress)}, {model::PackLabel(kDress, model::LabelState::kConfirmed)}}});
  EXPECT_NO_THROW(store.Append(confirm));
}

TEST_P(ChangeLogTest, AMergeDoesNotLeaveLabelsBehindThatArrivedMeanwhile) {
  TestStore store(GetParam());
  store.Append(store.Relabel({1}, kDress));
  auto merge = store.Relabel({1}, kCoat);
  merge.delta.classes = {{model::Class{kDress, "dress", false, {}}, {kDress, "dress", false, kCoat}}};
  store.caller = store.ben;
  store.Append(store.Relabel({2}, kDress));
  try {
    store.Append(merge);
    FAIL();
  } catch (const ConflictError& conflict) {
    EXPECT_TRUE(conflict.StaleIds());
  }
}

TEST_P(ChangeLogTest, ALogThatWasTamperedWithIsNoticed) {
  const std::vector<std::string> tampering = {
      "UPDATE changes SET reason = 'another' WHERE sequence = 2",
      "UPDATE changes SET author = 'somebody' WHERE sequence = 3",
      "DELETE FROM changes WHERE sequence = 2",
      "UPDATE classes SET name = 'other' WHERE id = 1",
      "UPDATE projects SET next_ordinal = 11",
      "UPDATE audit SET person = 'somebody' WHERE number = 2",
      "DELETE FROM audit WHERE number = 2",
  };
  for (const std::string& statement : tampering) {
    TestStore store(GetParam());
    store.Append(store.Relabel({1}, kDress));
    store.Append(store.Relabel({2}, kDress));
    ASSERT_THAT(store.log->Verify(store.project), IsEmpty());
    store.catalog->Write([&](Writer& writer) { sql::Execute(writer, statement, {}); });
    EXPECT_FALSE(store.log->Verify(store.project).empty()) << statement;
  }
}

INSTANTIATE_BACKENDS(ChangeLogTest);

}  // namespace
}  // namespace burnish::store
