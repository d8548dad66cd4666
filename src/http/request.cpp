#include "http/request.hpp"

#include <algorithm>
#include <array>

#include "base/json.hpp"

namespace burnish::http {
namespace {

constexpr std::array<std::string_view, 5> kMethodNames = {"GET", "POST", "PUT", "PATCH", "DELETE"};

}  // namespace

std::string_view MethodName(Method method) { return kMethodNames[static_cast<std::size_t>(method)]; }

const app::Caller& Request::Caller() const {
  if (!caller_)
    throw base::Error(base::ErrorCode::kUnauthenticated,
                      "You are not logged in. Open a login link; 'burnish login' prints one.");
  return *caller_;
}

const std::string& Request::RawPath(std::string_view name) const {
  for (const auto& [key, value] : path_parameters_) {
    if (key == name) return value;
  }
  throw base::Error(base::ErrorCode::kInternal,
                    "A handler asked for a part of the address that its route does not have.", std::string(name));
}

const std::string* Request::RawQuery(std::string_view name) const {
  const auto [first, last] = query_.equal_range(name);
  if (first == last) return nullptr;
  if (std::next(first) != last) {
    throw base::Error(base::ErrorCode::kInvalidArgument,
                      "The parameter '" + std::string(name) + "' is given more than once.", std::string(name));
  }
  return &first->second;
}

void Request::RefuseQuery(std::string_view name, std::string_view expected) {
  throw base::Error(base::ErrorCode::kInvalidArgument,
                    "The parameter '" + std::string(name) + "' must be " + std::string(expected) + ".",
                    std::string(name));
}

std::vector<std::string> Request::QueryList(std::string_view name, std::size_t most_items) const {
  std::vector<std::string> items;
  const auto [first, last] = query_.equal_range(name);
  for (auto it = first; it != last; ++it) {
    std::string_view rest = it->second;
    while (true) {
      const auto comma = rest.find(',');
      items.emplace_back(rest.substr(0, comma));
      if (items.size() > most_items) RefuseQuery(name, "a list of at most " + std::to_string(most_items) + " entries");
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return items;
}

std::optional<boost::json::value> Request::QueryJson(std::string_view name) const {
  const auto* text = RawQuery(name);
  if (text == nullptr) return std::nullopt;
  boost::json::error_code failed;
  auto value = base::ParseJson(*text, failed);
  if (failed) RefuseQuery(name, "JSON");
  return value;
}

const boost::json::value& Request::BodyJson() const {
  if (!body_) throw base::Error(base::ErrorCode::kInternal, "A handler asked for a body that its route does not take.");
  return *body_;
}

JsonReader Request::Body(std::initializer_list<std::string_view> known) const { return {BodyJson(), known}; }

const UploadedFile& Request::Upload() const {
  if (!upload_)
    throw base::Error(base::ErrorCode::kInternal, "A handler asked for an upload that its route does not take.");
  return *upload_;
}

base::OperationId Request::Operation() const {
  const auto text = headers_.FindOr("idempotency-key", "");
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  if (text.size() < 8 || text.size() > 64 || !std::all_of(text.begin(), text.end(), fits)) {
    throw base::Error(base::ErrorCode::kInvalidArgument,
                      "The Idempotency-Key header must have 8 to 64 letters, digits, '-' or '_', new for each write.",
                      "Idempotency-Key");
  }
  return base::OperationId(std::string(text));
}

}  // namespace burnish::http
