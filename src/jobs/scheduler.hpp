#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/random.hpp"
#include "jobs/job.hpp"
#include "jobs/job_store.hpp"

namespace burnish::jobs {

// A running job's hold on the scheduler. Used by the job's own thread only, except Stop().
class Context {
 public:
  virtual ~Context() = default;
  virtual const Job& Self() const = 0;
  virtual std::stop_token Stop() const = 0;
  // Throws kCancelled once the job was cancelled or the server stops. Call it at least every second of work.
  void ThrowIfStopped() const;
  // Cheap enough for every item: published a few times a second at most.
  virtual void Report(std::uint64_t done, std::uint64_t total, const std::string& unit, const std::string& phase) = 0;
  // Between two pieces of work of a heavy job: waits while a more urgent heavy job runs in its place.
  virtual void GiveWay() = 0;
  // JSON text, shown with the job once it is done.
  virtual void SetResult(std::string json) = 0;
};

// A kind of work. Registered before Start.
struct Kind {
  // What becomes of a job that a crash or a stop interrupted.
  enum class AfterCrash : std::uint8_t { kRestart, kFail };

  std::string name;
  // Throws base::Error with a sentence to fail. A kind that restarts after a crash is tried again when storage, memory
  // or something it needs was not there (kStorageFull, std::bad_alloc, kUnavailable).
  std::function<void(Context&)> run;
  Priority priority = Priority::kBackground;
  bool heavy = false;  // keeps a processor busy: one such job at a time, at low CPU priority
  AfterCrash after_crash = AfterCrash::kRestart;
  // The sentence of a job that is not restarted: "The import was interrupted; nothing was changed. Start it again."
  std::string interrupted = "The server stopped before this was finished. Start it again.";
  // Removes what an interrupted run left behind, before it restarts or fails. May be empty.
  std::function<void(const Job&)> clean_up;
};

struct Submission {
  std::string kind;
  base::ProjectId project;
  base::PersonId person;
  // With a key: a job of the same kind, project and key that still waits is replaced by this one (its id stays), and
  // one that runs ends before this one starts. Empty: no such ties.
  std::string key;
  std::string title;
  std::string parameters = "{}";
  // Waits so long after the last submission of its key, but never longer than `at_most` after the first.
  std::chrono::milliseconds delay{0};
  std::chrono::milliseconds at_most{0};  // 0: ten times the delay
  bool supersede = false;                // also stops the one of its key that runs
};

struct SchedulerOptions {
  int slots = 2;                 // jobs at a time
  int heavy_slots = 1;           // of them, heavy ones
  int most_starts = 3;           // a job begun so often without ending is failed, not begun again
  std::size_t keep_ended = 500;  // ended jobs kept in memory for lists
};

// Runs jobs in order of priority, on threads of their own. Any thread may call any member.
class Scheduler {
 public:
  // Hears of every new state and, a few times a second, of progress. Called without locks, from any thread; must not
  // wait.
  using Listener = std::function<void(const Job&)>;

  Scheduler(const base::Clock& clock, base::Random& random, JobStore& store, SchedulerOptions options = {});
  ~Scheduler();  // stops
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  void Register(Kind kind);
  void Listen(Listener listener);
  // Takes up what an earlier process left unfinished, each by its kind's rule, and begins to run.
  void Start();
  // Stops running jobs; those whose kind restarts stay queued in the store. Returns when all threads ended.
  void Stop();

  // Throws kInvalidArgument for an unknown kind.
  base::JobId Submit(const Submission& submission);
  // Nothing happens to a job that has ended. False: unknown in this project.
  bool Cancel(const base::ProjectId& project, const base::JobId& id);
  std::optional<Job> Find(const base::ProjectId& project, const base::JobId& id) const;
  // Running first, then waiting, then ended, newest first.
  std::vector<Job> List(const base::ProjectId& project) const;
  std::vector<Job> ListAll() const;
  // Returns the job when it has ended, or as it is when time is up. For tests and the command line.
  std::optional<Job> Wait(const base::ProjectId& project, const base::JobId& id, std::chrono::milliseconds time) const;
  // True when nothing runs and nothing waits.
  bool WaitIdle(std::chrono::milliseconds time) const;
  // Looks at the clock again; tests that own the clock call it after moving it.
  void Tick();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace burnish::jobs
