#include "jobs/scheduler.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <new>
#include <thread>
#include <utility>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/thread_priority.hpp"
#include "jobs/job_queue.hpp"

namespace burnish::jobs {
namespace {

constexpr base::Micros kSecond = 1'000'000;
constexpr base::Micros kPublishEvery = kSecond / 5;
constexpr base::Micros kFirstRetry = 2 * kSecond;
constexpr base::Micros kLastRetry = 300 * kSecond;

}  // namespace

void Context::ThrowIfStopped() const {
  if (Stop().stop_requested()) throw base::Error(base::ErrorCode::kCancelled, "It was cancelled.");
}

struct Scheduler::Impl {
  class RunContext;

  Impl(const base::Clock& given_clock, base::Random& given_random, JobStore& given_store, SchedulerOptions given)
      : clock(given_clock), random(given_random), store(given_store), options(given), queue(clock, options) {}

  // Stores and tells the job's present state; in the order of its states, since each caller copies the newest.
  void Announce(const EntryPtr& entry, bool save) {
    const std::scoped_lock order(announce_mutex);
    Job job;
    std::vector<Listener> heard;
    {
      const std::scoped_lock lock(mutex);
      job = entry->job;
      heard = listeners;
    }
    if (save) {
      try {
        store.Save(job);
      } catch (const std::exception& failure) {
        // The job goes on: what it did is in the project's own truth; only the list of jobs forgets it.
        spdlog::error("job {} ({}) could not be stored: {}", job.id.Text(), job.kind, failure.what());
      }
    }
    for (const auto& listener : heard) listener(job);
  }

  void Dispatch() {
    std::unique_lock lock(mutex);
    while (!stopping) {
      if (const EntryPtr entry = queue.Next()) {
        Begin(entry);
        continue;
      }
      Reap(lock);
      if (stopping || queue.Next()) continue;
      if (const auto next = queue.NextDue()) {
        changed.wait_for(lock, std::chrono::microseconds(std::max<base::Micros>(*next - clock.Now(), 100)));
      } else {
        changed.wait(lock);
      }
    }
  }

  void Begin(const EntryPtr& entry) {
    entry->job.state = State::kRunning;
    entry->job.started_at = clock.Now();
    entry->job.progress = {};
    entry->job.error.clear();
    ++entry->job.starts;
    entry->thread = std::thread([this, entry] { RunOne(entry); });
  }

  // Joins the threads of jobs that have ended.
  void Reap(std::unique_lock<std::mutex>& lock) {
    std::vector<std::thread> ended;
    for (const auto& entry : queue.All()) {
      if (entry->job.state != State::kRunning && entry->thread.joinable()) ended.push_back(std::move(entry->thread));
    }
    queue.ForgetOld();
    if (ended.empty()) return;
    lock.unlock();
    for (auto& thread : ended) thread.join();
    lock.lock();
  }

  void RunOne(const EntryPtr& entry);
  void EndAs(const EntryPtr& entry, State state, std::string sentence) {
    {
      const std::scoped_lock lock(mutex);
      auto& job = entry->job;
      job.state = state;
      job.error = std::move(sentence);
      if (state == State::kQueued) {
        job.started_at = 0;
        --job.starts;  // an orderly stop is not its fault
      } else {
        job.ended_at = clock.Now();
        job.progress.rate = 0;
        job.progress.seconds_left.reset();
      }
    }
    Announce(entry, true);
    changed.notify_all();
  }

  // The cause may be gone soon, and what the job makes nobody else asks for again: it waits for another try, each time
  // twice as long. Another submission of its key begins it at once.
  void EndForNow(const EntryPtr& entry, const std::string& sentence) {
    if (entry->stop.stop_requested()) return EndStopped(entry);
    if (entry->kind->after_crash == Kind::AfterCrash::kFail) return EndAs(entry, State::kFailed, sentence);
    {
      const std::scoped_lock lock(mutex);
      entry->due = clock.Now() + std::min(kFirstRetry << std::min(entry->failures++, 20), kLastRetry);
      entry->latest = entry->due;
    }
    EndAs(entry, State::kQueued, sentence);
  }

  void EndStopped(const EntryPtr& entry) {
    Entry::Ending asked;
    {
      const std::scoped_lock lock(mutex);
      asked = entry->asked;
    }
    if (asked != Entry::Ending::kServerStops) return EndAs(entry, State::kCancelled, {});
    if (entry->kind->after_crash == Kind::AfterCrash::kRestart) return EndAs(entry, State::kQueued, {});
    EndAs(entry, State::kFailed, entry->kind->interrupted);
  }

  bool Knows(const base::JobId& id) const {
    const std::scoped_lock lock(mutex);
    return queue.Find(id) != nullptr;
  }

  void TakeUp(const Job& stored) {
    const auto entry = std::make_shared<Entry>();
    entry->job = stored;
    const bool begun = stored.state == State::kRunning;
    const auto kind = kinds.find(stored.kind);
    std::string refusal;
    if (kind == kinds.end()) {
      refusal = "This version of Burnish does not know this kind of work.";
    } else if (begun && kind->second.after_crash == Kind::AfterCrash::kFail) {
      refusal = kind->second.interrupted;
    } else if (begun && stored.starts >= options.most_starts) {
      refusal =
          "It was begun " + std::to_string(stored.starts) + " times and never finished, so it was not begun again.";
    }
    if (begun && kind != kinds.end() && kind->second.clean_up) {
      try {
        kind->second.clean_up(stored);
      } catch (const std::exception& failure) {
        spdlog::error("cleaning up after job {} ({}) failed: {}", stored.id.Text(), stored.kind, failure.what());
      }
    }
    static const Kind kUnknown{};
    entry->kind = kind == kinds.end() ? &kUnknown : &kind->second;
    entry->job.state = refusal.empty() ? State::kQueued : State::kFailed;
    entry->job.error = refusal;
    if (!refusal.empty()) entry->job.ended_at = clock.Now();
    {
      const std::scoped_lock lock(mutex);
      queue.Add(entry);
    }
    Announce(entry, true);
  }

  const base::Clock& clock;
  base::Random& random;
  JobStore& store;
  const SchedulerOptions options;
  std::map<std::string, Kind> kinds;  // not changed after Start

  std::mutex announce_mutex;  // one call of the store at a time; taken before `mutex`
  mutable std::mutex mutex;   // guards what follows
  mutable std::condition_variable changed;
  std::vector<Listener> listeners;
  JobQueue queue;
  bool stopping = false;
  std::thread dispatcher;
};

class Scheduler::Impl::RunContext final : public Context {
 public:
  RunContext(Impl& impl, EntryPtr entry) : impl_(impl), entry_(std::move(entry)), self_(entry_->job) {}

  const Job& Self() const override { return self_; }
  std::stop_token Stop() const override { return entry_->stop.get_token(); }

  void Report(std::uint64_t done, std::uint64_t total, const std::string& unit, const std::string& phase) override {
    const auto now = impl_.clock.Now();
    {
      const std::scoped_lock lock(impl_.mutex);
      auto& progress = entry_->job.progress;
      const bool same = progress.phase == phase && progress.unit == unit;
      if (same && now - entry_->published < kPublishEvery && done < total) return;
      if (!same) entry_->rate = {};
      entry_->published = now;
      progress = {done, total, unit, phase, entry_->rate.Add(now, done), std::nullopt};
      if (progress.rate > 0 && total >= done && total > 0)
        progress.seconds_left = static_cast<double>(total - done) / progress.rate;
    }
    impl_.Announce(entry_, false);
  }

  void GiveWay() override {
    std::unique_lock lock(impl_.mutex);
    if (!impl_.queue.ShouldMakeWay(*entry_)) return;
    entry_->made_way = true;
    impl_.changed.notify_all();
    impl_.changed.wait(lock, [this] {
      return entry_->stop.stop_requested() || (!impl_.queue.ShouldMakeWay(*entry_) && impl_.queue.HasFreeHeavyPlace());
    });
    entry_->made_way = false;
  }

  void SetResult(std::string json) override {
    const std::scoped_lock lock(impl_.mutex);
    entry_->job.result = std::move(json);
  }

 private:
  Impl& impl_;
  EntryPtr entry_;
  const Job self_;
};

void Scheduler::Impl::RunOne(const EntryPtr& entry) {
  if (entry->kind->heavy) base::LowerThreadPriority();
  Announce(entry, true);
  RunContext context(*this, entry);
  try {
    entry->kind->run(context);
    EndAs(entry, State::kDone, {});
  } catch (const base::Error& failure) {
    if (failure.Code() == base::ErrorCode::kCancelled && entry->stop.stop_requested()) return EndStopped(entry);
    if (failure.Code() == base::ErrorCode::kStorageFull || failure.Code() == base::ErrorCode::kUnavailable)
      return EndForNow(entry, failure.what());
    if (failure.Code() == base::ErrorCode::kInternal)
      spdlog::error("job {} ({}): {}", context.Self().id.Text(), context.Self().kind, failure.what());
    EndAs(entry, State::kFailed, failure.what());
  } catch (const std::bad_alloc&) {
    EndForNow(entry, "There was not enough memory for it.");
  } catch (const std::exception& failure) {
    spdlog::error("job {} ({}): {}", context.Self().id.Text(), context.Self().kind, failure.what());
    EndAs(entry, State::kFailed,
          "Something went wrong in Burnish. The server's log has more under " + context.Self().id.Text() + ".");
  }
}

Scheduler::Scheduler(const base::Clock& clock, base::Random& random, JobStore& store, SchedulerOptions options)
    : impl_(std::make_unique<Impl>(clock, random, store, options)) {}

Scheduler::~Scheduler() { Stop(); }

void Scheduler::Register(Kind kind) {
  auto name = kind.name;
  impl_->kinds.insert_or_assign(std::move(name), std::move(kind));
}

void Scheduler::Listen(Listener listener) {
  const std::scoped_lock lock(impl_->mutex);
  impl_->listeners.push_back(std::move(listener));
}

void Scheduler::Start() {
  for (const auto& job : impl_->store.Unfinished()) {
    if (!impl_->Knows(job.id)) impl_->TakeUp(job);  // submitted before the start: here already
  }
  impl_->dispatcher = std::thread([this] { impl_->Dispatch(); });
}

void Scheduler::Stop() {
  std::vector<std::thread> running;
  {
    const std::scoped_lock lock(impl_->mutex);
    if (impl_->stopping) return;
    impl_->stopping = true;
    for (const auto& entry : impl_->queue.All()) {
      entry->AskToStop(entry->job.state == State::kRunning ? Entry::Ending::kServerStops : Entry::Ending::kNone);
    }
  }
  impl_->changed.notify_all();
  if (impl_->dispatcher.joinable()) impl_->dispatcher.join();
  {
    const std::scoped_lock lock(impl_->mutex);
    for (const auto& entry : impl_->queue.All()) {
      if (entry->thread.joinable()) running.push_back(std::move(entry->thread));
    }
  }
  for (auto& thread : running) thread.join();
}

base::JobId Scheduler::Submit(const Submission& submission) {
  const auto kind = impl_->kinds.find(submission.kind);
  if (kind == impl_->kinds.end())
    throw base::Error(base::ErrorCode::kInvalidArgument, "There is no work of the kind '" + submission.kind + "'.",
                      "kind");
  const auto now = impl_->clock.Now();
  const auto delay = std::chrono::duration_cast<std::chrono::microseconds>(submission.delay).count();
  const auto most = submission.at_most.count() > 0
                        ? std::chrono::duration_cast<std::chrono::microseconds>(submission.at_most).count()
                        : 10 * delay;

  auto fresh = std::make_shared<Entry>();
  auto& job = fresh->job;
  job.id = base::JobId(base::NewIdText(impl_->random));
  job.project = submission.project;
  job.person = submission.person;
  job.kind = submission.kind;
  job.key = submission.key;
  job.title = submission.title;
  job.parameters = submission.parameters;
  job.priority = kind->second.priority;
  job.created_at = now;
  fresh->kind = &kind->second;
  fresh->due = now + delay;
  fresh->latest = now + most;

  JobQueue::Joined joined;
  {
    const std::scoped_lock lock(impl_->mutex);
    joined = impl_->queue.Join(fresh, submission.supersede);
  }
  if (joined.says_more) impl_->Announce(joined.entry, true);
  impl_->changed.notify_all();
  return joined.entry->job.id;
}

bool Scheduler::Cancel(const base::ProjectId& project, const base::JobId& id) {
  EntryPtr waiting;
  {
    const std::scoped_lock lock(impl_->mutex);
    const auto entry = impl_->queue.Find(id);
    if (!entry || entry->job.project != project) return false;
    if (entry->job.state == State::kRunning) {
      entry->AskToStop(Entry::Ending::kCancelled);
    } else if (entry->job.state == State::kQueued) {
      entry->job.state = State::kCancelled;
      entry->job.error.clear();  // of its last try
      entry->job.ended_at = impl_->clock.Now();
      waiting = entry;
    }
  }
  if (waiting) impl_->Announce(waiting, true);
  impl_->changed.notify_all();
  return true;
}

std::optional<Job> Scheduler::Find(const base::ProjectId& project, const base::JobId& id) const {
  const std::scoped_lock lock(impl_->mutex);
  const auto entry = impl_->queue.Find(id);
  if (!entry || entry->job.project != project) return std::nullopt;
  return entry->job;
}

std::vector<Job> Scheduler::ListAll() const {
  std::vector<Job> jobs;
  {
    const std::scoped_lock lock(impl_->mutex);
    for (const auto& entry : impl_->queue.All()) jobs.push_back(entry->job);
  }
  const auto rank = [](const Job& job) {
    return job.state == State::kRunning ? 0 : job.state == State::kQueued ? 1 : 2;
  };
  std::stable_sort(jobs.begin(), jobs.end(), [&](const Job& a, const Job& b) {
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    return a.created_at > b.created_at;
  });
  return jobs;
}

std::vector<Job> Scheduler::List(const base::ProjectId& project) const {
  auto jobs = ListAll();
  std::erase_if(jobs, [&](const Job& job) { return job.project != project; });
  return jobs;
}

std::optional<Job> Scheduler::Wait(const base::ProjectId& project, const base::JobId& id,
                                   std::chrono::milliseconds time) const {
  std::unique_lock lock(impl_->mutex);
  const auto entry = impl_->queue.Find(id);
  if (!entry || entry->job.project != project) return std::nullopt;
  impl_->changed.wait_for(lock, time, [&] { return entry->job.Ended(); });
  return entry->job;
}

bool Scheduler::WaitIdle(std::chrono::milliseconds time) const {
  std::unique_lock lock(impl_->mutex);
  return impl_->changed.wait_for(lock, time, [&] {
    return std::all_of(impl_->queue.All().begin(), impl_->queue.All().end(),
                       [](const EntryPtr& entry) { return entry->job.Ended(); });
  });
}

void Scheduler::Tick() {
  const std::scoped_lock lock(impl_->mutex);  // so that nobody is between looking at the clock and waiting
  impl_->changed.notify_all();
}

}  // namespace burnish::jobs
