#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/child_modes.hpp"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty()) {
    const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
    if (arguments[0].starts_with("child-")) return burnish::base::ProcessChildMode(arguments[0], rest);
    if (arguments[0].starts_with("sandbox-")) return burnish::base::SandboxChildMode(arguments[0], rest);
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
