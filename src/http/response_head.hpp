#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "http/response.hpp"

namespace burnish::http {

// What the connection knows of an answer's head beside the answer itself.
struct HeadFacts {
  unsigned version = 11;  // of HTTP, 10 or 11
  bool keep_alive = true;
  bool chunked = false;
  std::optional<std::uint64_t> length = std::nullopt;  // Content-Length
};

// Appends status line and fields, safety headers included, up to the empty line. An own header whose value could end
// its line is left out.
void AppendHead(std::string& out, const Response& response, const HeadFacts& facts);

}  // namespace burnish::http
