#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

#include "formats/reader_child.hpp"

// The readers start this very executable as their child.
int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "reader-child") return burnish::formats::ReaderMain(argv[2]);
  ::setenv("RC_PARAMS", "max_success=25", 0);  // each case starts several children
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
