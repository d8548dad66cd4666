#pragma once

#include <string>

#include "http/headers.hpp"

namespace burnish::http {

// The head of a request as it came over the wire.
struct RequestHead {
  std::string method;  // "GET"
  std::string target;  // as sent
  Headers headers;

  // Keeps the memory for the next request.
  void Clear() noexcept {
    method.clear();
    target.clear();
    headers.Clear();
  }
};

}  // namespace burnish::http
