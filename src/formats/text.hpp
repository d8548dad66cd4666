#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/sample.hpp"

namespace burnish::formats {

bool IsUtf8(std::string_view text);
// True if `text` holds U+0000..U+001F or U+007F.
bool HasControl(std::string_view text);
// Printable: bytes that are not UTF-8, and control characters, become \xNN.
std::string Printable(std::string_view bytes);
std::string_view Trim(std::string_view text);
std::string LowerAscii(std::string_view text);
// "12,345"
std::string WithThousands(std::uint64_t value);

// "1.5", "-3e4"; not "nan", "inf", "0x10", "1,5", nor identifiers: "007", whole
// numbers beyond 2^53.
std::optional<double> ParseNumber(std::string_view text);
// true, false, yes, no; any case. Not 0 and 1: those are numbers.
std::optional<bool> ParseBoolean(std::string_view text);
// ISO 8601: "2024-05-31", "2024-05-31T10:20:30.5Z", "2024-05-31 10:20+02:00"; without a zone it is UTC.
// Microseconds since 1970.
std::optional<std::int64_t> ParseTime(std::string_view text);

// The shortest text that ParseNumber reads back as exactly `value`, which is finite.
std::string NumberText(double value);
// "2024-05-31T10:20:30Z", with microseconds where there are some.
std::string TimeText(std::int64_t micros);

}  // namespace burnish::formats
