#include "media/quality.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "media/fixtures.hpp"
#include "media/resize.hpp"

namespace burnish::media {
namespace {

TEST(QualityTest, OneColourHasNothingButBrightness) {
  const auto quality = MeasureQuality(Filled(8, 8, {255, 255, 255}));
  EXPECT_FLOAT_EQ(quality.brightness, 1);
  EXPECT_NEAR(quality.contrast, 0, 1e-6);
  EXPECT_EQ(quality.sharpness, 0);
  EXPECT_NEAR(quality.colourfulness, 0, 1e-6);
  EXPECT_EQ(quality.entropy, 0);
}

TEST(QualityTest, BlackAndWhiteHalves) {
  const auto quality = MeasureQuality(Image{4, 2, 1, {0, 255, 0, 255, 0, 255, 0, 255}});
  EXPECT_FLOAT_EQ(quality.brightness, 0.5F);
  EXPECT_FLOAT_EQ(quality.contrast, 0.5F);
  EXPECT_FLOAT_EQ(quality.entropy, 1);  // one bit a pixel
}

TEST(QualityTest, SharpnessIsTheVarianceOfTheLaplacian) {
  // One white pixel in 5 x 5: the 9 inner answers are -1020, four times 255, four times 0.
  Image image = Filled(5, 5, {0});
  image.pixels[12] = 255;
  const double mean = 0;
  const double variance = (1020.0 * 1020 + 4 * 255.0 * 255) / 9 - mean;
  EXPECT_NEAR(MeasureQuality(image).sharpness, variance, 0.5);
  EXPECT_EQ(MeasureQuality(Filled(2, 2, {9})).sharpness, 0);
}

TEST(QualityTest, ColourfulnessFollowsHaslerAndSuesstrunk) {
  // Half red, half green: rg = 255 and -255, yb = 127.5: sqrt(255^2) + 0.3 * 127.5
  Image image{2, 1, 3, {255, 0, 0, 0, 255, 0}};
  EXPECT_NEAR(MeasureQuality(image).colourfulness, 255 + 0.3 * 127.5, 1e-3);
}

TEST(PerceptualHashTest, SurvivesScalingAndTellsPicturesApart) {
  const auto picture = Resize(Noise(12, 9), 400, 300, Filter::kBicubic);
  const auto small = Resize(picture, 130, 98, Filter::kBilinear);
  const auto other = Resize(Noise(9, 12), 400, 300, Filter::kBicubic);
  EXPECT_LE(std::popcount(PerceptualHash(picture) ^ PerceptualHash(small)), 4);
  EXPECT_GE(std::popcount(PerceptualHash(picture) ^ PerceptualHash(other)), 16);
  EXPECT_EQ(std::popcount(PerceptualHash(picture)), 32);  // the median splits the bits
}

}  // namespace
}  // namespace burnish::media
