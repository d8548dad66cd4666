#pragma once

#include <cstdint>

#include "media/image.hpp"

namespace burnish::media {

enum class Filter : std::uint8_t { kBox, kBilinear, kBicubic, kLanczos };

// Separable resampling; when it scales down the filter widens with the factor, so nothing aliases (as Pillow's resize,
// whose results it matches to within one level). Any number of channels.
Image Resize(const Image& image, int width, int height, Filter filter);
// The same from a part of the picture: `left`, `top`, `box_width`, `box_height` in pixels of `image`, inside it.
Image ResizeBox(const Image& image, double left, double top, double box_width, double box_height, int width, int height,
                Filter filter);

}  // namespace burnish::media
