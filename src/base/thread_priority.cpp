#include "base/thread_priority.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace burnish::base {

void LowerThreadPriority() {
  constexpr int kNiceness = 10;
  // On Linux niceness belongs to the thread.
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), kNiceness);
}

}  // namespace burnish::base
