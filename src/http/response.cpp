#include "http/response.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace burnish::http {
namespace {

struct CodeRow {
  base::ErrorCode code;
  int status;
  std::string_view name;
  std::string_view title;
};

constexpr std::array<CodeRow, 11> kCodes = {{
    {base::ErrorCode::kInvalidArgument, 400, "invalid_argument", "The request is not valid"},
    {base::ErrorCode::kUnauthenticated, 401, "unauthenticated", "A login is needed"},
    {base::ErrorCode::kPermissionDenied, 403, "permission_denied", "Not allowed"},
    {base::ErrorCode::kNotFound, 404, "not_found", "Not found"},
    {base::ErrorCode::kConflict, 409, "conflict", "Something changed meanwhile"},
    {base::ErrorCode::kTooLarge, 413, "too_large", "Too large"},
    {base::ErrorCode::kRateLimited, 429, "rate_limited", "Too many requests"},
    {base::ErrorCode::kStorageFull, 507, "storage_full", "The disk is full"},
    {base::ErrorCode::kUnavailable, 503, "unavailable", "Not available now"},
    {base::ErrorCode::kCancelled, 409, "cancelled", "Cancelled"},
    {base::ErrorCode::kInternal, 500, "internal", "Something went wrong in Burnish"},
}};

const CodeRow& RowOf(base::ErrorCode code) {
  for (const auto& row : kCodes) {
    if (row.code == code) return row;
  }
  return kCodes.back();
}

constexpr std::size_t kAlignment = 8;

std::size_t Padded(std::size_t size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }

std::size_t ElementSize(std::string_view type) {
  if (type == "u16") return 2;
  if (type == "u32" || type == "f32") return 4;
  return 1;
}

template <class T>
FrameArray Named(std::string_view name, std::string_view type, std::span<const T> values) {
  return {name, type, std::as_bytes(values)};
}

// The plain form of RFC 6266: letters, digits and a few marks; everything else becomes '_'.
std::string PlainFileName(const std::string& name) {
  std::string plain;
  for (const char c : name) {
    const bool safe =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    plain.push_back(safe ? c : '_');
  }
  return plain.empty() ? "download" : plain;
}

// RFC 8187 ext-value.
std::string EncodedFileName(const std::string& name) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded = "UTF-8''";
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool safe =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    if (safe) {
      encoded.push_back(c);
    } else if (c != '/' && c != '\\' && byte >= 0x20) {
      encoded += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return encoded;
}

}  // namespace

int StatusOf(base::ErrorCode code) { return RowOf(code).status; }
std::string_view NameOf(base::ErrorCode code) { return RowOf(code).name; }
std::string_view TitleOf(base::ErrorCode code) { return RowOf(code).title; }

Response Json(const boost::json::value& value, int status) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = boost::json::serialize(value);
  return response;
}

Response Created(const boost::json::value& value, std::string location) {
  return Json(value, 201).With("Location", std::move(location));
}

Response Accepted(const boost::json::value& value) { return Json(value, 202); }

Response NoContent() {
  Response response;
  response.status = 204;
  return response;
}

Response Media(SharedBytes bytes, std::string content_type, std::string content, bool forever) {
  Response response;
  response.content_type = std::move(content_type);
  response.exposure = forever ? Exposure::kMediaForever : Exposure::kMedia;
  response.etag = '"' + content + '"';
  response.ranges = true;
  response.body = std::move(bytes);
  return response;
}

Response Download(StreamProducer producer, std::string content_type, const std::string& file_name) {
  Response response;
  response.content_type = std::move(content_type);
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + PlainFileName(file_name) +
                                                           "\"; filename*=" + EncodedFileName(file_name));
  response.body = std::move(producer);
  return response;
}

FrameArray ArrayOf(std::string_view name, std::span<const std::uint8_t> values) { return Named(name, "u8", values); }
FrameArray ArrayOf(std::string_view name, std::span<const std::uint16_t> values) { return Named(name, "u16", values); }
FrameArray ArrayOf(std::string_view name, std::span<const std::uint32_t> values) { return Named(name, "u32", values); }
FrameArray ArrayOf(std::string_view name, std::span<const float> values) { return Named(name, "f32", values); }
FrameArray BytesOf(std::string_view name, std::span<const std::byte> bytes) { return {name, "bytes", bytes}; }

Response Frame(boost::json::object header, std::span<const FrameArray> arrays) {
  boost::json::array listed;
  std::size_t offset = 0;
  for (const auto& array : arrays) {
    listed.push_back({{"name", array.name},
                      {"type", array.type},
                      {"count", array.bytes.size() / ElementSize(array.type)},
                      {"offset", offset}});
    offset += Padded(array.bytes.size());
  }
  header["arrays"] = std::move(listed);
  const auto text = boost::json::serialize(header);
  const auto length = static_cast<std::uint32_t>(text.size());

  std::string body;
  body.reserve(Padded(4 + text.size()) + offset);
  for (unsigned shift = 0; shift < 32; shift += 8) body.push_back(static_cast<char>((length >> shift) & 0xFFU));
  body += text;
  body.resize(Padded(body.size()));
  for (const auto& array : arrays) {
    body.append(reinterpret_cast<const char*>(array.bytes.data()), array.bytes.size());
    body.resize(Padded(body.size()));
  }
  Response response;
  response.content_type = "application/vnd.burnish.arrays";
  response.body = std::move(body);
  return response;
}

Response Frame(boost::json::object header, std::initializer_list<FrameArray> arrays) {
  return Frame(std::move(header), std::span<const FrameArray>(arrays.begin(), arrays.size()));
}

boost::json::object ProblemJson(base::ErrorCode code, std::string_view detail, std::string_view thing) {
  const auto& row = RowOf(code);
  boost::json::object document{
      {"type", "about:blank"}, {"title", row.title}, {"status", row.status}, {"code", row.name}, {"detail", detail}};
  if (!thing.empty()) document["thing"] = thing;
  return document;
}

Response Problem(base::ErrorCode code, std::string_view detail, std::string_view thing,
                 const boost::json::object& extra) {
  auto document = ProblemJson(code, detail, thing);
  for (const auto& member : extra) document[member.key()] = member.value();
  auto response = Json(document, StatusOf(code));
  response.content_type = "application/problem+json";
  return response;
}

}  // namespace burnish::http
