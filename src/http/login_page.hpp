#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/response.hpp"

namespace burnish::http {

// The page behind a login link, "/login#<token>": its script sends the one-time token, which browsers keep out of
// requests and logs because it stands after '#', and goes on to the app. It is the server's own, so that a person can
// come in before anything else works.
std::optional<Response> LoginPage(std::string_view path);
std::string LoginLink(const std::string& origin, const std::string& token);

}  // namespace burnish::http
