#include "media/quality.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "media/resize.hpp"

namespace burnish::media {
namespace {

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define BURNISH_WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define BURNISH_WIDE
#endif

// Sums over a row of at most kMaxRow pixels stay within 32 bits, which the vectorizer likes.
constexpr int kMaxRow = 1024;

// Rec. 601 in 16-bit fixed point; the weights sum to 65536, so white stays 255.
BURNISH_WIDE void LumaRow(const std::uint8_t* rgb, int width, std::uint8_t* luma) {
  for (int x = 0; x < width; ++x) {
    luma[x] = static_cast<std::uint8_t>(
        (19595U * rgb[3 * x] + 38470U * rgb[3 * x + 1] + 7471U * rgb[3 * x + 2] + 32768U) >> 16U);
  }
}

struct RowSums {
  std::int32_t sum = 0;
  std::int32_t squares = 0;
};

BURNISH_WIDE RowSums LaplacianRow(const std::uint8_t* above, const std::uint8_t* row, const std::uint8_t* below,
                                  int width) {
  std::int32_t sum = 0;
  std::int32_t squares = 0;
  for (int x = 1; x + 1 < width; ++x) {
    const std::int32_t value = above[x] + below[x] + row[x - 1] + row[x + 1] - 4 * row[x];
    sum += value;
    squares += value * value;
  }
  return {sum, squares};
}

struct OpponentSums {
  std::int32_t rg = 0;  // R - G
  std::int32_t rg_squares = 0;
  std::int32_t yb = 0;  // R + G - 2 B: twice yb, to stay whole
  std::int32_t yb_squares = 0;
};

BURNISH_WIDE OpponentSums OpponentRow(const std::uint8_t* rgb, int width) {
  OpponentSums sums;
  for (int x = 0; x < width; ++x) {
    const std::int32_t rg = rgb[3 * x] - rgb[3 * x + 1];
    const std::int32_t yb = rgb[3 * x] + rgb[3 * x + 1] - 2 * rgb[3 * x + 2];
    sums.rg += rg;
    sums.rg_squares += rg * rg;
    sums.yb += yb;
    sums.yb_squares += yb * yb;
  }
  return sums;
}

// Calls `part(first, width)` for stretches of a row that the sums above can take.
template <class Part>
void ForStretches(int width, Part&& part) {
  for (int first = 0; first < width; first += kMaxRow) part(first, std::min(kMaxRow, width - first));
}

Image ToLuma(const Image& image) {
  if (image.channels == 1) return image;
  Image luma{image.width, image.height, 1, {}};
  luma.pixels.resize(image.pixels.size() / 3);
  for (int y = 0; y < image.height; ++y) LumaRow(image.Row(y), image.width, luma.Row(y));
  return luma;
}

float LaplacianVariance(const Image& luma) {
  if (luma.width < 3 || luma.height < 3) return 0;
  std::int64_t sum = 0;
  std::int64_t squares = 0;
  for (int y = 1; y + 1 < luma.height; ++y) {
    ForStretches(luma.width - 2, [&](int first, int width) {
      const auto row = LaplacianRow(luma.Row(y - 1) + first, luma.Row(y) + first, luma.Row(y + 1) + first, width + 2);
      sum += row.sum;
      squares += row.squares;
    });
  }
  const double count = static_cast<double>(luma.width - 2) * (luma.height - 2);
  const double mean = static_cast<double>(sum) / count;
  return static_cast<float>(static_cast<double>(squares) / count - mean * mean);
}

// Hasler & Suesstrunk 2003, equations 1 to 3: rg = R - G, yb = (R + G) / 2 - B,
// M = sqrt(var(rg) + var(yb)) + 0.3 sqrt(mean(rg)^2 + mean(yb)^2).
float Colourfulness(const Image& image) {
  if (image.channels == 1) return 0;
  std::int64_t rg_sum = 0;
  std::int64_t rg_squares = 0;
  std::int64_t yb_sum = 0;
  std::int64_t yb_squares = 0;
  for (int y = 0; y < image.height; ++y) {
    ForStretches(image.width, [&](int first, int width) {
      const auto row = OpponentRow(image.Row(y) + 3 * static_cast<std::size_t>(first), width);
      rg_sum += row.rg;
      rg_squares += row.rg_squares;
      yb_sum += row.yb;
      yb_squares += row.yb_squares;
    });
  }
  const double count = static_cast<double>(image.pixels.size()) / 3;
  const double rg_mean = static_cast<double>(rg_sum) / count;
  const double yb_mean = static_cast<double>(yb_sum) / count / 2;
  const double rg_variance = static_cast<double>(rg_squares) / count - rg_mean * rg_mean;
  const double yb_variance = static_cast<double>(yb_squares) / count / 4 - yb_mean * yb_mean;
  return static_cast<float>(std::sqrt(std::max(0.0, rg_variance + yb_variance)) +
                            0.3 * std::sqrt(rg_mean * rg_mean + yb_mean * yb_mean));
}

using Histogram = std::array<std::uint32_t, 256>;

Histogram Count(const Image& luma) {
  // Two counters a level: equal neighbours, which are the rule, need not wait for each other.
  std::array<Histogram, 2> halves{};
  const std::size_t even = luma.pixels.size() / 2 * 2;
  for (std::size_t i = 0; i < even; i += 2) {
    ++halves[0][luma.pixels[i]];
    ++halves[1][luma.pixels[i + 1]];
  }
  if (even < luma.pixels.size()) ++halves[0][luma.pixels.back()];
  for (std::size_t level = 0; level < halves[0].size(); ++level) halves[0][level] += halves[1][level];
  return halves[0];
}

constexpr int kHashSide = 32;
constexpr int kHashBits = 8;

// The rows 1..8 of the orthogonal 32-point DCT-II.
std::array<std::array<double, kHashSide>, kHashBits> MakeCosines() {
  std::array<std::array<double, kHashSide>, kHashBits> cosines{};
  for (int k = 0; k < kHashBits; ++k) {
    for (int n = 0; n < kHashSide; ++n) {
      cosines[static_cast<std::size_t>(k)][static_cast<std::size_t>(n)] =
          std::cos(std::numbers::pi / kHashSide * (n + 0.5) * (k + 1));
    }
  }
  return cosines;
}

}  // namespace

Quality MeasureQuality(const Image& image) {
  const Image luma = ToLuma(image);
  const Histogram histogram = Count(luma);
  const auto count = static_cast<double>(luma.pixels.size());
  double mean = 0;
  double squares = 0;
  double entropy = 0;
  for (std::size_t level = 0; level < histogram.size(); ++level) {
    const double share = histogram[level] / count;
    const double value = static_cast<double>(level) / 255;
    mean += share * value;
    squares += share * value * value;
    if (share > 0) entropy -= share * std::log2(share);
  }
  Quality quality;
  quality.brightness = static_cast<float>(mean);
  quality.contrast = static_cast<float>(std::sqrt(std::max(0.0, squares - mean * mean)));
  quality.sharpness = LaplacianVariance(luma);
  quality.colourfulness = Colourfulness(image);
  quality.entropy = static_cast<float>(entropy);
  return quality;
}

std::uint64_t PerceptualHash(const Image& image) {
  static const auto cosines = MakeCosines();
  const Image small = Resize(ToLuma(image), kHashSide, kHashSide, Filter::kBox);
  std::array<double, kHashBits * kHashBits> coefficients{};
  for (std::size_t v = 0; v < kHashBits; ++v) {
    std::array<double, kHashSide> row{};  // the columns' transform at frequency v
    for (int y = 0; y < kHashSide; ++y) {
      for (int x = 0; x < kHashSide; ++x)
        row[static_cast<std::size_t>(x)] += cosines[v][static_cast<std::size_t>(y)] * small.Row(y)[x];
    }
    for (std::size_t u = 0; u < kHashBits; ++u) {
      double& sum = coefficients[v * kHashBits + u];
      for (std::size_t x = 0; x < kHashSide; ++x) sum += cosines[u][x] * row[x];
    }
  }
  auto sorted = coefficients;
  std::sort(sorted.begin(), sorted.end());
  const double median = (sorted[31] + sorted[32]) / 2;
  std::uint64_t hash = 0;
  for (const double value : coefficients) hash = (hash << 1U) | (value > median ? 1U : 0U);
  return hash;
}

}  // namespace burnish::media
