#pragma once

// Named places where a test build can crash, fail or wait. FAILPOINT=name:action:nth[,...] in the
// environment arms them: `crash` (_exit without destructors), `error` (throws kUnavailable), `full` (throws
// kStorageFull), `memory` (throws std::bad_alloc), `delay` (200 ms), at the nth passing (`nth` absent or 0: each
// passing). FAILPOINT_TRACE=file notes there each name at its first passing.
//
// Seeded bugs prove that the fault tests bite: SEEDED_BUG=name[,...] lets the named promise be broken on
// purpose, and the tests of that promise must then fail (tests/faults).
//
// Release builds hold neither.
#ifdef BURNISH_FAILPOINTS

#include <string>
#include <vector>

namespace burnish::base {

void PassFailpoint(const char* name);
// Re-reads `spec` (the form of the environment variable); replaces what was armed.
void ArmFailpoints(const std::string& spec);
// The names passed so far, sorted: a test asserts that each was reached.
std::vector<std::string> PassedFailpoints();
bool HasSeededBug(const char* name);

}  // namespace burnish::base

#define BURNISH_FAILPOINT(name) ::burnish::base::PassFailpoint(name)
#define BURNISH_SEEDED_BUG(name) ::burnish::base::HasSeededBug(name)
#else
#define BURNISH_FAILPOINT(name) static_cast<void>(0)
#define BURNISH_SEEDED_BUG(name) false
#endif
