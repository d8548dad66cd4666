#include "media/decode_item.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <new>

#include "media/encode.hpp"
#include "media/header.hpp"
#include "media/pixel_reader.hpp"

namespace burnish::media {
namespace {

constexpr int kThumbnailQuality = 82;
constexpr int kSmall = 64;  // both sides at most: kept as it is
constexpr std::uint8_t kPadding = 128;

// Positioned reads, because a mapped file that somebody cuts short kills its reader.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {
    struct stat status = {};
    failed_ = ::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode);
    if (!failed_) size_ = static_cast<std::uint64_t>(status.st_size);
  }

  bool Failed() const { return failed_; }
  std::uint64_t Size() const { return size_; }

  std::size_t Read(std::uint64_t offset, std::span<std::byte> into) {
    std::size_t done = 0;
    while (done < into.size()) {
      const auto count =
          ::pread(descriptor_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) failed_ = true;
      if (count <= 0) break;
      done += static_cast<std::size_t>(count);
    }
    return done;
  }

  ByteSource Source() {
    return {size_, [this](std::uint64_t offset, std::span<std::byte> into) { return Read(offset, into); }};
  }

  std::vector<std::byte> ReadAll() {
    std::vector<std::byte> bytes(size_);
    bytes.resize(Read(0, bytes));
    return bytes;
  }

 private:
  int descriptor_;
  bool failed_ = false;
  std::uint64_t size_ = 0;
};

bool SwapsSides(int orientation) { return orientation >= 5; }

void SetHeader(Decoded& result, const Header& header, const DecoderLimits& limits) {
  result.code = header.code;
  result.type = header.type;
  result.orientation = header.orientation;
  result.width = SwapsSides(header.orientation) ? header.height : header.width;
  result.height = SwapsSides(header.orientation) ? header.width : header.height;
  const auto pixels = static_cast<std::uint64_t>(header.width) * static_cast<std::uint64_t>(header.height);
  if (result.Ok() && pixels > limits.pixels) result.code = DecodeCode::kTooLarge;
}

bool LeftToVips(const Header& header) { return header.code == DecodeCode::kOk && header.width == 0; }

void CompleteHeader(Header& header, std::span<const std::byte> bytes) {
  const auto rest = ReadVipsHeader(header.type, bytes);
  header.code = rest.code;
  header.width = rest.width;
  header.height = rest.height;
  header.orientation = rest.orientation;
}

// A GIF's frame that reaches beyond the screen which its header announces widens it, as browsers do. What is wrong with
// the frames shows when they are decoded.
void WidenToFrames(Header& header, std::span<const std::byte> bytes) {
  const auto frames = ReadVipsHeader(header.type, bytes);
  if (frames.code != DecodeCode::kOk) return;
  header.width = frames.width;
  header.height = frames.height;
}

void SetTrueHeader(Decoded& result, Header& header, std::span<const std::byte> bytes, const DecoderLimits& limits) {
  if (LeftToVips(header)) CompleteHeader(header, bytes);
  SetHeader(result, header, limits);
  if (!result.Ok() || header.type != ContentType::kGif) return;
  WidenToFrames(header, bytes);
  SetHeader(result, header, limits);
}

// How far the file may be scaled down while it is decoded; `result` holds its upright size.
double Scale(const Decoded& result, const DecodeWants& wants) {
  const double longest = std::max(result.width, result.height);
  const double shortest = std::min(result.width, result.height);
  if (longest <= kSmall) return 1;
  double scale = 0;
  for (const int side : wants.thumbnail_sides) scale = std::max(scale, side / longest);
  // The model sees the same pixels whatever else is wanted: an embedding does not depend on who asked for it.
  if (wants.quality || wants.model_input) scale = std::max(scale, kQualitySide / longest);
  if (wants.perceptual_hash) scale = std::max(scale, 64 / shortest);
  if (wants.model_input) {
    const auto& spec = *wants.model_input;
    if (spec.fit == ModelInputSpec::Fit::kSquash) scale = std::max(scale, spec.size / shortest);
    if (spec.fit == ModelInputSpec::Fit::kCrop) scale = std::max(scale, spec.resize / shortest);
    if (spec.fit == ModelInputSpec::Fit::kPad) scale = std::max(scale, spec.size / longest);
  }
  return std::min(scale, 1.0);
}

Pixels ReadPixels(ContentType type, std::span<const std::byte> bytes, double scale) {
  // Many writers of GIF leave the last byte out, and libtiff reads what is there: those two show when decoding fails.
  const bool strict = type != ContentType::kGif && type != ContentType::kTiff;
  if (strict && EndsEarly(type, bytes)) return {DecodeCode::kTruncated, {}};
  if (type == ContentType::kBmp) return ReadBmp(bytes);
  if (type == ContentType::kJpeg) {
    if (auto pixels = ReadJpeg(bytes, scale)) return std::move(*pixels);
  }
  return ReadWithVips(type, bytes, scale);
}

// The longer side brought down to `side`; never up.
Image FitWithin(const Image& image, int side, Filter filter) {
  const int longest = std::max(image.width, image.height);
  if (longest <= side) return image;
  const auto scaled = [&](int length) {
    return std::max(1, static_cast<int>(std::lround(static_cast<double>(length) * side / longest)));
  };
  return Resize(image, scaled(image.width), scaled(image.height), filter);
}

Thumbnail MakeThumbnail(const Image& image, int side, bool keep) {
  if (keep) return {image.width, image.height, ContentType::kPng, EncodePng(image)};
  const Image small = FitWithin(image, side, Filter::kBicubic);
  return {small.width, small.height, ContentType::kJpeg, EncodeJpeg(small, kThumbnailQuality)};
}

std::vector<std::uint8_t> ToRgb(Image image) {
  if (image.channels == 3) return std::move(image.pixels);
  std::vector<std::uint8_t> rgb;
  rgb.reserve(image.pixels.size() * 3);
  for (const auto level : image.pixels) rgb.insert(rgb.end(), 3, level);
  return rgb;
}

Image Pad(const Image& image, int size) {
  Image square{size, size, image.channels, {}};
  square.pixels.assign(square.RowBytes() * static_cast<std::size_t>(size), kPadding);
  const auto left = static_cast<std::size_t>((size - image.width) / 2) * static_cast<std::size_t>(image.channels);
  const int top = (size - image.height) / 2;
  for (int y = 0; y < image.height; ++y) std::copy_n(image.Row(y), image.RowBytes(), square.Row(top + y) + left);
  return square;
}

std::vector<std::uint8_t> MakeModelInput(const Image& image, const ModelInputSpec& spec) {
  if (spec.fit == ModelInputSpec::Fit::kSquash) return ToRgb(Resize(image, spec.size, spec.size, spec.filter));
  if (spec.fit == ModelInputSpec::Fit::kCrop) {
    const double side = static_cast<double>(std::min(image.width, image.height)) * spec.size / spec.resize;
    return ToRgb(ResizeBox(image, (image.width - side) / 2, (image.height - side) / 2, side, side, spec.size, spec.size,
                           spec.filter));
  }
  const double scale = static_cast<double>(spec.size) / std::max(image.width, image.height);
  const auto scaled = [&](int length) {
    return std::clamp(static_cast<int>(std::lround(length * scale)), 1, spec.size);
  };
  return ToRgb(Pad(Resize(image, scaled(image.width), scaled(image.height), spec.filter), spec.size));
}

void MakeResults(Decoded& result, const Image& image, const DecodeWants& wants) {
  const bool keep = std::max(result.width, result.height) <= kSmall;
  for (const int side : wants.thumbnail_sides) result.thumbnails.push_back(MakeThumbnail(image, side, keep));
  if (wants.quality || wants.perceptual_hash) {
    const Image measured = FitWithin(image, kQualitySide, Filter::kBilinear);
    if (wants.quality) result.quality = MeasureQuality(measured);
    if (wants.perceptual_hash) result.perceptual_hash = PerceptualHash(measured);
  }
  if (wants.model_input) result.model_input = MakeModelInput(image, *wants.model_input);
}

void DecodeWhole(Decoded& result, File& file, const DecodeWants& wants, const DecoderLimits& limits) {
  const auto bytes = file.ReadAll();
  if (file.Failed()) {
    result.code = DecodeCode::kUnreadable;
    return;
  }
  if (wants.content_hash) result.content_hash = base::HashContent(bytes);
  auto header = ReadHeader(SourceOf(bytes));
  SetTrueHeader(result, header, bytes, limits);
  if (!result.Ok()) return;
  const bool only_hash =
      wants.thumbnail_sides.empty() && !wants.quality && !wants.perceptual_hash && !wants.model_input;
  if (only_hash) return;

  auto pixels = ReadPixels(header.type, bytes, Scale(result, wants));
  result.code = pixels.code;
  if (result.Ok()) MakeResults(result, Upright(std::move(pixels.image), header.orientation), wants);
}

void DecodeHeader(Decoded& result, File& file, const DecoderLimits& limits) {
  auto header = ReadHeader(file.Source());
  const bool needs_all = LeftToVips(header) || header.type == ContentType::kGif;
  SetTrueHeader(result, header, needs_all ? file.ReadAll() : std::vector<std::byte>(), limits);
  if (file.Failed()) result.code = DecodeCode::kUnreadable;
}

}  // namespace

Image Upright(Image image, int orientation) {
  if (orientation <= 1 || orientation > 8) return image;
  const int width = image.width;
  const int height = image.height;
  const bool swap = SwapsSides(orientation);
  Image turned{swap ? height : width, swap ? width : height, image.channels, {}};
  turned.pixels.resize(image.pixels.size());
  const auto step = static_cast<std::size_t>(image.channels);
  std::uint8_t* out = turned.pixels.data();
  const bool mirror_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool mirror_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  for (int y = 0; y < turned.height; ++y) {
    for (int x = 0; x < turned.width; ++x) {
      const int from_x = swap ? y : x;
      const int from_y = swap ? x : y;
      const auto* pixel = image.Row(mirror_y ? height - 1 - from_y : from_y) +
                          static_cast<std::size_t>(mirror_x ? width - 1 - from_x : from_x) * step;
      out = std::copy_n(pixel, step, out);
    }
  }
  return turned;
}

Decoded DecodeItem(int descriptor, const DecodeWants& wants, const DecoderLimits& limits) {
  Decoded result;
  File file(descriptor);
  result.bytes = file.Size();
  if (file.Failed()) {
    result.code = DecodeCode::kUnreadable;
  } else if (file.Size() > limits.bytes) {
    result.code = DecodeCode::kTooLarge;
  } else {
    try {
      if (wants.HeaderOnly()) {
        DecodeHeader(result, file, limits);
      } else {
        DecodeWhole(result, file, wants, limits);
      }
    } catch (const std::bad_alloc&) {
      result.code = DecodeCode::kTooLarge;
    }
  }
  return result;
}

}  // namespace burnish::media
