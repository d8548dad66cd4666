#include "jobs/quiet_thread.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <latch>
#include <stdexcept>
#include <vector>

namespace burnish::jobs {
namespace {

int Niceness() { return ::getpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid))); }

TEST(QuietThread, RunsOneAfterAnotherWhileTheCallerGoesOn) {
  std::latch let(1);
  std::latch done(1);
  std::vector<int> order;
  QuietThread thread;
  thread.Run("first", [&] {
    let.wait();
    order.push_back(1);
  });
  thread.Run("second", [&] {
    order.push_back(2);
    done.count_down();
  });
  let.count_down();  // reached though the first has not ended
  done.wait();
  EXPECT_EQ(order, (std::vector{1, 2}));
}

TEST(QuietThread, GivesWayToOthers) {
  int niceness = 0;
  std::latch done(1);
  QuietThread thread;
  thread.Run("look", [&] {
    niceness = Niceness();
    done.count_down();
  });
  done.wait();
  EXPECT_GT(niceness, Niceness());
}

TEST(QuietThread, GoesOnAfterAFailure) {
  std::latch done(1);
  QuietThread thread;
  thread.Run("fail", [] { throw std::runtime_error("it was told to"); });
  thread.Run("next", [&] { done.count_down(); });
  done.wait();
}

TEST(QuietThread, StopWaitsForWhatRunsAndNothingBeginsAfterwards) {
  std::latch began(1);
  std::latch let(1);
  bool ended = false;
  QuietThread thread;
  thread.Run("first", [&] {
    began.count_down();
    let.wait();
    ended = true;
  });
  began.wait();
  std::jthread later([&] { let.count_down(); });
  thread.Stop();
  EXPECT_TRUE(ended);
  thread.Run("late", [] { ADD_FAILURE() << "begun after the stop"; });
}

}  // namespace
}  // namespace burnish::jobs
