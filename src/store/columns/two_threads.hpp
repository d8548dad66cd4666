#pragma once

#include <cstddef>
#include <functional>

namespace burnish::store {

// Calls body(i) for each i below `count`, in no order, on this thread and, if `two`, on one more, for what a person
// waits for: the threads of math::ParallelFor may have been started by work that gives way to people, and give way
// too. An exception of `body` ends the loop and is passed on.
void OnTwoThreads(std::size_t count, bool two, const std::function<void(std::size_t)>& body);

}  // namespace burnish::store
