#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/request_parser.hpp"

namespace {

using namespace burnish::http;

constexpr std::size_t kMost = 8 * 1024;  // beyond, how much may come depends on how it comes

struct Reading {
  bool done = false;
  RequestHead head;
  std::string body;
};

// As a connection does it, with `piece` bytes at a time.
Reading Read(std::string_view text, std::size_t piece) {
  Reading reading;
  RequestParser parser(reading.head);
  std::string waiting;
  while (!parser.is_done() && !(text.empty() && waiting.empty())) {
    const auto count = std::min(piece, text.size());
    waiting.append(text.substr(0, count));
    text.remove_prefix(count);
    beast::error_code failed;
    const auto taken = parser.put(asio::buffer(waiting), failed);
    waiting.erase(0, taken);
    if (failed && failed != beast::http::error::need_more) return reading;
    if (parser.is_header_done()) parser.eager(true);
    if (text.empty() && taken == 0) break;
  }
  reading.done = parser.is_done();
  reading.body = parser.TakeBody();
  return reading;
}

std::string Described(const RequestHead& head) {
  std::string text = head.method + " " + head.target;
  for (std::size_t i = 0; i < head.headers.Size(); ++i)
    text.append("\n").append(head.headers.Name(i)).append(": ").append(head.headers.Value(i));
  return text;
}

}  // namespace

// A request is read the same however its bytes come.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > kMost) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto whole = Read(text, text.size());
  const auto parts = Read(text, 1 + data[0] % 64U);
  if (whole.done != parts.done) std::abort();
  if (whole.done && (whole.body != parts.body || Described(whole.head) != Described(parts.head))) std::abort();
  return 0;
}
