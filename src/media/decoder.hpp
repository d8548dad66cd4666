#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "media/quality.hpp"
#include "media/resize.hpp"
#include "media/sniff.hpp"

namespace burnish::media {

// How a picture becomes a model's input.
struct ModelInputSpec {
  enum class Fit : std::uint8_t {
    kSquash,  // the whole picture, sides stretched
    kCrop,    // the shorter side scaled to `resize`, then the middle `size` x `size`
    kPad,     // the whole picture, ratio kept, grey (128) beside it
  };
  int size = 224;    // side of the square, at most kMaxModelSize
  int resize = 224;  // kCrop only; at least `size`
  Fit fit = Fit::kSquash;
  Filter filter = Filter::kBilinear;
};
inline constexpr int kMaxModelSize = 640;

struct DecodeWants {
  // Longest sides in pixels, each 16..4096, at most kMaxThumbnails. Never scaled up.
  std::vector<int> thumbnail_sides{};
  bool content_hash = false;
  bool perceptual_hash = false;
  bool quality = false;
  std::optional<ModelInputSpec> model_input{};

  // With none of these only the header is read: content type, width, height, orientation.
  bool HeaderOnly() const {
    return thumbnail_sides.empty() && !content_hash && !perceptual_hash && !quality && !model_input;
  }
};
inline constexpr std::size_t kMaxThumbnails = 4;

// Values are stored in import reports: append only.
enum class DecodeCode : std::uint8_t {
  kOk = 0,
  kNotAnImage,
  kTruncated,          // cut off
  kEmpty,              // zero bytes
  kUnsupportedFormat,  // a picture, of a kind that is not read
  kTooLarge,           // bytes, pixels, or memory to decode it
  kTimeout,
  kDecoderCrashed,
  kSvgRefused,
  kDamaged,     // it begins like a picture that is read, but its data makes no sense
  kUnreadable,  // the disk gave an error
};
// "not_an_image", for programs.
std::string_view ToString(DecodeCode code);

struct Thumbnail {
  int width = 0;
  int height = 0;
  // JPEG, quality 82; PNG at the original size, without loss, when both sides are at most 64 pixels.
  ContentType type = ContentType::kJpeg;
  std::vector<std::byte> bytes;
};

struct Decoded {
  DecodeCode code = DecodeCode::kOk;
  std::string sentence;  // for a person when code is not kOk, without the file's name: "It is cut off: ..."
  ContentType type = ContentType::kUnknown;
  int width = 0;  // upright: after the orientation of the file's metadata is applied; 0 if not known
  int height = 0;
  int orientation = 1;  // EXIF 1..8, already applied to everything below
  std::uint64_t bytes = 0;
  // Of the bytes as they are; the child computes it from what it decodes. Also of what could not be decoded, unless it
  // could not be read whole, was too large, or took the child with it.
  std::optional<base::ContentHash> content_hash;
  std::optional<std::uint64_t> perceptual_hash;
  std::optional<Quality> quality;
  std::vector<Thumbnail> thumbnails;      // in the order of thumbnail_sides
  std::vector<std::uint8_t> model_input;  // size x size x 3, RGB, rows from the top; empty unless wanted

  bool Ok() const { return code == DecodeCode::kOk; }
};

// What to decode: an open file, read by position (the caller keeps it open during the call), or bytes in memory.
struct DecodeInput {
  int descriptor = -1;
  std::span<const std::byte> bytes;

  static DecodeInput File(int descriptor) { return {descriptor, {}}; }
  static DecodeInput Memory(std::span<const std::byte> bytes) { return {-1, bytes}; }
};

struct DecoderLimits {
  std::uint64_t bytes = 256ULL << 20;
  std::uint64_t pixels = 400'000'000;
  std::uint64_t memory_bytes = 1ULL << 30;  // of one child, beyond the program itself
  std::chrono::milliseconds time{20'000};   // one item, wall clock
};

struct DecoderOptions {
  int children = 0;  // 0: one a core
  DecoderLimits limits{};
  // The program that calls DecoderMain when started with `arguments`.
  std::string program{};  // empty: this binary
  std::vector<std::string> arguments = {"decoder-child"};
};

// Decodes foreign pictures in sandboxed child processes (no files, no network, limited memory and time). Children start
// with the first request and live long; one that dies or hangs costs the item that it had and is replaced.
// Any thread may call; a call takes one child for its time and waits while all are busy.
class DecoderPool {
 public:
  explicit DecoderPool(DecoderOptions options = {});
  ~DecoderPool();
  DecoderPool(const DecoderPool&) = delete;
  DecoderPool& operator=(const DecoderPool&) = delete;

  // Failures of the item are values. Throws kUnavailable if no child can be started, kInvalidArgument for wants out of
  // range.
  Decoded Decode(const DecodeInput& input, const DecodeWants& wants);

  // Decodes items 0..count-1 with all children at once. `open` and `done` are called from several threads, one item
  // each; `open` gives the input (an empty one, without descriptor or bytes, counts as kEmpty) and `done` may close it.
  // Stops taking items when `cancelled` says so; rethrows the first exception of a callback after the others ended.
  void DecodeEach(std::size_t count, const DecodeWants& wants, const std::function<DecodeInput(std::size_t)>& open,
                  const std::function<void(std::size_t, Decoded)>& done, const std::function<bool()>& cancelled = {});

  int Children() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The child's side, for `burnish decoder-child`: serves requests on descriptor 3 until its parent goes. Returns the
// process's exit code.
int DecoderMain();

}  // namespace burnish::media
