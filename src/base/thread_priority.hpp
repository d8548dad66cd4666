#pragma once

namespace burnish::base {

// Lets the calling thread give way to those that answer people, as heavy jobs do. Threads that it starts afterwards
// inherit that.
void LowerThreadPriority();

}  // namespace burnish::base
