#pragma once

#include <span>

#include "media/decoder.hpp"

namespace burnish::media {

// Decodes one open file. This is where foreign bytes are touched: it runs in the decoder child, after StartVips and
// EnterSandbox. Failures are values; the sentence is left to the parent.
Decoded DecodeItem(int descriptor, const DecodeWants& wants, const DecoderLimits& limits);

// `image` turned as EXIF orientation 1..8 asks.
Image Upright(Image image, int orientation);

}  // namespace burnish::media
