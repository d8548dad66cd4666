#pragma once

#include <cstdint>

#include "media/image.hpp"

namespace burnish::media {

// Measured on the picture scaled down (never up) so that its longer side is at most kQualitySide, upright, flattened on
// white. Luma is Rec. 601: 0.299 R + 0.587 G + 0.114 B.
struct Quality {
  float brightness = 0;     // mean luma, 0..1
  float contrast = 0;       // RMS contrast: standard deviation of luma, 0..0.5
  float sharpness = 0;      // variance of the 4-neighbour Laplacian of luma on 0..255; low means blurred; 0 below 3 x 3
  float colourfulness = 0;  // Hasler & Suesstrunk 2003, "Measuring colourfulness in natural images", M(3); 0 is grey
  float entropy = 0;        // Shannon entropy of the 256 luma levels, bits, 0..8
};

inline constexpr int kQualitySide = 512;

// `image` is grey or RGB, of any size; scaling is the caller's part.
Quality MeasureQuality(const Image& image);

// Perceptual hash of 64 bits: luma at 32 x 32, DCT-II, coefficients 1..8 in both directions against their median
// (C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, section 3.2.1).
// Alike pictures differ in few bits; the first coefficient is the highest bit.
std::uint64_t PerceptualHash(const Image& image);

}  // namespace burnish::media
