#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "base/clock.hpp"
#include "jobs/scheduler.hpp"

namespace burnish::jobs {

// Units a second over the last seconds.
class RateMeter {
 public:
  double Add(base::Micros now, std::uint64_t done);

 private:
  struct Mark {
    base::Micros at;
    std::uint64_t done;
  };
  std::deque<Mark> marks_;
};

// A job in the scheduler's hands.
struct Entry {
  enum class Ending : std::uint8_t { kNone, kCancelled, kServerStops };

  Job job;
  const Kind* kind = nullptr;
  std::uint64_t arrival = 0;
  base::Micros due = 0;
  base::Micros latest = 0;  // however often it is put off, it starts by then
  int failures = 0;         // tries that ended for now
  bool made_way = false;    // runs, but has lent its place to a more urgent job
  Ending asked = Ending::kNone;
  std::stop_source stop;
  std::thread thread;
  RateMeter rate;
  base::Micros published = 0;

  void AskToStop(Ending ending);
};
using EntryPtr = std::shared_ptr<Entry>;

// All jobs that the scheduler knows, and which of them runs next: the most urgent for which a place is free. Its owner
// sees to it that one thread at a time calls.
class JobQueue {
 public:
  JobQueue(const base::Clock& clock, const SchedulerOptions& options) : clock_(clock), options_(options) {}

  void Add(const EntryPtr& entry);
  struct Joined {
    EntryPtr entry;
    bool says_more = true;  // than what was there already
  };
  // Adds it, or lets it stand for the same work that waits already. `supersede`: the same work that runs is cancelled.
  Joined Join(const EntryPtr& fresh, bool supersede);

  EntryPtr Next() const;
  std::optional<base::Micros> NextDue() const;
  // Whether something more urgent waits for the place of this heavy job.
  bool ShouldMakeWay(const Entry& running) const;
  bool HasFreeHeavyPlace() const;
  EntryPtr Find(const base::JobId& id) const;
  const std::list<EntryPtr>& All() const { return entries_; }
  // Of those that have ended, all but the last few.
  void ForgetOld();

 private:
  int CountHolding(bool only_heavy) const;
  bool HasPlace(const Entry& entry) const;
  bool Waits(const Entry& entry, base::Micros now) const;

  const base::Clock& clock_;
  const SchedulerOptions& options_;
  std::list<EntryPtr> entries_;
  std::uint64_t arrivals_ = 0;
};

}  // namespace burnish::jobs
