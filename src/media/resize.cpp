#include "media/resize.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <numbers>
#include <vector>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace burnish::media {
namespace {

double Sinc(double x) { return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x); }

double Radius(Filter filter) {
  switch (filter) {
    case Filter::kBox:
      return 0.5;
    case Filter::kBilinear:
      return 1;
    case Filter::kBicubic:
      return 2;
    case Filter::kLanczos:
      break;
  }
  return 3;
}

double Weigh(Filter filter, double x) {
  const double distance = std::abs(x);
  switch (filter) {
    case Filter::kBox:
      return x > -0.5 && x <= 0.5 ? 1 : 0;
    case Filter::kBilinear:
      return std::max(0.0, 1 - distance);
    case Filter::kBicubic: {
      constexpr double a = -0.5;  // Keys 1981; Pillow's choice
      if (distance < 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
      if (distance < 2) return (((distance - 5) * distance + 8) * distance - 4) * a;
      return 0;
    }
    case Filter::kLanczos:
      break;
  }
  return distance < 3 ? Sinc(x) * Sinc(x / 3) : 0;
}

// For each output position the first input position and the weights from there on.
struct Taps {
  int width = 0;  // weights per output position
  std::vector<int> first;
  std::vector<float> weights;

  const float* At(int position) const {
    return weights.data() + static_cast<std::size_t>(position) * static_cast<std::size_t>(width);
  }
};

Taps MakeTaps(int input, double start, double length, int output, Filter filter) {
  const double scale = length / output;
  const double spread = std::max(1.0, scale);
  const double radius = Radius(filter) * spread;
  Taps taps;
  const auto begin = [&](double centre) { return std::max(0, static_cast<int>(centre - radius + 0.5)); };
  const auto end = [&](double centre) { return std::min(input, static_cast<int>(centre + radius + 0.5)); };
  for (int i = 0; i < output; ++i) {
    const double centre = start + (i + 0.5) * scale;
    taps.width = std::max(taps.width, end(centre) - begin(centre));
  }
  taps.first.resize(static_cast<std::size_t>(output));
  taps.weights.resize(static_cast<std::size_t>(output) * static_cast<std::size_t>(taps.width));
  for (int i = 0; i < output; ++i) {
    const double centre = start + (i + 0.5) * scale;
    const int first = std::min(begin(centre), input - taps.width);
    const int last = end(centre);
    float* weights = taps.weights.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(taps.width);
    double sum = 0;
    for (int k = 0; k < taps.width; ++k) {
      const double weight = first + k < last ? Weigh(filter, (first + k - centre + 0.5) / spread) : 0;
      weights[k] = static_cast<float>(weight);
      sum += weight;
    }
    for (int k = 0; k < taps.width; ++k) weights[k] = static_cast<float>(weights[k] / sum);
    taps.first[static_cast<std::size_t>(i)] = first;
  }
  return taps;
}

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define BURNISH_WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define BURNISH_WIDE
#endif

// sum[x] = before[x] + sum over the first kRows rows of weights[k] * rows[k][x]; without kAdd before[x] is 0.
template <int kRows, bool kAdd>
[[gnu::always_inline]] inline void AddSomeRows(const std::uint8_t* first_row, std::size_t row_bytes,
                                               const float* weights, float* __restrict sum) {
  for (std::size_t x = 0; x < row_bytes; ++x) {
    float total = kAdd ? sum[x] : 0;
#pragma GCC unroll 8
    for (std::size_t k = 0; k < kRows; ++k) total += weights[k] * static_cast<float>(first_row[k * row_bytes + x]);
    sum[x] = total;
  }
}

constexpr int kRowsAtOnce = 8;

// `sum` is walked once for up to kRowsAtOnce rows.
template <bool kAdd>
[[gnu::always_inline]] inline void AddRowsBy(const std::uint8_t* first_row, std::size_t row_bytes, const float* weights,
                                             int count, float* sum) {
  switch (count) {
    case 1:
      return AddSomeRows<1, kAdd>(first_row, row_bytes, weights, sum);
    case 2:
      return AddSomeRows<2, kAdd>(first_row, row_bytes, weights, sum);
    case 3:
      return AddSomeRows<3, kAdd>(first_row, row_bytes, weights, sum);
    case 4:
      return AddSomeRows<4, kAdd>(first_row, row_bytes, weights, sum);
    case 5:
      return AddSomeRows<5, kAdd>(first_row, row_bytes, weights, sum);
    case 6:
      return AddSomeRows<6, kAdd>(first_row, row_bytes, weights, sum);
    case 7:
      return AddSomeRows<7, kAdd>(first_row, row_bytes, weights, sum);
    default:
      return AddSomeRows<kRowsAtOnce, kAdd>(first_row, row_bytes, weights, sum);
  }
}

// sum[x] = sum over k of weights[k] * rows[k][x]
BURNISH_WIDE void AddRows(const std::uint8_t* first_row, std::size_t row_bytes, const float* weights, int count,
                          float* sum) {
  AddRowsBy<false>(first_row, row_bytes, weights, std::min(count, kRowsAtOnce), sum);
  for (int k = kRowsAtOnce; k < count; k += kRowsAtOnce) {
    AddRowsBy<true>(first_row + static_cast<std::size_t>(k) * row_bytes, row_bytes, weights + k,
                    std::min(count - k, kRowsAtOnce), sum);
  }
}

using Four = float __attribute__((vector_size(16)));

// Rounds and stores the first `channels` of four values at `out`, which has room for four bytes.
void Store(Four value, int channels, std::uint8_t* out) {
#if defined(__x86_64__)
  static_cast<void>(channels);
  const __m128i whole = _mm_cvtps_epi32(value);
  const __m128i bytes = _mm_packus_epi16(_mm_packs_epi32(whole, whole), whole);
  const auto four = static_cast<std::uint32_t>(_mm_cvtsi128_si32(bytes));
  std::memcpy(out, &four, sizeof four);
#else
  for (int c = 0; c < channels; ++c) out[c] = static_cast<std::uint8_t>(std::clamp(value[c] + 0.5F, 0.0F, 255.0F));
#endif
}

// Loads four floats a tap whatever the number of channels, and may store up to three bytes too many, which the next
// pixel overwrites: `row` and `out` have room for three more at their ends. With kTaps the loop over them is unrolled.
template <int kTaps = 0>
[[gnu::always_inline]] inline void ResizeRowBy(const float* row, std::size_t step, const Taps& taps, int width,
                                               std::uint8_t* out) {
  const int count = kTaps != 0 ? kTaps : taps.width;
  const float* weights = taps.weights.data();
  for (int x = 0; x < width; ++x, weights += count, out += step) {
    const float* pixel = row + static_cast<std::size_t>(taps.first[static_cast<std::size_t>(x)]) * step;
    Four sum = {0, 0, 0, 0};
    for (int k = 0; k < count; ++k, pixel += step) {
      Four value;
      std::memcpy(&value, pixel, sizeof value);
      sum += weights[k] * value;
    }
    Store(sum, static_cast<int>(step), out);
  }
}

BURNISH_WIDE void ResizeRow(const float* row, int channels, const Taps& taps, int width, std::uint8_t* out) {
  const auto step = static_cast<std::size_t>(channels);
  switch (taps.width) {
    case 4:
      return ResizeRowBy<4>(row, step, taps, width, out);
    case 5:
      return ResizeRowBy<5>(row, step, taps, width, out);
    case 6:
      return ResizeRowBy<6>(row, step, taps, width, out);
    case 7:
      return ResizeRowBy<7>(row, step, taps, width, out);
    case 8:
      return ResizeRowBy<8>(row, step, taps, width, out);
    default:
      return ResizeRowBy<>(row, step, taps, width, out);
  }
}

}  // namespace

Image ResizeBox(const Image& image, double left, double top, double box_width, double box_height, int width, int height,
                Filter filter) {
  assert(image.width > 0 && image.height > 0 && width > 0 && height > 0);
  const Taps across = MakeTaps(image.width, left, box_width, width, filter);
  const Taps down = MakeTaps(image.height, top, box_height, height, filter);
  Image result{width, height, image.channels, {}};
  result.pixels.resize(result.RowBytes() * static_cast<std::size_t>(height) + 3);
  std::vector<float> row(image.RowBytes() + 3);
  for (int y = 0; y < height; ++y) {
    AddRows(image.Row(down.first[static_cast<std::size_t>(y)]), image.RowBytes(), down.At(y), down.width, row.data());
    ResizeRow(row.data(), image.channels, across, width, result.Row(y));
  }
  result.pixels.resize(result.RowBytes() * static_cast<std::size_t>(height));
  return result;
}

Image Resize(const Image& image, int width, int height, Filter filter) {
  if (image.width == width && image.height == height) return image;
  return ResizeBox(image, 0, 0, image.width, image.height, width, height, filter);
}

}  // namespace burnish::media
