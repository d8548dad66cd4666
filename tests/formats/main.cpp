#include <gtest/gtest.h>

#include <string_view>

#include "formats/reader_child.hpp"

// The readers start this very executable as their child.
int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "reader-child") return burnish::formats::ReaderMain(argv[2]);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
