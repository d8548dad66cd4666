#pragma once

// Named places where a test build can crash, fail or wait. FAILPOINT=name:action:nth[,...] in the
// environment arms them: `crash` (_exit without destructors), `error` (throws kUnavailable),
// `delay` (200 ms), at the nth passing (`nth` absent or 0: each passing). Release builds hold none.
#ifdef BURNISH_FAILPOINTS

#include <string>
#include <vector>

namespace burnish::base {

void PassFailpoint(const char* name);
// Re-reads `spec` (the form of the environment variable); replaces what was armed.
void ArmFailpoints(const std::string& spec);
// The names passed so far, sorted: a test asserts that each was reached.
std::vector<std::string> PassedFailpoints();

}  // namespace burnish::base

#define BURNISH_FAILPOINT(name) ::burnish::base::PassFailpoint(name)
#else
#define BURNISH_FAILPOINT(name) static_cast<void>(0)
#endif
