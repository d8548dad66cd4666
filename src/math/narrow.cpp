#include "math/narrow.hpp"

#include <algorithm>

#include "math/kernels.hpp"

namespace burnish::math {
namespace {

// Rows whose products and entries stay in the second-level cache between the two halves of a pass.
constexpr std::size_t kBlock = 96;
constexpr std::size_t kMostBins = 32;
// Bins of few rows cost more to add up than their rows: a small matrix has so many, of single blocks if need be.
constexpr std::size_t kSmallBins = 8;
constexpr std::size_t kBinBlocks = 8;
// Bins each hold a set of sums: fewer where these are large.
constexpr std::size_t kSumBytes = 64 * 1024 * 1024;

std::size_t BinRows(const MatrixView& rows, std::size_t padded) {
  const std::size_t bytes = std::max<std::size_t>(rows.width * padded * sizeof(double), 1);
  const std::size_t blocks = (rows.rows + kBlock - 1) / kBlock;
  const std::size_t worth = std::clamp(blocks / kBinBlocks, kSmallBins, kMostBins);
  const std::size_t bins = std::clamp<std::size_t>(kSumBytes / bytes, 4, worth);
  return std::max<std::size_t>((blocks + bins - 1) / bins, 1) * kBlock;
}

}  // namespace

std::size_t PadToLanes(std::size_t columns) { return (columns + kLane - 1) / kLane * kLane; }

std::vector<float> PackLanes(std::span<const float> matrix, std::size_t width, std::size_t columns) {
  std::vector<float> packed(width * PadToLanes(columns), 0.0F);
  for (std::size_t j = 0; j < width; ++j) {
    for (std::size_t c = 0; c < columns; ++c) {
      packed[(c / kLane) * width * kLane + j * kLane + c % kLane] = matrix[j * columns + c];
    }
  }
  return packed;
}

std::size_t PassBins(const MatrixView& rows, std::size_t padded) {
  const std::size_t bin_rows = BinRows(rows, padded);
  return (rows.rows + bin_rows - 1) / bin_rows;
}

std::vector<double> PassOverRows(MatrixView rows, std::span<const float> weights, std::size_t padded,
                                 const FactorFunction& factor, const RunControl& control) {
  const auto& kernels = Kernels();
  const std::size_t width = rows.width;
  const std::size_t lane_size = width * kLane;
  const std::size_t lanes = padded / kLane;
  std::vector<std::vector<double>> bins(PassBins(rows, padded));
  const std::size_t bin_rows = BinRows(rows, padded);
  ParallelFor(bins.size(), 1, control, [&](std::size_t from, std::size_t) {
    auto& sums = bins[from];
    sums.reserve(lanes * lane_size);
    std::vector<float> products(kBlock * padded);
    std::vector<float> partial(lane_size);
    const std::size_t last = std::min(rows.rows, (from + 1) * bin_rows);
    for (std::size_t first = from * bin_rows; first < last; first += kBlock) {
      const std::size_t count = std::min(kBlock, last - first);
      const float* block = rows.values.data() + first * width;
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        kernels.rows_times(block, count, width, &weights[lane * lane_size], &products[lane * kLane], padded);
      }
      if (factor) factor(first, count, std::span(products).first(count * padded), from);
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        kernels.transposed_times(block, count, width, &products[lane * kLane], padded, partial.data());
        if (sums.size() == lane * lane_size) {  // the bin's first block
          sums.insert(sums.end(), partial.begin(), partial.end());
          continue;
        }
        double* to = &sums[lane * lane_size];
        for (std::size_t i = 0; i < lane_size; ++i) to[i] += partial[i];
      }
    }
  });
  std::vector<double> total(lanes * lane_size, 0.0);
  ParallelFor(total.size(), 8192, control, [&](std::size_t begin, std::size_t end) {
    for (const auto& sums : bins) {
      for (std::size_t i = begin; i < end; ++i) total[i] += sums[i];
    }
  });
  return total;
}

std::vector<float> TimesNarrow(MatrixView rows, std::span<const float> weights, std::size_t padded,
                               const RunControl& control) {
  const auto& kernels = Kernels();
  std::vector<float> products(rows.rows * padded);
  ParallelFor(rows.rows, 2 * kBlock, control, [&](std::size_t begin, std::size_t end) {
    for (std::size_t lane = 0; lane < padded / kLane; ++lane) {
      kernels.rows_times(rows.values.data() + begin * rows.width, end - begin, rows.width,
                         &weights[lane * rows.width * kLane], &products[begin * padded + lane * kLane], padded);
    }
  });
  return products;
}

}  // namespace burnish::math
