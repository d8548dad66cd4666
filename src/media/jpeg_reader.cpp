#include <csetjmp>
#include <cstdio>

#include <jpeglib.h>
// After jpeglib.h, which it needs.
#include <jerror.h>

#include "media/pixel_reader.hpp"

namespace burnish::media {
namespace {

// A progressive file can ask for the whole picture to be gone over again with each few bytes (libjpeg-turbo's advice).
constexpr int kMaxScans = 500;

struct JpegReader {
  jpeg_decompress_struct jpeg = {};
  jpeg_error_mgr errors = {};
  jpeg_progress_mgr progress = {};
  std::jmp_buf jump = {};
  DecodeCode code = DecodeCode::kOk;
  ~JpegReader() { jpeg_destroy_decompress(&jpeg); }
};

JpegReader& Of(j_common_ptr jpeg) { return *static_cast<JpegReader*>(jpeg->client_data); }

extern "C" void LeaveJpegReader(j_common_ptr jpeg) {
  auto& reader = Of(jpeg);
  switch (jpeg->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_WIDTH_OVERFLOW:
    case JERR_IMAGE_TOO_BIG:
      reader.code = DecodeCode::kTooLarge;
      break;
    case JERR_INPUT_EOF:
      reader.code = DecodeCode::kTruncated;
      break;
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
      reader.code = DecodeCode::kUnsupportedFormat;
      break;
    default:
      if (reader.code == DecodeCode::kOk) reader.code = DecodeCode::kDamaged;
  }
  std::longjmp(reader.jump, 1);
}

// libjpeg goes on after these with grey or shifted pixels; we do not take them for the picture.
extern "C" void NoteJpegWarning(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  auto& reader = Of(jpeg);
  switch (jpeg->err->msg_code) {
    case JWRN_JPEG_EOF:
      reader.code = DecodeCode::kTruncated;
      break;
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
      if (reader.code == DecodeCode::kOk) reader.code = DecodeCode::kDamaged;
      break;
    default:
      break;  // stray bytes between segments and the like, which cameras do write
  }
}

extern "C" void CountScans(j_common_ptr jpeg) {
  if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number > kMaxScans) LeaveJpegReader(jpeg);
}

extern "C" void IgnoreText(j_common_ptr) {}

void Prepare(JpegReader& reader) {
  auto& jpeg = reader.jpeg;
  jpeg.err = jpeg_std_error(&reader.errors);
  reader.errors.error_exit = &LeaveJpegReader;
  reader.errors.emit_message = &NoteJpegWarning;
  reader.errors.output_message = &IgnoreText;
  reader.progress.progress_monitor = &CountScans;
}

// libjpeg leaves by longjmp: between setjmp and the end nothing is made that needs a destructor.
bool Open(JpegReader& reader, std::span<const std::byte> bytes, double scale) {
  auto& jpeg = reader.jpeg;
  if (setjmp(reader.jump) != 0) return false;
  jpeg_create_decompress(&jpeg);
  jpeg.client_data = &reader;
  jpeg.progress = &reader.progress;
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  jpeg.scale_num = 8;
  jpeg.scale_denom = 8;
  // Halves only: libjpeg-turbo has no fast code for the steps between.
  while (jpeg.scale_num > 1 && jpeg.scale_num / 2 >= 8 * scale) jpeg.scale_num /= 2;
  jpeg.out_color_space = jpeg.jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_calc_output_dimensions(&jpeg);
  return true;
}

bool ReadRows(JpegReader& reader, Image& image) {
  auto& jpeg = reader.jpeg;
  if (setjmp(reader.jump) != 0) return false;
  jpeg_start_decompress(&jpeg);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = image.Row(static_cast<int>(jpeg.output_scanline));
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  return true;
}

}  // namespace

std::optional<Pixels> ReadJpeg(std::span<const std::byte> bytes, double scale) {
  JpegReader reader;
  Prepare(reader);
  Pixels pixels;
  if (Open(reader, bytes, scale)) {
    auto& jpeg = reader.jpeg;
    if (jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK) return std::nullopt;
    pixels.image.width = static_cast<int>(jpeg.output_width);
    pixels.image.height = static_cast<int>(jpeg.output_height);
    pixels.image.channels = jpeg.out_color_space == JCS_GRAYSCALE ? 1 : 3;
    pixels.image.pixels.resize(pixels.image.RowBytes() * jpeg.output_height);
    ReadRows(reader, pixels.image);
  }
  pixels.code = reader.code;
  return pixels;
}

}  // namespace burnish::media
