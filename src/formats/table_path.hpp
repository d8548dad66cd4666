#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "formats/problem.hpp"

namespace burnish::formats {

enum class TableKind : std::uint8_t { kCsv = 0, kParquet = 1 };

// Which kind of table a file's name says it is, or nothing.
std::optional<TableKind> TableKindOf(std::string_view path);

// `cell` seen from the folder `base` of the source, "." and ".." resolved, '\' as '/'. Nothing if it is no usable path
// or leads out of the source; `why` then says which.
std::optional<std::string> ResolvePath(const std::string& base, std::string_view cell, ProblemCode& why);

}  // namespace burnish::formats
