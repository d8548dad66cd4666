#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace burnish::http {

// The header fields of one request, in the order in which they came. They share one block of text, which Clear keeps:
// a connection reads head after head without asking for memory.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

  // Views of what is added later end with the next Add or Clear.
  void Add(std::string_view name, std::string_view value);
  void Clear() noexcept;

  // The first field of that name; `name` in lower case.
  std::optional<std::string_view> Find(std::string_view name) const noexcept;
  std::string_view FindOr(std::string_view name, std::string_view fallback) const noexcept {
    return Find(name).value_or(fallback);
  }
  bool Has(std::string_view name) const noexcept { return Find(name).has_value(); }
  std::size_t Count(std::string_view name) const noexcept;

  std::size_t Size() const noexcept { return fields_.size(); }
  std::string_view Name(std::size_t i) const noexcept;  // in lower case
  std::string_view Value(std::size_t i) const noexcept;

 private:
  // The value follows the name.
  struct Field {
    std::uint32_t at = 0;
    std::uint32_t name_size = 0;
    std::uint32_t value_size = 0;
  };
  std::string text_;
  std::vector<Field> fields_;
};

// Of ASCII letters; what else there is stays.
std::string LowerCase(std::string_view text);
bool EqualsIgnoringCase(std::string_view text, std::string_view lower_case) noexcept;

}  // namespace burnish::http
