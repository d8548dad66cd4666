#include "formats/text.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace burnish::formats {
namespace {

// Length of the well-formed UTF-8 sequence at the start of `text`, 0 if there is none (RFC 3629, table in section 4).
std::size_t SequenceLength(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  const auto continues = [&](std::size_t at, std::uint8_t low, std::uint8_t high) {
    return at < text.size() && byte(at) >= low && byte(at) <= high;
  };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const std::uint8_t low = first == 0xE0 ? 0xA0 : 0x80;
    const std::uint8_t high = first == 0xED ? 0x9F : 0xBF;
    return continues(1, low, high) && continues(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const std::uint8_t low = first == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t high = first == 0xF4 ? 0x8F : 0xBF;
    return continues(1, low, high) && continues(2, 0x80, 0xBF) && continues(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

bool IsControl(char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes exactly `digits` digits from the front of `text`.
std::optional<int> TakeNumber(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (!IsDigit(text[i])) return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool Take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

constexpr double kExactInteger = 9007199254740992.0;  // 2^53
constexpr std::int64_t kSecond = 1'000'000;

// "10:20", "10:20:30", "10:20:30.123456": microseconds of the day.
std::optional<std::int64_t> TakeTimeOfDay(std::string_view& text) {
  const auto hour = TakeNumber(text, 2);
  if (!hour || *hour > 23 || !Take(text, ':')) return std::nullopt;
  const auto minute = TakeNumber(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  std::int64_t micros = (*hour * 3600LL + *minute * 60LL) * kSecond;
  if (!Take(text, ':')) return micros;
  const auto second = TakeNumber(text, 2);
  if (!second || *second > 59) return std::nullopt;
  micros += *second * kSecond;
  if (!Take(text, '.')) return micros;
  if (text.empty() || !IsDigit(text.front())) return std::nullopt;
  for (std::int64_t unit = kSecond / 10; !text.empty() && IsDigit(text.front()); unit /= 10) {
    micros += (text.front() - '0') * unit;
    text.remove_prefix(1);
  }
  return micros;
}

// "", "Z", "+02:00", "-0530": microseconds east of UTC.
std::optional<std::int64_t> TakeZone(std::string_view& text) {
  if (text.empty() || Take(text, 'Z')) return 0;
  const char sign = text.front();
  if (sign != '+' && sign != '-') return std::nullopt;
  text.remove_prefix(1);
  const auto hours = TakeNumber(text, 2);
  Take(text, ':');
  const auto minutes = text.empty() ? std::optional<int>(0) : TakeNumber(text, 2);
  if (!hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
  const std::int64_t offset = (*hours * 3600LL + *minutes * 60LL) * kSecond;
  return sign == '-' ? -offset : offset;
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = SequenceLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool HasControl(std::string_view text) {
  for (const char c : text) {
    if (IsControl(c)) return true;
  }
  return false;
}

std::string Printable(std::string_view bytes) {
  std::string result;
  while (!bytes.empty()) {
    auto length = SequenceLength(bytes);
    if (length == 0 || IsControl(bytes.front())) {
      std::array<char, 5> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\x%02X",
                    static_cast<unsigned>(static_cast<std::uint8_t>(bytes.front())));
      result += escaped.data();
      length = 1;
    } else {
      result += bytes.substr(0, length);
    }
    bytes.remove_prefix(length);
  }
  return result;
}

std::string_view Trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::string LowerAscii(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string WithThousands(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return digits;
}

std::optional<double> ParseNumber(std::string_view text) {
  std::string_view digits = text;
  if (!digits.empty() && (digits.front() == '-' || digits.front() == '+')) digits.remove_prefix(1);
  if (digits.empty() || (!IsDigit(digits.front()) && digits.front() != '.')) return std::nullopt;
  if (digits.size() > 1 && digits[0] == '0' && IsDigit(digits[1])) return std::nullopt;
  if (text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  // A whole number that a double would round is an identifier.
  const bool whole = digits.find_first_not_of("0123456789") == std::string_view::npos;
  if (whole && std::abs(value) >= kExactInteger) return std::nullopt;
  return value;
}

std::optional<bool> ParseBoolean(std::string_view text) {
  if (text.size() > 5) return std::nullopt;
  const std::string word = LowerAscii(text);
  if (word == "true" || word == "yes") return true;
  if (word == "false" || word == "no") return false;
  return std::nullopt;
}

std::optional<std::int64_t> ParseTime(std::string_view text) {
  const auto year = TakeNumber(text, 4);
  if (!year || !Take(text, '-')) return std::nullopt;
  const auto month = TakeNumber(text, 2);
  if (!month || !Take(text, '-')) return std::nullopt;
  const auto day = TakeNumber(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  std::int64_t micros = std::chrono::sys_days(date).time_since_epoch().count() * 86'400LL * kSecond;
  if (text.empty()) return micros;
  if (!Take(text, 'T') && !Take(text, ' ')) return std::nullopt;
  const auto time = TakeTimeOfDay(text);
  if (!time) return std::nullopt;
  const auto zone = TakeZone(text);
  if (!zone || !text.empty()) return std::nullopt;
  return micros + *time - *zone;
}

std::string NumberText(double value) {
  std::array<char, 40> text{};
  // Beyond 2^53 with an exponent: plain digits would read as an identifier.
  const bool large = std::abs(value) >= kExactInteger;
  const auto end = large
                       ? std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific).ptr
                       : std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

std::string TimeText(std::int64_t micros) {
  const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(micros)};
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{days};
  const std::chrono::hh_mm_ss<std::chrono::microseconds> clock{time - days};
  std::array<char, 64> text{};
  const auto fraction = static_cast<int>(clock.subseconds().count());
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  std::string result = text.data();
  if (fraction != 0) {
    std::snprintf(text.data(), text.size(), ".%06d", fraction);
    result += text.data();
  }
  return result + "Z";
}

}  // namespace burnish::formats
