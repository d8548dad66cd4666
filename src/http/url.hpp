#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace burnish::http {

// Percent-decoded text. Nothing if an escape is broken, or if the result holds NUL or is not UTF-8.
std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space = false);
bool IsUtf8(std::string_view text);

// "a/b/{c}" split at slashes, the leading one left out; never empty.
std::vector<std::string_view> SplitPath(std::string_view path);

using QueryParameters = std::multimap<std::string, std::string, std::less<>>;
// The part of a target after '?'. Throws kInvalidArgument for broken escapes or more than 200 parameters.
QueryParameters ParseQuery(std::string_view query);

}  // namespace burnish::http
