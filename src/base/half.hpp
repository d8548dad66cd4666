#pragma once

#include <cstdint>
#include <span>

namespace burnish::base {

// IEEE 754 binary16, as its bits. Vectors are stored and travel as little-endian arrays of these.
using Half = std::uint16_t;

// Round to nearest, ties to even; too large becomes infinity; NaN stays NaN.
Half ToHalf(float value);
float ToFloat(Half value);

// Element by element with AVX-512 or F16C where the CPU has them. The spans have equal sizes.
void ToHalf(std::span<const float> from, std::span<Half> to);
void ToFloat(std::span<const Half> from, std::span<float> to);

}  // namespace burnish::base
