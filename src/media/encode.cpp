#include "media/encode.hpp"

#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include <jpeglib.h>
#include <png.h>

#include "base/error.hpp"

namespace burnish::media {
namespace {

using base::Error;
using base::ErrorCode;

constexpr int kPngCompression = 6;

struct PngWriter {
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::vector<std::byte> bytes;
  ~PngWriter() { png_destroy_write_struct(&png, &info); }
};

extern "C" void AppendPng(png_structp png, png_bytep data, size_t size) {
  auto& bytes = static_cast<PngWriter*>(png_get_io_ptr(png))->bytes;
  const auto* start = reinterpret_cast<const std::byte*>(data);
  bytes.insert(bytes.end(), start, start + size);
}

int PngColour(int channels) {
  if (channels == 1) return PNG_COLOR_TYPE_GRAY;
  return channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGBA;
}

// libpng leaves by longjmp: nothing that needs a destructor may be made between setjmp and the end.
bool WritePng(PngWriter& writer, int width, int height, int channels, const std::uint8_t* pixels) {
  if (setjmp(png_jmpbuf(writer.png)) != 0) return false;
  png_set_write_fn(writer.png, &writer, &AppendPng, nullptr);
  png_set_IHDR(writer.png, writer.info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), 8,
               PngColour(channels), PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(writer.png, kPngCompression);
  png_write_info(writer.png, writer.info);
  const std::size_t row_bytes = static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
  for (int y = 0; y < height; ++y) png_write_row(writer.png, pixels + static_cast<std::size_t>(y) * row_bytes);
  png_write_end(writer.png, nullptr);
  return true;
}

struct JpegWriter {
  jpeg_compress_struct jpeg = {};
  jpeg_error_mgr errors = {};
  std::jmp_buf jump = {};
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  ~JpegWriter() {
    jpeg_destroy_compress(&jpeg);
    std::free(bytes);
  }
};

extern "C" void LeaveJpegWriter(j_common_ptr jpeg) {
  std::longjmp(static_cast<JpegWriter*>(jpeg->client_data)->jump, 1);
}
extern "C" void StaySilent(j_common_ptr) {}

bool WriteJpeg(JpegWriter& writer, const Image& image, int quality) {
  auto& jpeg = writer.jpeg;
  jpeg.err = jpeg_std_error(&writer.errors);
  writer.errors.error_exit = &LeaveJpegWriter;
  writer.errors.output_message = &StaySilent;
  jpeg.client_data = &writer;
  if (setjmp(writer.jump) != 0) return false;
  jpeg_create_compress(&jpeg);
  jpeg.client_data = &writer;
  jpeg_mem_dest(&jpeg, &writer.bytes, &writer.size);
  jpeg.image_width = static_cast<JDIMENSION>(image.width);
  jpeg.image_height = static_cast<JDIMENSION>(image.height);
  jpeg.input_components = image.channels;
  jpeg.in_color_space = image.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    auto* row = const_cast<JSAMPROW>(image.Row(static_cast<int>(jpeg.next_scanline)));
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  return true;
}

}  // namespace

std::vector<std::byte> EncodeRaw(int width, int height, int channels, std::span<const std::uint8_t> pixels) {
  const bool sane = width > 0 && height > 0 && (channels == 1 || channels == 3 || channels == 4);
  if (!sane || pixels.size() != static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                                    static_cast<std::size_t>(channels)) {
    throw Error(ErrorCode::kInvalidArgument, "The pixels do not fit a picture of " + std::to_string(width) + " x " +
                                                 std::to_string(height) + " with " + std::to_string(channels) +
                                                 " channels.");
  }
  PngWriter writer;
  writer.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  if (writer.png != nullptr) writer.info = png_create_info_struct(writer.png);
  if (writer.info == nullptr || !WritePng(writer, width, height, channels, pixels.data())) {
    throw Error(ErrorCode::kInternal, "A picture could not be written as PNG.");
  }
  return std::move(writer.bytes);
}

std::vector<std::byte> EncodePng(const Image& image) {
  return EncodeRaw(image.width, image.height, image.channels, image.pixels);
}

std::vector<std::byte> EncodeJpeg(const Image& image, int quality) {
  JpegWriter writer;
  if (image.channels == 4 || !WriteJpeg(writer, image, quality)) {
    throw Error(ErrorCode::kInternal, "A picture could not be written as JPEG.");
  }
  const auto* start = reinterpret_cast<const std::byte*>(writer.bytes);
  return {start, start + writer.size};
}

}  // namespace burnish::media
