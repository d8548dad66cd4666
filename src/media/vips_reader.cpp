#include <vips/vips.h>

#include <vips/vector.h>  // needs vips.h before it

#include <cmath>
#include <memory>
#include <string_view>

#include "base/error.hpp"
#include "media/header.hpp"
#include "media/pixel_reader.hpp"

namespace burnish::media {
namespace {

struct Unreference {
  void operator()(VipsImage* image) const { g_object_unref(image); }
};
using Handle = std::unique_ptr<VipsImage, Unreference>;

// Runs one libvips operation of the form int operation(in, VipsImage** out); empty on failure.
template <class Operation>
Handle Run(Operation&& operation) {
  VipsImage* out = nullptr;
  return operation(&out) == 0 ? Handle(out) : nullptr;
}

// Rows come from the top as they are needed: a huge picture never stands in memory whole.
Handle Load(ContentType type, std::span<const std::byte> bytes, double scale) {
  void* data = const_cast<std::byte*>(bytes.data());
  const std::size_t size = bytes.size();
  return Run([&](VipsImage** out) {
    switch (type) {
      case ContentType::kPng:
        return vips_pngload_buffer(data, size, out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR,
                                   nullptr);
      case ContentType::kGif:
        return vips_gifload_buffer(data, size, out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR,
                                   nullptr);
      case ContentType::kWebp:
        return vips_webpload_buffer(data, size, out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR,
                                    "scale", scale, nullptr);
      case ContentType::kTiff:
        return vips_tiffload_buffer(data, size, out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR,
                                    nullptr);
      case ContentType::kAvif:
      case ContentType::kHeic:
        return vips_heifload_buffer(data, size, out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR,
                                    nullptr);
      case ContentType::kJpeg:
        return vips_jpegload_buffer(data, size, out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR,
                                    nullptr);
      default:
        return -1;
    }
  });
}

// 8 bits, sRGB or grey, no alpha.
Handle Normalise(Handle image) {
  if (vips_image_get_interpretation(image.get()) == VIPS_INTERPRETATION_MULTIBAND) {
    const bool colour = image->Bands >= 3;
    image = Run([&](VipsImage** out) { return vips_extract_band(image.get(), out, 0, "n", colour ? 3 : 1, nullptr); });
    if (!image) return image;
    const auto meaning = colour ? VIPS_INTERPRETATION_sRGB : VIPS_INTERPRETATION_B_W;
    image = Run([&](VipsImage** out) { return vips_copy(image.get(), out, "interpretation", meaning, nullptr); });
    if (!image) return image;
  }
  const auto space = image->Bands >= 3 ? VIPS_INTERPRETATION_sRGB : VIPS_INTERPRETATION_B_W;
  image = Run([&](VipsImage** out) { return vips_colourspace(image.get(), out, space, nullptr); });
  if (image && vips_image_hasalpha(image.get())) {
    const std::unique_ptr<VipsArrayDouble, void (*)(VipsArrayDouble*)> white(
        vips_array_double_newv(1, 255.0), [](VipsArrayDouble* array) { vips_area_unref(VIPS_AREA(array)); });
    image = Run([&](VipsImage** out) { return vips_flatten(image.get(), out, "background", white.get(), nullptr); });
  }
  if (image && image->BandFmt != VIPS_FORMAT_UCHAR) {
    image = Run([&](VipsImage** out) { return vips_cast_uchar(image.get(), out, nullptr); });
  }
  if (image && image->Bands > 3) {
    image = Run([&](VipsImage** out) { return vips_extract_band(image.get(), out, 0, "n", 3, nullptr); });
  }
  if (image && image->Bands == 2) {
    image = Run([&](VipsImage** out) { return vips_extract_band(image.get(), out, 0, nullptr); });
  }
  return image;
}

Handle Shrink(Handle image, double scale) {
  const double factor = std::floor(1 / scale);
  if (factor < 2) return image;
  return Run([&](VipsImage** out) { return vips_shrink(image.get(), out, factor, factor, nullptr); });
}

DecodeCode WhyItFailed(ContentType type, std::span<const std::byte> bytes) {
  const std::string_view text = vips_error_buffer();
  const auto says = [&](std::string_view part) { return text.find(part) != std::string_view::npos; };
  auto code = DecodeCode::kDamaged;
  if (says("out of memory") || says("too large") || says("limit")) {
    code = DecodeCode::kTooLarge;
  } else if (EndsEarly(type, bytes) || says("end of file") || says("EOF") || says("truncated") || says("Read error")) {
    code = DecodeCode::kTruncated;
  } else if (says("nsupported") || says("not supported")) {
    code = DecodeCode::kUnsupportedFormat;
  }
  vips_error_clear();
  return code;
}

bool IsInterlaced(VipsImage* image) {
  int interlaced = 0;
  return vips_image_get_typeof(image, "interlaced") != 0 && vips_image_get_int(image, "interlaced", &interlaced) == 0 &&
         interlaced != 0;
}

constexpr std::uint64_t kMaxWholePixels = 100'000'000;  // of a kind that must stand in memory whole

}  // namespace

void StartVips() {
  if (VIPS_INIT("burnish") != 0)
    throw base::Error(base::ErrorCode::kUnavailable, "The image library cannot be started.");
  g_log_set_handler(
      "VIPS", G_LOG_LEVEL_MASK, [](const gchar*, GLogLevelFlags, const gchar*, gpointer) {}, nullptr);
  vips_cache_set_max(0);
  vips_concurrency_set(1);         // the pool has one process a core
  vips_vector_set_enabled(FALSE);  // its compiler makes code while it runs, which the sandbox forbids
  vips_operation_block_set("VipsForeignLoad", TRUE);
  for (const char* loader : {"VipsForeignLoadPng", "VipsForeignLoadNsgif", "VipsForeignLoadWebp", "VipsForeignLoadTiff",
                             "VipsForeignLoadHeif", "VipsForeignLoadJpeg"}) {
    vips_operation_block_set(loader, FALSE);
  }
  vips_block_untrusted_set(TRUE);
}

VipsHeader ReadVipsHeader(ContentType type, std::span<const std::byte> bytes) {
  VipsHeader header;
  const Handle image = Load(type, bytes, 1);
  if (image) {
    header.width = image->Xsize;
    header.height = image->Ysize;
    if (type == ContentType::kTiff) header.orientation = vips_image_get_orientation(image.get());
  } else {
    header.code = WhyItFailed(type, bytes);
  }
  return header;
}

Pixels ReadWithVips(ContentType type, std::span<const std::byte> bytes, double scale) {
  Pixels pixels;
  const bool scales_itself = type == ContentType::kWebp && scale < 1;
  Handle image = Load(type, bytes, scales_itself ? scale : 1);
  if (image) {
    const auto count = static_cast<std::uint64_t>(image->Xsize) * static_cast<std::uint64_t>(image->Ysize);
    const bool whole = type == ContentType::kAvif || type == ContentType::kHeic || type == ContentType::kGif ||
                       IsInterlaced(image.get());
    if (whole && count > kMaxWholePixels) {
      pixels.code = DecodeCode::kTooLarge;
      return pixels;
    }
    image = Normalise(std::move(image));
  }
  if (image && !scales_itself) image = Shrink(std::move(image), scale);
  std::size_t size = 0;
  const std::unique_ptr<void, void (*)(void*)> memory(image ? vips_image_write_to_memory(image.get(), &size) : nullptr,
                                                      g_free);
  if (!memory) {
    pixels.code = WhyItFailed(type, bytes);
    return pixels;
  }
  pixels.image = {image->Xsize, image->Ysize, image->Bands, {}};
  const auto* start = static_cast<const std::uint8_t*>(memory.get());
  pixels.image.pixels.assign(start, start + size);
  return pixels;
}

}  // namespace burnish::media
