#include "http/request_parser.hpp"

namespace burnish::http {
namespace {

constexpr std::uint32_t kMostHeadBytes = 16 * 1024;

std::string_view Standard(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

RequestParser::RequestParser(RequestHead& head) : head_(head) {
  head_.Clear();
  header_limit(kMostHeadBytes);
  body_limit(boost::none);  // the route's limit comes with the route
}

void RequestParser::on_request_impl(beast::http::verb, View method, View target, int version, Failure& failed) {
  head_.method = Standard(method);
  head_.target = Standard(target);
  version_ = static_cast<unsigned>(version);
  head_bytes_ = method.size() + target.size();
  failed = {};
}

void RequestParser::on_field_impl(beast::http::field, View name, View value, Failure& failed) {
  failed = {};
  if (head_done_) return;  // a trailer says nothing that we would believe
  // Beast's limit holds for what is read at once, so a head that comes in drops could be longer.
  head_bytes_ += name.size() + value.size();
  if (head_bytes_ > kMostHeadBytes) {
    failed = beast::http::error::header_limit;
    return;
  }
  head_.headers.Add(Standard(name), Standard(value));
}

void RequestParser::on_header_impl(Failure& failed) {
  head_done_ = true;
  failed = {};
}

std::size_t RequestParser::on_body_impl(View bytes, Failure& failed) {
  body_.append(bytes.data(), bytes.size());
  failed = {};
  return bytes.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, View bytes, Failure& failed) {
  return on_body_impl(bytes, failed);
}

void RequestParser::on_response_impl(int, View, int, Failure& failed) { failed = {}; }
void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>&, Failure& failed) { failed = {}; }
void RequestParser::on_chunk_header_impl(std::uint64_t, View, Failure& failed) { failed = {}; }
void RequestParser::on_finish_impl(Failure& failed) { failed = {}; }

}  // namespace burnish::http
