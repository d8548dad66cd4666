#include "jobs/scheduler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <map>
#include <mutex>

#include "base/error.hpp"

namespace burnish::jobs {
namespace {

using namespace std::chrono_literals;

const base::ProjectId kClothes("clothes");
const base::ProjectId kBottles("bottles");
constexpr auto kPatience = 5000ms;

// What a disk would hold.
class MemoryStore final : public JobStore {
 public:
  void Save(const Job& job) override {
    const std::scoped_lock lock(mutex_);
    saved_[job.id] = job;
    ++times_;
  }
  int Times() {
    const std::scoped_lock lock(mutex_);
    return times_;
  }
  std::vector<Job> Unfinished() override {
    const std::scoped_lock lock(mutex_);
    std::vector<Job> jobs;
    for (const auto& [id, job] : saved_) {
      if (!job.Ended()) jobs.push_back(job);
    }
    return jobs;
  }
  Job Get(const base::JobId& id) {
    const std::scoped_lock lock(mutex_);
    return saved_.at(id);
  }

 private:
  std::mutex mutex_;  // guards what follows
  std::map<base::JobId, Job> saved_;
  int times_ = 0;
};

// A job that says when it has begun and ends when told to.
class Gated {
 public:
  Kind MakeKind(std::string name, Priority priority = Priority::kBackground, bool heavy = false) {
    Kind kind;
    kind.name = std::move(name);
    kind.priority = priority;
    kind.heavy = heavy;
    kind.run = [this](Context& context) {
      {
        const std::scoped_lock lock(mutex_);
        begun_.push_back(context.Self().title);
      }
      changed_.notify_all();
      std::unique_lock lock(mutex_);
      const std::stop_callback wake(context.Stop(), [this] { changed_.notify_all(); });
      while (!open_ && !context.Stop().stop_requested()) changed_.wait_for(lock, 10ms);
      lock.unlock();
      context.ThrowIfStopped();
    };
    return kind;
  }
  bool WaitBegun(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return begun_.size() >= count; });
  }
  std::vector<std::string> Begun() {
    const std::scoped_lock lock(mutex_);
    return begun_;
  }
  void Open() {
    {
      const std::scoped_lock lock(mutex_);
      open_ = true;
    }
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;  // guards begun_ and open_
  std::condition_variable changed_;
  std::vector<std::string> begun_;
  bool open_ = false;
};

class SchedulerTest : public testing::Test {
 protected:
  Submission Work(std::string kind, std::string title, std::string key = {}) {
    Submission submission;
    submission.kind = std::move(kind);
    submission.project = kClothes;
    submission.title = std::move(title);
    submission.key = std::move(key);
    return submission;
  }

  base::ManualClock clock_{1'000'000};
  base::SeededRandom random_{7};
  MemoryStore store_;
};

TEST_F(SchedulerTest, KeepsTheResultOfWhatItRan) {
  Scheduler scheduler(clock_, random_, store_);
  Kind kind;
  kind.name = "count";
  kind.run = [](Context& context) { context.SetResult(R"({"counted":3})"); };
  scheduler.Register(kind);
  scheduler.Start();
  const auto id = scheduler.Submit(Work("count", "Count"));
  const auto job = scheduler.Wait(kClothes, id, kPatience);
  ASSERT_TRUE(job);
  EXPECT_EQ(job->state, State::kDone);
  EXPECT_EQ(job->result, R"({"counted":3})");
  EXPECT_EQ(store_.Get(id).state, State::kDone);
}

TEST_F(SchedulerTest, FailsWithTheSentenceOfTheError) {
  Scheduler scheduler(clock_, random_, store_);
  Kind kind;
  kind.name = "fail";
  kind.run = [](Context&) { throw base::Error(base::ErrorCode::kInvalidArgument, "The table has no column 'path'."); };
  scheduler.Register(kind);
  scheduler.Start();
  const auto id = scheduler.Submit(Work("fail", "Fail"));
  const auto job = scheduler.Wait(kClothes, id, kPatience);
  EXPECT_EQ(job->state, State::kFailed);
  EXPECT_EQ(job->error, "The table has no column 'path'.");
}

TEST_F(SchedulerTest, TriesAgainWhatFailedForACauseThatPasses) {
  Scheduler scheduler(clock_, random_, store_);
  std::atomic<int> tries = 0;
  Kind kind;
  kind.name = "fill";
  kind.run = [&](Context&) {
    ++tries;
    if (tries == 1) throw base::Error(base::ErrorCode::kStorageFull, "There is no room left.");
    if (tries == 2) throw std::bad_alloc();
    if (tries == 3) throw base::Error(base::ErrorCode::kUnavailable, "A file could not be read.");
  };
  scheduler.Register(kind);
  scheduler.Start();
  const auto id = scheduler.Submit(Work("fill", "Fill", "fill"));
  const auto wait_for_try = [&](int number, const std::string& sentence) {
    for (int i = 0; i < 500 && scheduler.Find(kClothes, id)->error != sentence; ++i) std::this_thread::sleep_for(10ms);
    EXPECT_EQ(scheduler.Find(kClothes, id)->error, sentence);
    EXPECT_EQ(scheduler.Find(kClothes, id)->state, State::kQueued);
    EXPECT_EQ(tries, number);
  };
  wait_for_try(1, "There is no room left.");
  EXPECT_EQ(store_.Get(id).state, State::kQueued);  // and a start would take it up
  clock_.Advance(2'000'000);
  scheduler.Tick();
  wait_for_try(2, "There was not enough memory for it.");
  scheduler.Submit(Work("fill", "Fill", "fill"));  // at once, although the next try is four seconds away
  wait_for_try(3, "A file could not be read.");
  clock_.Advance(7'000'000);
  scheduler.Tick();
  EXPECT_EQ(tries, 3);
  clock_.Advance(1'000'000);
  scheduler.Tick();
  const auto job = scheduler.Wait(kClothes, id, kPatience);
  EXPECT_EQ(job->state, State::kDone);
  EXPECT_EQ(job->error, "");
  EXPECT_EQ(tries, 4);
}

TEST_F(SchedulerTest, AnotherTryCanBeCancelled) {
  Scheduler scheduler(clock_, random_, store_);
  Kind kind;
  kind.name = "fill";
  kind.run = [](Context&) { throw base::Error(base::ErrorCode::kStorageFull, "There is no room left."); };
  scheduler.Register(kind);
  scheduler.Start();
  const auto id = scheduler.Submit(Work("fill", "Fill", "fill"));
  for (int i = 0; i < 500 && scheduler.Find(kClothes, id)->error.empty(); ++i) std::this_thread::sleep_for(10ms);
  scheduler.Cancel(kClothes, id);
  const auto job = scheduler.Wait(kClothes, id, kPatience);
  EXPECT_EQ(job->state, State::kCancelled);
  EXPECT_EQ(job->error, "");
  EXPECT_TRUE(scheduler.WaitIdle(kPatience));
}

TEST_F(SchedulerTest, DoesNotTryAgainWhatFailsWhileItIsCancelled) {
  Scheduler scheduler(clock_, random_, store_);
  std::promise<void> begun;
  Kind kind;
  kind.name = "fill";
  kind.run = [&](Context& context) {
    begun.set_value();
    while (!context.Stop().stop_requested()) std::this_thread::sleep_for(1ms);
    throw base::Error(base::ErrorCode::kUnavailable, "The files went away with it.");
  };
  scheduler.Register(kind);
  scheduler.Start();
  const auto id = scheduler.Submit(Work("fill", "Fill", "fill"));
  begun.get_future().wait();
  scheduler.Cancel(kClothes, id);
  const auto job = scheduler.Wait(kClothes, id, kPatience);
  EXPECT_EQ(job->state, State::kCancelled);
}

TEST_F(SchedulerTest, DoesNotTryAgainWhatAPersonHasToStart) {
  Scheduler scheduler(clock_, random_, store_);
  Kind kind;
  kind.name = "import";
  kind.after_crash = Kind::AfterCrash::kFail;
  kind.run = [](Context&) { throw base::Error(base::ErrorCode::kStorageFull, "There is no room left."); };
  scheduler.Register(kind);
  scheduler.Start();
  const auto job = scheduler.Wait(kClothes, scheduler.Submit(Work("import", "Import")), kPatience);
  EXPECT_EQ(job->state, State::kFailed);
}

TEST_F(SchedulerTest, BeginsWhatAPersonWaitsForFirst) {
  Gated gate;
  Scheduler scheduler(clock_, random_, store_, {.slots = 1});
  scheduler.Register(gate.MakeKind("background"));
  scheduler.Register(gate.MakeKind("person", Priority::kPerson));
  scheduler.Submit(Work("background", "thumbnails"));
  scheduler.Submit(Work("person", "import"));
  gate.Open();
  scheduler.Start();
  ASSERT_TRUE(gate.WaitBegun(2));
  EXPECT_EQ(gate.Begun(), (std::vector<std::string>{"import", "thumbnails"}));
}

TEST_F(SchedulerTest, KeepsOnePlaceFreeOfBackgroundWork) {
  Gated gate;
  Scheduler scheduler(clock_, random_, store_);
  scheduler.Register(gate.MakeKind("background"));
  scheduler.Register(gate.MakeKind("person", Priority::kPerson));
  scheduler.Start();
  scheduler.Submit(Work("background", "first"));
  ASSERT_TRUE(gate.WaitBegun(1));
  const auto second = scheduler.Submit(Work("background", "second"));
  scheduler.Submit(Work("person", "import"));
  ASSERT_TRUE(gate.WaitBegun(2));
  EXPECT_EQ(gate.Begun(), (std::vector<std::string>{"first", "import"}));
  EXPECT_EQ(scheduler.Find(kClothes, second)->state, State::kQueued);
  gate.Open();
  EXPECT_TRUE(scheduler.WaitIdle(kPatience));
}

TEST_F(SchedulerTest, RunsOneHeavyJobAtATime) {
  Gated gate;
  Scheduler scheduler(clock_, random_, store_, {.slots = 4});
  scheduler.Register(gate.MakeKind("heavy", Priority::kSoon, true));
  scheduler.Start();
  scheduler.Submit(Work("heavy", "first"));
  ASSERT_TRUE(gate.WaitBegun(1));
  const auto second = scheduler.Submit(Work("heavy", "second"));
  EXPECT_EQ(scheduler.Find(kClothes, second)->state, State::kQueued);
  gate.Open();
  EXPECT_TRUE(scheduler.WaitIdle(kPatience));
}

TEST_F(SchedulerTest, AHeavyJobMakesWayForAMoreUrgentOne) {
  Scheduler scheduler(clock_, random_, store_);
  std::mutex mutex;
  std::vector<std::string> order;
  const auto note = [&](const std::string& what) {
    const std::scoped_lock lock(mutex);
    order.push_back(what);
  };
  std::promise<void> begun;
  std::promise<void> submitted;
  Kind slow;
  slow.name = "slow";
  slow.heavy = true;
  slow.run = [&](Context& context) {
    begun.set_value();
    submitted.get_future().wait();
    context.GiveWay();
    note("slow");
  };
  Kind urgent;
  urgent.name = "urgent";
  urgent.priority = Priority::kSoon;
  urgent.heavy = true;
  urgent.run = [&](Context&) { note("urgent"); };
  scheduler.Register(slow);
  scheduler.Register(urgent);
  scheduler.Start();
  scheduler.Submit(Work("slow", "slow"));
  begun.get_future().wait();
  scheduler.Submit(Work("urgent", "urgent"));
  submitted.set_value();
  ASSERT_TRUE(scheduler.WaitIdle(kPatience));
  EXPECT_EQ(order, (std::vector<std::string>{"urgent", "slow"}));
}

TEST_F(SchedulerTest, OneWaitingJobStandsForAllOfItsKey) {
  Gated gate;
  Scheduler scheduler(clock_, random_, store_);
  scheduler.Register(gate.MakeKind("probe", Priority::kSoon));
  scheduler.Start();
  auto first = Work("probe", "after 1 edit", "probe");
  first.delay = 2000ms;
  auto second = Work("probe", "after 2 edits", "probe");
  second.delay = 2000ms;
  auto elsewhere = second;
  elsewhere.project = kBottles;
  const auto id = scheduler.Submit(first);
  clock_.Advance(1'500'000);
  EXPECT_EQ(scheduler.Submit(second), id);
  EXPECT_NE(scheduler.Submit(elsewhere), id);
  clock_.Advance(1'000'000);  // 2.5 s after the first, 1 s after the second
  scheduler.Tick();
  EXPECT_EQ(scheduler.Find(kClothes, id)->state, State::kQueued);
  clock_.Advance(1'000'000);
  scheduler.Tick();
  gate.Open();
  ASSERT_TRUE(scheduler.WaitIdle(kPatience));
  auto begun = gate.Begun();
  EXPECT_EQ(begun, (std::vector<std::string>{"after 2 edits", "after 2 edits"}));
}

// Each edit puts the probe off: none of them may wait for a disk because of it.
TEST_F(SchedulerTest, PuttingOffIsNotStoredAgain) {
  Gated gate;
  Scheduler scheduler(clock_, random_, store_);
  scheduler.Register(gate.MakeKind("probe", Priority::kSoon));
  auto work = Work("probe", "Retrain", "probe");
  work.delay = 2000ms;
  const auto id = scheduler.Submit(work);
  const int stored = store_.Times();
  EXPECT_EQ(scheduler.Submit(work), id);
  EXPECT_EQ(store_.Times(), stored);
  work.title = "Retrain on 2 edits";
  EXPECT_EQ(scheduler.Submit(work), id);
  EXPECT_EQ(store_.Get(id).title, "Retrain on 2 edits");
}

TEST_F(SchedulerTest, PuttingOffEnds) {
  Gated gate;
  gate.Open();
  Scheduler scheduler(clock_, random_, store_);
  scheduler.Register(gate.MakeKind("probe", Priority::kSoon));
  scheduler.Start();
  auto work = Work("probe", "Retrain", "probe");
  work.delay = 2000ms;
  work.at_most = 3000ms;
  scheduler.Submit(work);
  clock_.Advance(1'900'000);
  scheduler.Submit(work);
  clock_.Advance(1'200'000);  // 3.1 s after the first
  scheduler.Tick();
  EXPECT_TRUE(scheduler.WaitIdle(kPatience));
}

TEST_F(SchedulerTest, ANewerJobStopsTheOneThatItSupersedes) {
  Gated gate;
  Scheduler scheduler(clock_, random_, store_);
  scheduler.Register(gate.MakeKind("probe", Priority::kSoon));
  scheduler.Start();
  auto work = Work("probe", "Retrain", "probe");
  work.supersede = true;
  const auto old = scheduler.Submit(work);
  ASSERT_TRUE(gate.WaitBegun(1));
  const auto fresh = scheduler.Submit(work);
  ASSERT_TRUE(gate.WaitBegun(2));
  EXPECT_EQ(scheduler.Find(kClothes, old)->state, State::kCancelled);
  gate.Open();
  EXPECT_EQ(scheduler.Wait(kClothes, fresh, kPatience)->state, State::kDone);
}

TEST_F(SchedulerTest, CancelsWaitingAndRunningJobs) {
  Gated gate;
  Scheduler scheduler(clock_, random_, store_, {.slots = 1});
  scheduler.Register(gate.MakeKind("import", Priority::kPerson));
  scheduler.Start();
  const auto running = scheduler.Submit(Work("import", "running"));
  ASSERT_TRUE(gate.WaitBegun(1));
  const auto waiting = scheduler.Submit(Work("import", "waiting"));
  EXPECT_FALSE(scheduler.Cancel(kBottles, running));
  EXPECT_TRUE(scheduler.Cancel(kClothes, waiting));
  EXPECT_TRUE(scheduler.Cancel(kClothes, running));
  EXPECT_TRUE(scheduler.WaitIdle(kPatience));
  EXPECT_EQ(scheduler.Find(kClothes, running)->state, State::kCancelled);
  EXPECT_EQ(scheduler.Find(kClothes, waiting)->state, State::kCancelled);
  EXPECT_EQ(gate.Begun(), (std::vector<std::string>{"running"}));
}

TEST_F(SchedulerTest, TakesUpWhatACrashInterruptedByTheRuleOfItsKind) {
  const auto crashed = [&](const std::string& kind, State state, int starts) {
    Job job;
    job.id = base::JobId(kind + std::to_string(starts));
    job.project = kClothes;
    job.kind = kind;
    job.title = kind;
    job.state = state;
    job.starts = starts;
    store_.Save(job);
    return job.id;
  };
  const auto restarted = crashed("restarts", State::kRunning, 1);
  const auto failed = crashed("fails", State::kRunning, 1);
  const auto never_begun = crashed("fails", State::kQueued, 0);
  const auto poisonous = crashed("restarts", State::kRunning, 3);
  const auto unknown = crashed("of the future", State::kQueued, 0);

  Gated gate;
  gate.Open();
  std::atomic<int> cleaned = 0;
  auto restarts = gate.MakeKind("restarts");
  restarts.clean_up = [&](const Job&) { ++cleaned; };
  auto fails = gate.MakeKind("fails");
  fails.after_crash = Kind::AfterCrash::kFail;
  fails.interrupted = "The import was interrupted; nothing was changed.";
  fails.clean_up = restarts.clean_up;
  Scheduler scheduler(clock_, random_, store_);
  scheduler.Register(restarts);
  scheduler.Register(fails);
  scheduler.Start();
  ASSERT_TRUE(scheduler.WaitIdle(kPatience));
  EXPECT_EQ(scheduler.Find(kClothes, restarted)->state, State::kDone);
  EXPECT_EQ(scheduler.Find(kClothes, never_begun)->state, State::kDone);
  EXPECT_EQ(scheduler.Find(kClothes, failed)->error, "The import was interrupted; nothing was changed.");
  EXPECT_EQ(scheduler.Find(kClothes, poisonous)->state, State::kFailed);
  EXPECT_EQ(scheduler.Find(kClothes, unknown)->state, State::kFailed);
  EXPECT_EQ(cleaned, 3);
}

TEST_F(SchedulerTest, AnOrderlyStopLeavesRestartableJobsForTheNextStart) {
  Gated gate;
  base::JobId id;
  {
    Scheduler scheduler(clock_, random_, store_);
    scheduler.Register(gate.MakeKind("embeddings"));
    scheduler.Start();
    id = scheduler.Submit(Work("embeddings", "Embed"));
    ASSERT_TRUE(gate.WaitBegun(1));
    scheduler.Stop();
  }
  EXPECT_EQ(store_.Get(id).state, State::kQueued);
  gate.Open();
  Scheduler next(clock_, random_, store_);
  next.Register(gate.MakeKind("embeddings"));
  next.Start();
  ASSERT_TRUE(next.WaitIdle(kPatience));
  EXPECT_EQ(store_.Get(id).state, State::kDone);
}

TEST_F(SchedulerTest, TellsRateAndTimeLeft) {
  Scheduler scheduler(clock_, random_, store_);
  Kind kind;
  kind.name = "read";
  kind.run = [&](Context& context) {
    context.Report(0, 1000, "photographs", "Reading");
    clock_.Advance(2'000'000);
    context.Report(400, 1000, "photographs", "Reading");
  };
  scheduler.Register(kind);
  std::mutex mutex;
  std::vector<Progress> heard;
  scheduler.Listen([&](const Job& job) {
    const std::scoped_lock lock(mutex);
    if (job.state == State::kRunning) heard.push_back(job.progress);
  });
  scheduler.Start();
  scheduler.Submit(Work("read", "Read"));
  ASSERT_TRUE(scheduler.WaitIdle(kPatience));
  const std::scoped_lock lock(mutex);
  ASSERT_FALSE(heard.empty());
  EXPECT_DOUBLE_EQ(heard.back().rate, 200);
  EXPECT_DOUBLE_EQ(heard.back().seconds_left.value(), 3);
}

TEST_F(SchedulerTest, RefusesWorkOfAnUnknownKind) {
  Scheduler scheduler(clock_, random_, store_);
  EXPECT_THROW(scheduler.Submit(Work("nothing", "Nothing")), base::Error);
}

}  // namespace
}  // namespace burnish::jobs
