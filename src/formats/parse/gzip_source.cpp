#include "formats/parse/gzip_source.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "base/error.hpp"

namespace burnish::formats {
namespace {

constexpr std::size_t kInputBytes = std::size_t{64} << 10U;
constexpr int kGzipOnly = 15 + 16;  // zlib: window bits, and a gzip header

}  // namespace

struct GzipSource::State {
  std::string input = std::string(kInputBytes, '\0');
  z_stream stream{};
  bool gzip = false;
  bool input_ended = false;
  bool member_ended = false;

  ~State() {
    if (gzip) inflateEnd(&stream);
  }

  void Refill(ByteSource& source) {
    stream.avail_in = static_cast<uInt>(source.Read(input.data(), input.size()));
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    input_ended = stream.avail_in == 0;
  }
};

GzipSource::GzipSource(ByteSource& source) : source_(source), state_(std::make_unique<State>()) {
  state_->Refill(source_);
  state_->gzip = state_->stream.avail_in >= 2 && state_->input.starts_with("\x1F\x8B");
  if (state_->gzip && inflateInit2(&state_->stream, kGzipOnly) != Z_OK) {
    state_->gzip = false;
    throw base::Error(base::ErrorCode::kInternal, "The gzip reader cannot start.");
  }
}

GzipSource::~GzipSource() = default;

std::size_t GzipSource::Read(char* to, std::size_t size) {
  auto& stream = state_->stream;
  if (!state_->gzip) {
    if (stream.avail_in == 0) return state_->input_ended ? 0 : source_.Read(to, size);
    const auto count = std::min<std::size_t>(size, stream.avail_in);
    std::memcpy(to, stream.next_in, count);
    stream.next_in += count;
    stream.avail_in -= static_cast<uInt>(count);
    return count;
  }
  stream.next_out = reinterpret_cast<Bytef*>(to);
  stream.avail_out = static_cast<uInt>(std::min<std::size_t>(size, 1U << 30U));
  const auto wanted = stream.avail_out;
  while (stream.avail_out == wanted) {
    if (stream.avail_in == 0 && !state_->input_ended) state_->Refill(source_);
    if (state_->member_ended) {
      if (stream.avail_in == 0) return 0;
      if (inflateReset(&stream) != Z_OK) return 0;  // gzip files may be glued together
      state_->member_ended = false;
    }
    const int result = inflate(&stream, Z_NO_FLUSH);
    state_->member_ended = result == Z_STREAM_END;
    const bool starved = result == Z_BUF_ERROR && stream.avail_in == 0 && !state_->input_ended;
    if (result != Z_OK && result != Z_STREAM_END && !starved) {
      throw base::Error(base::ErrorCode::kInvalidArgument, "The gzip data is damaged or cut off.");
    }
  }
  return wanted - stream.avail_out;
}

}  // namespace burnish::formats
