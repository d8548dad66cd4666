#include "media/fixtures.hpp"

#include <vips/vips.h>
#include <zlib.h>

#include <random>
#include <stdexcept>

#include "media/encode.hpp"

namespace burnish::media {
namespace {

void AppendBig(Bytes& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<std::byte>(value >> static_cast<unsigned>(shift)));
}

void AppendLittle(Bytes& bytes, std::uint32_t value, int count) {
  for (int i = 0; i < count; ++i) bytes.push_back(static_cast<std::byte>(value >> static_cast<unsigned>(8 * i)));
}

Bytes PngChunk(std::string_view type, const Bytes& data) {
  Bytes chunk;
  AppendBig(chunk, static_cast<std::uint32_t>(data.size()));
  const Bytes body = Join(ToBytes(type), data);
  chunk = Join(chunk, body);
  AppendBig(chunk, static_cast<std::uint32_t>(
                       crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()))));
  return chunk;
}

}  // namespace

Bytes ToBytes(std::string_view text) {
  const auto* start = reinterpret_cast<const std::byte*>(text.data());
  return {start, start + text.size()};
}

Bytes Cut(Bytes bytes, double share) {
  bytes.resize(static_cast<std::size_t>(static_cast<double>(bytes.size()) * share));
  return bytes;
}

Bytes Join(const Bytes& first, const Bytes& second) {
  Bytes all = first;
  all.insert(all.end(), second.begin(), second.end());
  return all;
}

Image Gradient(int width, int height) {
  Image image{width, height, 3, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.pixels.push_back(static_cast<std::uint8_t>(255 * x / width));
      image.pixels.push_back(static_cast<std::uint8_t>(255 * y / height));
      image.pixels.push_back(128);
    }
  }
  return image;
}

Image Filled(int width, int height, std::vector<std::uint8_t> colour) {
  Image image{width, height, static_cast<int>(colour.size()), {}};
  for (int i = 0; i < width * height; ++i) image.pixels.insert(image.pixels.end(), colour.begin(), colour.end());
  return image;
}

Image Noise(int width, int height) {
  Image image{width, height, 3, {}};
  std::mt19937 random(7);
  for (int i = 0; i < width * height * 3; ++i) image.pixels.push_back(static_cast<std::uint8_t>(random()));
  return image;
}

Bytes Save(const Image& image, const std::string& suffix) {
  static const bool started = VIPS_INIT("tests") == 0;
  if (!started) throw std::runtime_error("libvips does not start");
  VipsImage* memory = vips_image_new_from_memory(image.pixels.data(), image.pixels.size(), image.width, image.height,
                                                 image.channels, VIPS_FORMAT_UCHAR);
  VipsImage* coloured = nullptr;
  vips_copy(memory, &coloured, "interpretation",
            image.channels < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB, nullptr);
  void* data = nullptr;
  std::size_t size = 0;
  const int failed = vips_image_write_to_buffer(coloured, ("." + suffix).c_str(), &data, &size, nullptr);
  g_object_unref(coloured);
  g_object_unref(memory);
  if (failed != 0) throw std::runtime_error(vips_error_buffer());
  const auto* start = static_cast<const std::byte*>(data);
  Bytes bytes(start, start + size);
  g_free(data);
  return bytes;
}

Bytes JpegWithOrientation(const Image& image, int orientation) {
  const Bytes plain = EncodeJpeg(image, 95);
  using namespace std::string_view_literals;
  Bytes exif = ToBytes("Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"sv);
  exif.push_back(static_cast<std::byte>(orientation));
  exif = Join(exif, ToBytes("\0\0\0\0\0\0"sv));
  Bytes bytes = ToBytes("\xFF\xD8\xFF\xE1\0"sv);
  bytes.push_back(static_cast<std::byte>(exif.size() + 2));
  bytes = Join(bytes, exif);
  return Join(bytes, Bytes(plain.begin() + 2, plain.end()));
}

Bytes PngOfSize(std::uint32_t width, std::uint32_t height) {
  Bytes header;
  AppendBig(header, width);
  AppendBig(header, height);
  using namespace std::string_view_literals;
  header = Join(header, ToBytes("\x08\x02\0\0\0"sv));
  Bytes bytes = ToBytes("\x89PNG\r\n\x1A\n"sv);
  bytes = Join(bytes, PngChunk("IHDR", header));
  bytes = Join(bytes, PngChunk("IDAT", ToBytes("\x78\x9C\x03\0\0\0\0\x01"sv)));
  return Join(bytes, PngChunk("IEND", {}));
}

Bytes Bmp(const Image& image) {
  const auto row_bytes = (static_cast<std::uint32_t>(image.width) * 3 + 3) / 4 * 4;
  const auto size = row_bytes * static_cast<std::uint32_t>(image.height);
  Bytes bytes = ToBytes("BM");
  AppendLittle(bytes, 54 + size, 4);
  AppendLittle(bytes, 0, 4);
  AppendLittle(bytes, 54, 4);
  AppendLittle(bytes, 40, 4);
  AppendLittle(bytes, static_cast<std::uint32_t>(image.width), 4);
  AppendLittle(bytes, static_cast<std::uint32_t>(image.height), 4);
  AppendLittle(bytes, 1, 2);
  AppendLittle(bytes, 24, 2);
  bytes.resize(54);
  for (int y = image.height - 1; y >= 0; --y) {
    for (int x = 0; x < image.width; ++x) {
      for (int c = 2; c >= 0; --c) bytes.push_back(static_cast<std::byte>(image.Row(y)[3 * x + c]));
    }
    bytes.resize(54 + static_cast<std::size_t>(row_bytes) * static_cast<std::size_t>(image.height - y));
  }
  return bytes;
}

}  // namespace burnish::media
