#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace burnish::jobs {

// A thread of its own that gives way to those that answer people, for short chores that need no place in the list of
// jobs. One after another, in the order in which they were given.
class QuietThread {
 public:
  QuietThread();
  ~QuietThread();
  QuietThread(const QuietThread&) = delete;
  QuietThread& operator=(const QuietThread&) = delete;

  // Returns at once. A chore that throws is told to the log by its name. After Stop nothing is begun.
  void Run(std::string name, std::function<void()> chore);
  // Waits for the chore that runs; those that wait are dropped.
  void Stop();

 private:
  struct Chore {
    std::string name;
    std::function<void()> run;
  };

  void Work(const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any given_;
  std::deque<Chore> waiting_;  // guarded by mutex_
  std::jthread thread_;
};

}  // namespace burnish::jobs
