#include "app/model_inputs.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace burnish::app {
namespace {

base::ContentHash Content(std::uint8_t number) {
  base::ContentHash hash;
  hash.bytes[0] = number;
  return hash;
}

std::vector<std::uint8_t> Pixels(std::uint8_t level) { return std::vector<std::uint8_t>(12, level); }

// Room for so many inputs.
ModelInputs::Room RoomFor(std::uint64_t in_memory, std::uint64_t in_file) { return {12 * in_memory, 12 * in_file}; }

TEST(ModelInputsTest, GivesBackWhatWasKeptByContent) {
  ModelInputs inputs(std::filesystem::temp_directory_path(), 12, RoomFor(1, 2));
  for (std::uint8_t number = 1; number <= 3; ++number) inputs.Keep(Content(number), Pixels(number));
  for (std::uint8_t number = 1; number <= 3; ++number) EXPECT_EQ(inputs.Find(Content(number)), Pixels(number));
  EXPECT_TRUE(inputs.Find(Content(4)).empty());
}

TEST(ModelInputsTest, KeepsTheFirstOfEqualContents) {
  ModelInputs inputs(std::filesystem::temp_directory_path(), 12, RoomFor(1, 1));
  for (const std::uint8_t level : {10, 11}) {
    inputs.Keep(Content(1), Pixels(level));
    inputs.Keep(Content(2), Pixels(level));
  }
  EXPECT_EQ(inputs.Find(Content(1)), Pixels(10));
  EXPECT_EQ(inputs.Find(Content(2)), Pixels(10));
}

TEST(ModelInputsTest, KeepsNothingBeyondItsRoomNorOfAnotherSize) {
  ModelInputs inputs(std::filesystem::temp_directory_path(), 12, RoomFor(1, 1));
  inputs.Keep(Content(9), std::vector<std::uint8_t>(11));
  for (std::uint8_t number = 1; number <= 3; ++number) inputs.Keep(Content(number), Pixels(number));
  EXPECT_TRUE(inputs.Find(Content(9)).empty());
  EXPECT_EQ(inputs.Find(Content(2)), Pixels(2));
  EXPECT_TRUE(inputs.Find(Content(3)).empty());
}

TEST(ModelInputsTest, WithoutAFolderItKeepsInMemoryOnly) {
  ModelInputs inputs("/nowhere", 12, RoomFor(1, 1));
  inputs.Keep(Content(1), Pixels(10));
  inputs.Keep(Content(2), Pixels(20));
  EXPECT_EQ(inputs.Find(Content(1)), Pixels(10));
  EXPECT_TRUE(inputs.Find(Content(2)).empty());
}

}  // namespace
}  // namespace burnish::app
