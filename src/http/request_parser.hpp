#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "http/beast.hpp"
#include "http/request_head.hpp"

namespace burnish::http {

// Reads one request, fed with the bytes of a connection by `put`: first until is_header_done(), then, with eager(true),
// until is_done(). Beast decides how requests are framed and what it refuses; only its message type is left out, since
// that asks for memory for every field.
class RequestParser final : public beast::http::basic_parser<true> {
 public:
  // Fills `head`, which outlives it.
  explicit RequestParser(RequestHead& head);

  // As Beast's, but waits for the five bytes that the least last chunk has ("0", twice a line end): with a body of no
  // other chunk that came in drops, Beast would assert that they are there.
  template <class Buffers>
  std::size_t put(const Buffers& buffers, beast::error_code& failed) {
    constexpr std::size_t kLeastLastChunk = 5;
    if (is_header_done() && chunked() && beast::buffer_bytes(buffers) < kLeastLastChunk) {
      failed = beast::http::error::need_more;
      return 0;
    }
    return basic_parser::put(buffers, failed);
  }

  unsigned Version() const noexcept { return version_; }  // 10 or 11
  // What came of the body since the last TakeBody.
  std::size_t BodyBytes() const noexcept { return body_.size(); }
  std::string TakeBody() { return std::exchange(body_, {}); }

 private:
  using View = beast::string_view;
  using Failure = beast::error_code;
  void on_request_impl(beast::http::verb, View method, View target, int version, Failure& failed) override;
  void on_response_impl(int, View, int, Failure& failed) override;
  void on_field_impl(beast::http::field, View name, View value, Failure& failed) override;
  void on_header_impl(Failure& failed) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Failure& failed) override;
  std::size_t on_body_impl(View bytes, Failure& failed) override;
  void on_chunk_header_impl(std::uint64_t, View, Failure& failed) override;
  std::size_t on_chunk_body_impl(std::uint64_t, View bytes, Failure& failed) override;
  void on_finish_impl(Failure& failed) override;

  RequestHead& head_;
  std::size_t head_bytes_ = 0;
  bool head_done_ = false;
  unsigned version_ = 11;
  std::string body_;
};

}  // namespace burnish::http
