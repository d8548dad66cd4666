#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdlib>
#include <map>
#include <set>
#include <vector>

#include "base/error.hpp"
#include "store/catalog/test_store.hpp"

// Random edits and undos by two people against a model that is slow and obvious.
namespace burnish::store {
namespace {

using testing::Backend;
using testing::TestStore;

constexpr Ordinal kSamples = 6;

// Per sample, the edits that stand in it, oldest first, with the value that each gave. A redo puts the edit itself
// back.
using Stack = std::vector<std::pair<SequenceNumber, std::uint32_t>>;

// Nobody touched a sample since change X exactly if its stack is what it was right after X.
class NaiveHistory {
 public:
  void Edit(SequenceNumber sequence, const std::vector<Ordinal>& ordinals, std::uint32_t value) {
    for (const Ordinal ordinal : ordinals) {
      taken_back_[sequence][ordinal] = stacks_[ordinal];
      stacks_[ordinal].emplace_back(sequence, value);
      after_[sequence][ordinal] = stacks_[ordinal];
    }
  }

  // Which of the target's samples can be put back.
  std::set<Ordinal> Restorable(SequenceNumber target) {
    std::set<Ordinal> restorable;
    for (const auto& [ordinal, stack] : after_[target]) {
      if (stacks_[ordinal] == stack) restorable.insert(ordinal);
    }
    return restorable;
  }
  std::size_t Touched(SequenceNumber target) { return after_[target].size(); }

  void Undo(SequenceNumber sequence, SequenceNumber target) {
    for (const Ordinal ordinal : Restorable(target)) {
      Stack before = stacks_[ordinal];
      stacks_[ordinal] = taken_back_[target][ordinal];
      taken_back_[sequence][ordinal] = std::move(before);
      after_[sequence][ordinal] = stacks_[ordinal];
    }
  }

  std::map<Ordinal, std::uint32_t> Values() const {
    std::map<Ordinal, std::uint32_t> values;
    for (const auto& [ordinal, stack] : stacks_) {
      if (!stack.empty()) values[ordinal] = stack.back().second;
    }
    return values;
  }

 private:
  std::map<Ordinal, Stack> stacks_;
  std::map<SequenceNumber, std::map<Ordinal, Stack>> after_;       // right after the change
  std::map<SequenceNumber, std::map<Ordinal, Stack>> taken_back_;  // what undoing it leaves
};

std::map<Ordinal, std::uint32_t> LabelsOf(TestStore& store) {
  std::map<Ordinal, std::uint32_t> values;
  for (const auto& [cell, value] : store.Fold()) {
    if (cell.first.kind == model::AspectKind::kLabel && value != model::kNoLabelCode) values[cell.second] = value;
  }
  return values;
}

void RandomEdit(TestStore& store, NaiveHistory& naive) {
  const unsigned mask = *rc::gen::inRange(1U, 1U << kSamples);
  std::vector<Ordinal> chosen;
  for (Ordinal ordinal = 0; ordinal < kSamples; ++ordinal) {
    if ((mask >> ordinal & 1U) != 0) chosen.push_back(ordinal);
  }
  const auto to = static_cast<model::ClassId>(*rc::gen::inRange(0, 3));
  auto request = store.Relabel(chosen, to);
  // What has the value already is no part of an edit.
  model::AspectDelta& all = request.delta.aspects[0];
  model::AspectDelta some{all.aspect, {}, {}, {}};
  for (std::size_t i = 0; i < all.ordinals.size(); ++i) {
    if (all.before[i] == all.after[i]) continue;
    some.ordinals.push_back(all.ordinals[i]);
    some.before.push_back(all.before[i]);
    some.after.push_back(all.after[i]);
  }
  if (some.ordinals.empty()) return;
  all = some;
  naive.Edit(store.Append(request).sequence, some.ordinals, some.after[0]);
}

void RandomUndo(TestStore& store, NaiveHistory& naive) {
  const auto head = store.log->Head(store.project);
  if (head < 2) return;
  auto target = *rc::gen::inRange<SequenceNumber>(2, head + 1);
  AppendResult result;
  try {
    result = store.Undo(target);
  } catch (const base::Error&) {
    return;  // undone already
  }
  target = *result.undoes;
  const auto restorable = naive.Restorable(target);
  RC_ASSERT(result.restored == restorable.size());
  RC_ASSERT(result.kept == naive.Touched(target) - restorable.size());
  RC_ASSERT(result.recorded == !restorable.empty());
  if (result.recorded) naive.Undo(result.sequence, target);
}

// Each case commits to a real disk some dozens of times. RC_PARAMS in the environment asks for more.
class UndoPropertyTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { setenv("RC_PARAMS", "max_success=100", 0); }
};

TEST_F(UndoPropertyTest, RandomEditsAndUndosGiveWhatTheNaiveHistorySays) {
  EXPECT_TRUE(rc::check("edits and undos", [] {
    TestStore store(Backend::kSqlite);
    NaiveHistory naive;
    const int steps = *rc::gen::inRange(1, 25);
    for (int step = 0; step < steps; ++step) {
      store.caller = *rc::gen::arbitrary<bool>() ? store.ada : store.ben;
      if (*rc::gen::inRange(0, 5) < 2) {
        RandomEdit(store, naive);
      } else {
        RandomUndo(store, naive);
      }
      RC_ASSERT(LabelsOf(store) == naive.Values());
    }
    RC_ASSERT(store.log->Verify(store.project).empty());
  }));
}

// Ctrl+Z pressed until it has nothing left gives back the start, and redo all the way gives back the end.
TEST_F(UndoPropertyTest, UndoingAllAndRedoingAllAreExact) {
  EXPECT_TRUE(rc::check("all the way back and forth", [] {
    TestStore store(Backend::kSqlite);
    NaiveHistory unused;
    const int steps = *rc::gen::inRange(1, 15);
    for (int step = 0; step < steps; ++step) RandomEdit(store, unused);
    const auto end = LabelsOf(store);
    const auto edits = store.log->Head(store.project) - 1;
    for (SequenceNumber i = 0; i < edits; ++i) store.UndoLatest();
    RC_ASSERT(LabelsOf(store).empty());
    RC_ASSERT_THROWS_AS(store.UndoLatest(), base::Error);
    for (SequenceNumber i = 0; i < edits; ++i) store.RedoLatest();
    RC_ASSERT(LabelsOf(store) == end);
    RC_ASSERT_THROWS_AS(store.RedoLatest(), base::Error);
  }));
}

}  // namespace
}  // namespace burnish::store
