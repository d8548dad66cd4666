#pragma once

#include <string>
#include <vector>

namespace burnish::base {

// The test executable starts itself with these as its first argument.
int ProcessChildMode(const std::string& mode, const std::vector<std::string>& arguments);  // "child-..."
int SandboxChildMode(const std::string& mode, const std::vector<std::string>& arguments);  // "sandbox-..."

}  // namespace burnish::base
