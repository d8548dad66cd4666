#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <stop_token>

namespace burnish::math {

// How a long computation runs and talks. Plain value; copy it freely. Every result of src/math is the
// same, bit for bit, for any number of threads.
struct RunControl {
  unsigned threads = 0;                  // at most; 0: as many as the machine has
  std::stop_token stop;                  // asked often; a stop ends the call with base::Error kCancelled
  std::function<void(double)> progress;  // 0 to 1, never falling; called from a worker thread, one call at a time

  // Throws base::Error kCancelled if a stop was asked for.
  void ThrowIfStopped() const;
  // The same run as the part [from, to] of a longer one's progress.
  RunControl Part(double from, double to) const;
};

// Calls `body(begin, end)` over pieces of at most `grain` of [0, count), in no order, on several threads.
// A stop is noticed between pieces. An exception of `body` ends the loop and is passed on.
void ParallelFor(std::size_t count, std::size_t grain, const RunControl& control,
                 const std::function<void(std::size_t, std::size_t)>& body);

// Counts finished work and passes it to the control's callback. Any thread may call Add.
class ProgressMeter {
 public:
  ProgressMeter(const RunControl& control, std::size_t total);
  void Add(std::size_t done);

 private:
  const RunControl& control_;
  const std::size_t total_;
  std::mutex mutex_;  // guards done_ and the callback
  std::size_t done_ = 0;
};

}  // namespace burnish::math
