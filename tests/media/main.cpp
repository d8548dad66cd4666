#include <gtest/gtest.h>

#include <string_view>

#include "media/decoder.hpp"
#include "media/faulty_child.hpp"

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "decoder-child") return burnish::media::DecoderMain();
  if (mode == "faulty-child") return burnish::media::FaultyDecoderMain();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
