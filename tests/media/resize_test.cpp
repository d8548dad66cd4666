#include "media/resize.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "media/decode_item.hpp"
#include "media/fixtures.hpp"

namespace burnish::media {
namespace {

TEST(ResizeTest, ABoxHalvesByTheMean) {
  const Image image{4, 2, 1, {0, 100, 10, 20, 100, 200, 30, 40}};
  EXPECT_EQ(Resize(image, 2, 1, Filter::kBox).pixels, (std::vector<std::uint8_t>{100, 25}));
}

TEST(ResizeTest, MatchesPillow) {
  // Image.frombytes('L', (5, 1), bytes([0, 50, 100, 200, 255])).resize((3, 1), filter), Pillow 13.0
  const Image image{5, 1, 1, {0, 50, 100, 200, 255}};
  EXPECT_EQ(Resize(image, 3, 1, Filter::kBilinear).pixels, (std::vector<std::uint8_t>{21, 111, 231}));
  EXPECT_EQ(Resize(image, 3, 1, Filter::kBicubic).pixels, (std::vector<std::uint8_t>{16, 110, 237}));
}

TEST(ResizeTest, AFlatPictureStaysFlat) {
  for (const auto filter : {Filter::kBox, Filter::kBilinear, Filter::kBicubic, Filter::kLanczos}) {
    for (const auto& [width, height] : {std::pair(31, 17), std::pair(224, 224), std::pair(1, 1)}) {
      const auto result = Resize(Filled(100, 75, {200, 10, 90}), width, height, filter);
      EXPECT_EQ(result.pixels, Filled(width, height, {200, 10, 90}).pixels);
    }
  }
}

TEST(ResizeTest, ABoxOfThePictureIsItsPart) {
  const auto part = ResizeBox(Gradient(100, 100), 50, 0, 50, 50, 50, 50, Filter::kBilinear);
  EXPECT_EQ(part.Row(0)[0], Gradient(100, 100).Row(0)[150]);
  EXPECT_EQ(part.Row(49)[3 * 49 + 1], Gradient(100, 100).Row(49)[1]);
}

TEST(UprightTest, EachOrientationPutsTheFirstPixelWhereItBelongs) {
  // Stored: a b c / d e f
  const Image image{3, 2, 1, {'a', 'b', 'c', 'd', 'e', 'f'}};
  const char* expected[] = {"abcdef", "cbafed", "fedcba", "defabc", "adbecf", "daebfc", "fcebda", "cfbead"};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const auto turned = Upright(image, orientation);
    EXPECT_EQ(std::string(turned.pixels.begin(), turned.pixels.end()), expected[orientation - 1]);
    EXPECT_EQ(turned.width, orientation < 5 ? 3 : 2);
  }
}

}  // namespace
}  // namespace burnish::media
