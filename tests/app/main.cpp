// The test program is also the children that the parts under test start from their own binary.
#include <gtest/gtest.h>

#include <string_view>

#include "formats/reader_child.hpp"
#include "media/decoder.hpp"
#include "store/columns/kept_file.hpp"

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "reader-child" && argc > 2) return burnish::formats::ReaderMain(argv[2]);
  if (mode == "decoder-child") return burnish::media::DecoderMain();
  if (mode == "probe-columns" && argc > 2) return burnish::store::ProbeColumns(argv[2]);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
