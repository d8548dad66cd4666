#include "jobs/job_queue.hpp"

#include <tuple>

namespace burnish::jobs {
namespace {

constexpr base::Micros kSecond = 1'000'000;
constexpr base::Micros kRateWindow = 10 * kSecond;

bool SameWork(const Job& a, const Job& b) {
  return !a.key.empty() && a.key == b.key && a.kind == b.kind && a.project == b.project;
}

bool MoreUrgent(const Entry& a, const Entry& b) {
  return std::pair(a.job.priority, a.arrival) < std::pair(b.job.priority, b.arrival);
}

bool Holds(const Entry& entry) { return entry.job.state == State::kRunning && !entry.made_way; }

}  // namespace

double RateMeter::Add(base::Micros now, std::uint64_t done) {
  if (!marks_.empty() && done < marks_.back().done) marks_.clear();  // a new phase counts anew
  marks_.push_back({now, done});
  while (marks_.size() > 2 && now - marks_.front().at > kRateWindow) marks_.pop_front();
  const auto time = now - marks_.front().at;
  if (time <= 0) return 0;
  return static_cast<double>(done - marks_.front().done) * kSecond / static_cast<double>(time);
}

void Entry::AskToStop(Ending ending) {
  if (asked == Ending::kNone) asked = ending;
  stop.request_stop();
}

void JobQueue::Add(const EntryPtr& entry) {
  entry->arrival = ++arrivals_;
  entries_.push_back(entry);
}

JobQueue::Joined JobQueue::Join(const EntryPtr& fresh, bool supersede) {
  Joined joined{fresh};
  for (const EntryPtr& other : entries_) {
    if (!SameWork(other->job, fresh->job)) continue;
    if (other->job.state == State::kQueued) {
      const auto said = [](const Job& job) { return std::tie(job.title, job.parameters, job.person); };
      joined = {other, said(other->job) != said(fresh->job)};
      other->job.title = fresh->job.title;
      other->job.parameters = fresh->job.parameters;
      other->job.person = fresh->job.person;
      other->due = std::min(fresh->due, std::max(other->latest, fresh->job.created_at));
    } else if (other->job.state == State::kRunning && supersede) {
      other->AskToStop(Entry::Ending::kCancelled);
    }
  }
  if (joined.entry == fresh) Add(fresh);
  return joined;
}

int JobQueue::CountHolding(bool only_heavy) const {
  return static_cast<int>(std::count_if(entries_.begin(), entries_.end(), [&](const EntryPtr& entry) {
    return Holds(*entry) && (!only_heavy || entry->kind->heavy);
  }));
}

// Whether a place is free for it. The last free place is kept for what somebody waits for.
bool JobQueue::HasPlace(const Entry& entry) const {
  const int free = options_.slots - CountHolding(false);
  const int needed = entry.job.priority == Priority::kBackground && options_.slots > 1 ? 2 : 1;
  return free >= needed && (!entry.kind->heavy || CountHolding(true) < options_.heavy_slots);
}

bool JobQueue::HasFreeHeavyPlace() const {
  return CountHolding(true) < options_.heavy_slots && CountHolding(false) < options_.slots;
}

bool JobQueue::Waits(const Entry& entry, base::Micros now) const {
  if (entry.job.state != State::kQueued || entry.due > now) return false;
  if (entry.thread.joinable()) return false;  // that of its last try
  return std::none_of(entries_.begin(), entries_.end(), [&](const EntryPtr& other) {
    return other->job.state == State::kRunning && SameWork(other->job, entry.job);
  });
}

EntryPtr JobQueue::Next() const {
  const auto now = clock_.Now();
  EntryPtr best;
  for (const EntryPtr& entry : entries_) {
    if (!Waits(*entry, now) || !HasPlace(*entry) || (best && !MoreUrgent(*entry, *best))) continue;
    // A job that made way comes back before those that are no more urgent than it.
    const bool behind = entry->kind->heavy && std::any_of(entries_.begin(), entries_.end(), [&](const EntryPtr& other) {
                          return other->made_way && other->job.priority <= entry->job.priority;
                        });
    if (!behind) best = entry;
  }
  return best;
}

bool JobQueue::ShouldMakeWay(const Entry& running) const {
  if (!running.kind->heavy) return false;
  const auto now = clock_.Now();
  return std::any_of(entries_.begin(), entries_.end(), [&](const EntryPtr& other) {
    return other->kind->heavy && other->job.priority < running.job.priority && Waits(*other, now);
  });
}

std::optional<base::Micros> JobQueue::NextDue() const {
  std::optional<base::Micros> next;
  const auto now = clock_.Now();
  for (const EntryPtr& entry : entries_) {
    if (entry->job.state == State::kQueued && entry->due > now) next = std::min(next.value_or(entry->due), entry->due);
  }
  return next;
}

EntryPtr JobQueue::Find(const base::JobId& id) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const EntryPtr& entry) { return entry->job.id == id; });
  return found == entries_.end() ? nullptr : *found;
}

void JobQueue::ForgetOld() {
  auto ended = static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [](const EntryPtr& entry) { return entry->job.Ended(); }));
  for (auto it = entries_.begin(); it != entries_.end() && ended > options_.keep_ended;) {
    if ((*it)->job.Ended() && !(*it)->thread.joinable()) {
      it = entries_.erase(it);
      --ended;
    } else {
      ++it;
    }
  }
}

}  // namespace burnish::jobs
