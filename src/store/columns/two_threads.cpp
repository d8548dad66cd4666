#include "store/columns/two_threads.hpp"

#include <atomic>
#include <exception>
#include <thread>

namespace burnish::store {

void OnTwoThreads(std::size_t count, bool two, const std::function<void(std::size_t)>& body) {
  std::atomic<std::size_t> next{0};
  const auto work = [&](std::exception_ptr& failure) {
    try {
      for (std::size_t i = next++; i < count; i = next++) body(i);
    } catch (...) {
      failure = std::current_exception();
      next = count;
    }
  };
  std::exception_ptr here, there;
  if (two && count > 1) {
    const std::jthread second([&] { work(there); });
    work(here);
  } else {
    work(here);
  }
  if (here) std::rethrow_exception(here);
  if (there) std::rethrow_exception(there);
}

}  // namespace burnish::store
