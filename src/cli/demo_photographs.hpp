#pragma once

#include <cstdint>
#include <filesystem>

namespace burnish::cli {

// Which part of Fashion-MNIST the demo project shows.
struct DemoPlan {
  std::uint32_t train = 6'000;
  std::uint32_t pool = 4'000;  // without labels, from the same file as train
  std::uint32_t test = 2'000;
  double planted_share = 0.05;  // of train: labels swapped for another class
  std::uint64_t seed = 1;

  std::uint32_t Total() const { return train + pool + test; }
  // `total` photographs in the same proportions.
  DemoPlan Resized(std::uint32_t total) const;
};
DemoPlan WholeDemo();  // all 70,000

// Where Debian's package dataset-fashion-mnist puts its files.
inline constexpr const char* kFashionMnist = "/usr/share/datasets/fashion-mnist";
inline constexpr const char* kDemoTable = "clothes.csv";

// Writes each photograph as a PNG into `folder`, and kDemoTable beside them: path, class, split, and the fields
// source_file, index (its place in that file) and planted. Returns how many labels were planted.
// Throws kNotFound when the package is not installed.
std::uint32_t WriteDemoPhotographs(const std::filesystem::path& folder, const DemoPlan& plan);

}  // namespace burnish::cli
