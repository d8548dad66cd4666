#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.hpp"

namespace burnish::http {

// Bytes that somebody else keeps (a mapped pack, a cached file), alive as long as `owner`.
struct SharedBytes {
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner;
};

// Where a stream's producer puts its bytes.
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;
  // Waits until the client has taken enough. Throws kCancelled once it is gone.
  virtual void Write(std::string_view bytes) = 0;
};
// Runs on a thread of its own. If it throws, the connection is cut so that the client cannot take the part for the
// whole.
using StreamProducer = std::function<void(StreamWriter&)>;

// How browsers and caches may treat the answer; chooses the safety headers (safety.hpp).
enum class Exposure : std::uint8_t {
  kPrivate,       // JSON and frames: no-store
  kPage,          // the app's HTML: the app's CSP, revalidated
  kAsset,         // files with a hash in their name: immutable
  kMedia,         // foreign bytes: sandboxed, own content type, revalidated privately
  kMediaForever,  // foreign bytes under an address that names their content: privately immutable
};
inline constexpr std::size_t kExposures = 5;

// A handler's answer. A value: build it with the functions below.
struct Response {
  using Body = std::variant<std::string, SharedBytes, StreamProducer>;

  int status = 200;
  std::string content_type;
  Exposure exposure = Exposure::kPrivate;
  std::vector<std::pair<std::string, std::string>> headers;  // beyond those that the server adds
  std::string etag;                                          // quoted; with it If-None-Match answers 304
  bool ranges = false;                                       // Range is honoured (never for streams)
  Body body;

  Response& With(std::string name, std::string value) & {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  Response&& With(std::string name, std::string value) && {
    headers.emplace_back(std::move(name), std::move(value));
    return std::move(*this);
  }
};

Response Json(const boost::json::value& value, int status = 200);
// 201 with the address of what was made.
Response Created(const boost::json::value& value, std::string location);
// 202 with the job that does the work.
Response Accepted(const boost::json::value& value);
Response NoContent();

// Foreign bytes for <img>: the content type must come from our own sniff, never from the client.
// `content` names the bytes (their hash): becomes the ETag. `forever` only if the address holds it too.
Response Media(SharedBytes bytes, std::string content_type, std::string content, bool forever);
// A download: attachment; `file_name` is cleaned and also sent in UTF-8 form (RFC 6266).
Response Download(StreamProducer producer, std::string content_type, const std::string& file_name);

// One named array of a frame.
struct FrameArray {
  std::string_view name;
  std::string_view type;  // u8 u16 u32 f32 bytes
  std::span<const std::byte> bytes;
};
FrameArray ArrayOf(std::string_view name, std::span<const std::uint8_t> values);
FrameArray ArrayOf(std::string_view name, std::span<const std::uint16_t> values);
FrameArray ArrayOf(std::string_view name, std::span<const std::uint32_t> values);
FrameArray ArrayOf(std::string_view name, std::span<const float> values);
FrameArray BytesOf(std::string_view name, std::span<const std::byte> bytes);

// application/vnd.burnish.arrays, as api/openapi.yaml describes it: u32 little-endian length of the JSON header, the
// header, zero bytes up to a multiple of 8, then the arrays, each starting at a multiple of 8. The header gets the
// member `arrays`: [{name, type, count, offset}], offset in bytes from the start of the first array.
Response Frame(boost::json::object header, std::span<const FrameArray> arrays);
Response Frame(boost::json::object header, std::initializer_list<FrameArray> arrays);

// RFC 9457. `extra` are further members (the two values of a conflict).
boost::json::object ProblemJson(base::ErrorCode code, std::string_view detail, std::string_view thing = {});
Response Problem(base::ErrorCode code, std::string_view detail, std::string_view thing = {},
                 const boost::json::object& extra = {});

// The one place where codes become statuses.
int StatusOf(base::ErrorCode code);
std::string_view NameOf(base::ErrorCode code);   // "invalid_argument"
std::string_view TitleOf(base::ErrorCode code);  // "The request is not valid"

}  // namespace burnish::http
