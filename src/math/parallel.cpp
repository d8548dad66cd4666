#include "math/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

#include <tbb/blocked_range.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>
#include <tbb/task_arena.h>

#include "base/error.hpp"

namespace burnish::math {
namespace {

#if defined(__SANITIZE_THREAD__)
constexpr bool kUnderThreadSanitizer = true;
#elif defined(__has_feature)
constexpr bool kUnderThreadSanitizer = __has_feature(thread_sanitizer);
#else
constexpr bool kUnderThreadSanitizer = false;
#endif

// What tbb::parallel_for does, on threads of its own. ThreadSanitizer cannot see how oneTBB, a library that is not
// instrumented, hands a piece to another thread and waits for its end; it sees the start and the join of a thread.
void RunOnPlainThreads(std::size_t pieces, unsigned threads, const std::function<void(std::size_t)>& run_piece) {
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> failed = false;
  std::exception_ptr failure;  // of the first that failed; read after the joins
  const auto work = [&] {
    try {
      for (std::size_t piece = next++; piece < pieces && !failed; piece = next++) run_piece(piece);
    } catch (...) {
      if (!failed.exchange(true)) failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < std::min<std::size_t>(threads, pieces); ++i) helpers.emplace_back(work);
    work();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

void RunControl::ThrowIfStopped() const {
  if (stop.stop_requested()) throw base::Error(base::ErrorCode::kCancelled, "The computation was cancelled.");
}

RunControl RunControl::Part(double from, double to) const {
  RunControl part{threads, stop, {}};
  if (progress) {
    part.progress = [outer = progress, from, to](double fraction) { outer(from + (to - from) * fraction); };
  }
  return part;
}

void ParallelFor(std::size_t count, std::size_t grain, const RunControl& control,
                 const std::function<void(std::size_t, std::size_t)>& body) {
  const std::size_t step = std::max<std::size_t>(grain, 1);
  const std::size_t pieces = (count + step - 1) / step;
  const auto run_piece = [&](std::size_t piece) {
    control.ThrowIfStopped();
    body(piece * step, std::min(count, (piece + 1) * step));
  };
  if (pieces <= 1 || control.threads == 1) {
    for (std::size_t piece = 0; piece < pieces; ++piece) run_piece(piece);
    return;
  }
  const auto most = static_cast<unsigned>(tbb::info::default_concurrency());
  if constexpr (kUnderThreadSanitizer) {
    RunOnPlainThreads(pieces, control.threads == 0 ? most : std::min(control.threads, most), run_piece);
    return;
  }
  const auto run_all = [&] {
    tbb::parallel_for(
        tbb::blocked_range<std::size_t>(0, pieces, 1),
        [&](const tbb::blocked_range<std::size_t>& range) {
          for (std::size_t piece = range.begin(); piece != range.end(); ++piece) run_piece(piece);
        },
        tbb::simple_partitioner());
  };
  if (control.threads == 0) {
    // Isolated: a thread that waits here must not pick up an unrelated task of the arena it was called from.
    tbb::this_task_arena::isolate(run_all);
  } else {
    tbb::task_arena arena(static_cast<int>(std::min(control.threads, most)));
    arena.execute(run_all);
  }
}

ProgressMeter::ProgressMeter(const RunControl& control, std::size_t total) : control_(control), total_(total) {}

void ProgressMeter::Add(std::size_t done) {
  if (!control_.progress || total_ == 0) return;
  const std::lock_guard lock(mutex_);
  done_ = std::min(done_ + done, total_);
  control_.progress(static_cast<double>(done_) / static_cast<double>(total_));
}

}  // namespace burnish::math
