#include "jobs/quiet_thread.hpp"

#include <utility>

#include "base/log.hpp"
#include "base/thread_priority.hpp"

namespace burnish::jobs {

QuietThread::QuietThread() : thread_([this](const std::stop_token& stop) { Work(stop); }) {}

QuietThread::~QuietThread() { Stop(); }

void QuietThread::Run(std::string name, std::function<void()> chore) {
  {
    const std::scoped_lock lock(mutex_);
    waiting_.push_back({std::move(name), std::move(chore)});
  }
  given_.notify_one();
}

void QuietThread::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void QuietThread::Work(const std::stop_token& stop) {
  base::LowerThreadPriority();
  while (true) {
    std::unique_lock lock(mutex_);
    given_.wait(lock, stop, [&] { return !waiting_.empty(); });
    if (stop.stop_requested()) return;
    const Chore chore = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    try {
      chore.run();
    } catch (const std::exception& failure) {
      spdlog::error("{}: {}", chore.name, failure.what());
    }
  }
}

}  // namespace burnish::jobs
