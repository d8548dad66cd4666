#include "math/kernels.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "math/random.hpp"

namespace burnish::math {
namespace {

std::vector<float> RandomValues(std::size_t count, std::uint64_t seed) {
  Stream stream(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(stream.Unit() * 2 - 1);
  return values;
}

// Every path against sums in f64.
class KernelsTest : public testing::TestWithParam<CpuPath> {
 protected:
  const KernelTable& kernels_ = Kernels(GetParam());
};

TEST_P(KernelsTest, MultipliesTiles) {
  for (const std::size_t depth : {1U, 7U, 64U, 333U}) {
    const auto a = RandomValues(depth * kernels_.tile_rows, 1);
    const auto b = RandomValues(depth * kernels_.tile_columns, 2);
    std::vector<float> tile(kernels_.tile_rows * kernels_.tile_columns);
    kernels_.multiply_tile(a.data(), b.data(), depth, tile.data());
    for (std::size_t r = 0; r < kernels_.tile_rows; ++r) {
      for (std::size_t c = 0; c < kernels_.tile_columns; ++c) {
        double sum = 0;
        for (std::size_t t = 0; t < depth; ++t) {
          sum += static_cast<double>(a[t * kernels_.tile_rows + r]) * b[t * kernels_.tile_columns + c];
        }
        ASSERT_NEAR(tile[r * kernels_.tile_columns + c], sum, 1e-5 * std::sqrt(depth)) << depth;
      }
    }
  }
}

TEST_P(KernelsTest, MultipliesRowsByNarrowMatricesBothWays) {
  constexpr std::size_t kStride = 2 * kLane;
  for (const std::size_t count : {1U, 2U, 5U, 12U, 13U, 40U}) {
    for (const std::size_t width : {1U, 3U, 16U, 45U}) {
      const auto rows = RandomValues(count * width, 3);
      const auto weights = RandomValues(width * kLane, 4);
      std::vector<float> out(count * kStride, 9.0F);
      kernels_.rows_times(rows.data(), count, width, weights.data(), out.data(), kStride);
      std::vector<float> sums(width * kLane);
      kernels_.transposed_times(rows.data(), count, width, out.data(), kStride, sums.data());
      for (std::size_t c = 0; c < kLane; ++c) {
        for (std::size_t r = 0; r < count; ++r) {
          double sum = 0;
          for (std::size_t j = 0; j < width; ++j)
            sum += static_cast<double>(rows[r * width + j]) * weights[j * kLane + c];
          ASSERT_NEAR(out[r * kStride + c], sum, 1e-5);
          ASSERT_EQ(out[r * kStride + kLane + c], 9.0F) << "wrote beyond its lane";
        }
        for (std::size_t j = 0; j < width; ++j) {
          double sum = 0;
          for (std::size_t r = 0; r < count; ++r)
            sum += static_cast<double>(rows[r * width + j]) * out[r * kStride + c];
          ASSERT_NEAR(sums[j * kLane + c], sum, 1e-4);
        }
      }
    }
  }
}

TEST_P(KernelsTest, SumsProductsOfAnyLength) {
  for (std::size_t count = 0; count < 150; ++count) {
    const auto a = RandomValues(count, 5);
    const auto b = RandomValues(count, 6);
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += static_cast<double>(a[i]) * b[i];
    ASSERT_NEAR(kernels_.dot(a.data(), b.data(), count), sum, 1e-5) << count;
  }
}

TEST_P(KernelsTest, ExponentialsAreWithinTwoUnitsInTheLastPlace) {
  std::vector<float> values;
  for (int i = 0; i < 1600; ++i) values.push_back(-static_cast<float>(i) * 0.0541F);
  auto results = values;
  kernels_.exp_shifted(results.data(), results.size(), 0.0F);
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_NEAR(results[i] / std::exp(static_cast<double>(values[i])), 1.0, 2.5e-7) << values[i];
  }
  std::vector<float> far(kLane, -1e30F);
  far[0] = 3.0F;
  kernels_.exp_shifted(far.data(), far.size(), 3.0F);
  EXPECT_EQ(far[0], 1.0F);
  EXPECT_EQ(far[1], 0.0F);
}

TEST_P(KernelsTest, NamesTheEntriesOfATileThatExceedTheBoundOfTheirRow) {
  const std::size_t rows = kernels_.tile_rows;
  const std::size_t columns = kernels_.tile_columns;
  for (const std::size_t depth : {1U, 18U}) {
    const auto a = RandomValues(depth * rows, 7);
    const auto b = RandomValues(depth * columns, 8);
    std::vector<float> whole(rows * columns);
    kernels_.multiply_tile(a.data(), b.data(), depth, whole.data());
    for (std::size_t chosen = 0; chosen < columns; ++chosen) {
      std::vector<float> bounds(rows);
      for (std::size_t r = 0; r < rows; ++r) bounds[r] = whole[r * columns + (chosen + r) % columns];
      bounds.back() = std::numeric_limits<float>::infinity();
      std::vector<float> tile(rows * columns, 9.0F);
      std::vector<std::uint64_t> above(rows, 99);
      kernels_.multiply_tile_above(a.data(), b.data(), depth, bounds.data(), tile.data(), above.data());
      for (std::size_t r = 0; r < rows; ++r) {
        std::uint64_t expected = 0;
        for (std::size_t c = 0; c < columns; ++c) {
          expected |= std::uint64_t{whole[r * columns + c] > bounds[r]} << c;
          if (above[r] != 0) {
            ASSERT_EQ(tile[r * columns + c], whole[r * columns + c]);
          }
        }
        ASSERT_EQ(above[r], expected) << depth << ", row " << r;
      }
      EXPECT_EQ(above.back(), 0U);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EveryPath, KernelsTest, testing::ValuesIn(SupportedPaths()), [](const auto& instance) {
  std::string name = CpuPathName(instance.param);
  std::erase(name, '-');
  return name;
});

TEST(CpuTest, PlainComesFirstAndIsAlwaysThere) {
  EXPECT_EQ(SupportedPaths().front(), CpuPath::kPlain);
  EXPECT_EQ(Kernels().path, SupportedPaths().back());
}

}  // namespace
}  // namespace burnish::math
