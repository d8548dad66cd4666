#include "formats/parse/idx_parser.hpp"

#include <array>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "formats/limits.hpp"
#include "formats/parse/gzip_source.hpp"

namespace burnish::formats {
namespace {

constexpr std::uint8_t kUnsignedBytes = 8;
constexpr std::size_t kHeaderBytes = 4;

// False at the end of the source before `size` bytes.
bool ReadExactly(ByteSource& source, char* to, std::size_t size) {
  while (size != 0) {
    const auto count = source.Read(to, size);
    if (count == 0) return false;
    to += count;
    size -= count;
  }
  return true;
}

// The sizes, outermost first; empty if this is no IDX file of bytes with `least` to `most` dimensions.
std::vector<std::uint32_t> ReadSizes(ByteSource& source, int least, int most) {
  std::string start(kHeaderBytes, '\0');
  if (!ReadExactly(source, start.data(), start.size())) return {};
  const int dimensions = static_cast<std::uint8_t>(start[3]);
  if (dimensions < least || dimensions > most || !IsIdxStart(start, dimensions)) return {};
  std::vector<std::uint32_t> sizes;
  for (int i = 0; i < dimensions; ++i) {
    std::array<char, 4> bytes{};
    if (!ReadExactly(source, bytes.data(), bytes.size())) return {};
    std::uint32_t size = 0;
    for (const char byte : bytes) size = (size << 8U) | static_cast<std::uint8_t>(byte);
    sizes.push_back(size);
  }
  return sizes;
}

struct Shape {
  std::uint32_t count = 0;
  int width = 0;
  int height = 0;
  int channels = 1;
};

bool ReadShape(ByteSource& images, Shape& shape) {
  const auto sizes = ReadSizes(images, 3, 4);
  if (sizes.empty()) return false;
  const auto channels = sizes.size() == 4 ? sizes[3] : 1;
  const bool sane = sizes[0] <= kMaxIdxItems && sizes[1] > 0 && sizes[1] <= kMaxIdxSide && sizes[2] > 0 &&
                    sizes[2] <= kMaxIdxSide && (channels == 1 || channels == 3 || channels == 4);
  shape = {sizes[0], static_cast<int>(sizes[2]), static_cast<int>(sizes[1]), static_cast<int>(channels)};
  return sane;
}

void ReadItems(ByteSource& images, ByteSource* labels, const Shape& shape, IdxSink& sink) {
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(shape.width) * static_cast<std::size_t>(shape.height) *
                                   static_cast<std::size_t>(shape.channels));
  for (std::uint32_t i = 0; i < shape.count; ++i) {
    int label = -1;
    if (!ReadExactly(images, reinterpret_cast<char*>(pixels.data()), pixels.size()))
      return sink.Problem(ProblemCode::kIdxDamaged, 0, {});
    if (labels != nullptr) {
      char byte = 0;
      if (!ReadExactly(*labels, &byte, 1)) return sink.Problem(ProblemCode::kIdxDamaged, 0, {});
      label = static_cast<std::uint8_t>(byte);
    }
    if (!sink.TakeItem(i, label, shape.width, shape.height, shape.channels, pixels)) return;
  }
}

}  // namespace

bool IsIdxStart(std::string_view start, int dimensions) {
  return start.size() >= kHeaderBytes && start[0] == 0 && start[1] == 0 &&
         static_cast<std::uint8_t>(start[2]) == kUnsignedBytes && static_cast<std::uint8_t>(start[3]) == dimensions;
}

void ParseIdx(ByteSource& images, ByteSource* labels, IdxSink& sink) {
  try {
    GzipSource plain_images(images);
    Shape shape;
    if (!ReadShape(plain_images, shape)) return sink.Problem(ProblemCode::kIdxDamaged, 0, {});
    if (labels == nullptr) {
      sink.Problem(ProblemCode::kIdxNoLabels, 0, {});
      return ReadItems(plain_images, nullptr, shape, sink);
    }
    GzipSource plain_labels(*labels);
    const auto sizes = ReadSizes(plain_labels, 1, 1);
    if (sizes.empty()) return sink.Problem(ProblemCode::kIdxDamaged, 0, {});
    if (sizes[0] != shape.count) return sink.Problem(ProblemCode::kIdxCountsDiffer, 0, {});
    ReadItems(plain_images, &plain_labels, shape, sink);
  } catch (const base::Error& error) {
    if (error.Code() != base::ErrorCode::kInvalidArgument) throw;
    sink.Problem(ProblemCode::kIdxDamaged, 0, {});  // gzip that makes no sense
  }
}

}  // namespace burnish::formats
