#include "http/headers.hpp"

#include <algorithm>

namespace burnish::http {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

Headers::Headers(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  for (const auto& [name, value] : fields) Add(name, value);
}

void Headers::Add(std::string_view name, std::string_view value) {
  fields_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(name.size()),
                     static_cast<std::uint32_t>(value.size())});
  for (const char c : name) text_.push_back(Lower(c));
  text_.append(value);
}

void Headers::Clear() noexcept {
  text_.clear();
  fields_.clear();
}

std::string_view Headers::Name(std::size_t i) const noexcept {
  return std::string_view(text_).substr(fields_[i].at, fields_[i].name_size);
}

std::string_view Headers::Value(std::size_t i) const noexcept {
  return std::string_view(text_).substr(fields_[i].at + fields_[i].name_size, fields_[i].value_size);
}

std::optional<std::string_view> Headers::Find(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (Name(i) == name) return Value(i);
  }
  return std::nullopt;
}

std::size_t Headers::Count(std::string_view name) const noexcept {
  std::size_t count = 0;
  for (std::size_t i = 0; i < fields_.size(); ++i) count += Name(i) == name ? 1 : 0;
  return count;
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), Lower);
  return lower;
}

bool EqualsIgnoringCase(std::string_view text, std::string_view lower_case) noexcept {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char any, char lower) { return Lower(any) == lower; });
}

}  // namespace burnish::http
