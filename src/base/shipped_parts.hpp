#pragma once

#include <span>
#include <string_view>

namespace burnish::base {

// One part of what is shipped: Burnish itself, a library inside it, a package of the web app.
struct ShippedPart {
  std::string_view name;
  std::string_view version;
  std::string_view license;  // SPDX expression
  std::string_view text;     // empty: the part carries none
};

// Burnish first, then its parts. Defined by the target burnish_licenses, which cmake/list_licenses.py generates.
std::span<const ShippedPart> ShippedParts();

}  // namespace burnish::base
