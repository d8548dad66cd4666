#pragma once

#include <boost/json/value.hpp>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "app/caller.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "http/headers.hpp"
#include "http/json_reader.hpp"
#include "http/url.hpp"

namespace burnish::http {

enum class Method : std::uint8_t { kGet, kPost, kPut, kPatch, kDelete };
std::string_view MethodName(Method method);

// Names and decoded values of the variable parts of an address.
using PathParameters = std::vector<std::pair<std::string, std::string>>;

// A body that was streamed to a file of the staging folder. The file is removed with the request unless the handler
// moves it away.
struct UploadedFile {
  std::filesystem::path path;
  std::uint64_t bytes = 0;
};

// One request, as a handler sees it: parsed, within limits, from a caller that the route's policy admits.
// Belongs to one handler call; no other thread may use it.
class Request {
 public:
  Method GetMethod() const noexcept { return method_; }
  // The part of the target before '?', still percent-encoded.
  const std::string& Path() const noexcept { return path_; }
  // A name for this request, in the log and in problem documents.
  const std::string& RequestId() const noexcept { return request_id_; }

  // Who asks. Throws kUnauthenticated on a public route whose caller has no login.
  const app::Caller& Caller() const;
  bool HasCaller() const noexcept { return caller_.has_value(); }

  // Parameter of the path: an id type, an integer or std::string. What cannot be one is kNotFound, as a well-formed one
  // that does not exist would be.
  template <class T>
  T Path(std::string_view name) const;

  // Parameters of the query. One that is present and malformed is kInvalidArgument.
  template <class T>
  std::optional<T> QueryIfAny(std::string_view name) const;
  template <class T>
  T Query(std::string_view name) const;  // required
  template <class T>
  T QueryOr(std::string_view name, T fallback) const;
  // `name=a&name=b` and `name=a,b` alike.
  std::vector<std::string> QueryList(std::string_view name, std::size_t most_items = 1000) const;
  // A query parameter that holds JSON (a filter).
  std::optional<boost::json::value> QueryJson(std::string_view name) const;

  // The JSON body, whose members must be among `known`.
  JsonReader Body(std::initializer_list<std::string_view> known) const;
  const boost::json::value& BodyJson() const;  // as it stands
  // The streamed body of an upload route.
  const UploadedFile& Upload() const;

  // The Idempotency-Key header; always present on routes with `key = Key::kRequired`.
  base::OperationId Operation() const;
  std::optional<std::string_view> Header(std::string_view lower_case_name) const {
    return headers_.Find(lower_case_name);
  }
  // The value of our session cookie; for logout only.
  const std::string& SessionSecret() const noexcept { return session_secret_; }
  // Set when the server stops: long reads should ask it.
  std::stop_token Stop() const noexcept { return stop_; }

 private:
  friend class RequestBuilder;

  const std::string& RawPath(std::string_view name) const;
  const std::string* RawQuery(std::string_view name) const;
  [[noreturn]] static void RefuseQuery(std::string_view name, std::string_view expected);

  template <class T>
  static std::optional<T> Parse(const std::string& text);

  Method method_ = Method::kGet;
  std::string path_;
  std::string request_id_;
  std::string session_secret_;
  std::optional<app::Caller> caller_;
  PathParameters path_parameters_;
  QueryParameters query_;
  Headers headers_;
  std::optional<boost::json::value> body_;
  std::optional<UploadedFile> upload_;
  std::stop_token stop_;
};

template <class T>
struct IsId : std::false_type {};
template <class Tag>
struct IsId<base::Id<Tag>> : std::true_type {};

template <class T>
std::optional<T> Request::Parse(const std::string& text) {
  if constexpr (std::is_same_v<T, std::string>) {
    return text;
  } else if constexpr (std::is_same_v<T, bool>) {
    if (text == "true") return true;
    if (text == "false") return false;
    return std::nullopt;
  } else if constexpr (IsId<T>::value) {
    if (!base::LooksLikeId(text)) return std::nullopt;
    return T{text};
  } else {
    static_assert(std::is_arithmetic_v<T>, "a parameter is text, an id, a number or a boolean");
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if constexpr (std::is_floating_point_v<T>) {
      if (!(value - value == 0)) return std::nullopt;  // infinities and NaN
    }
    return value;
  }
}

template <class T>
T Request::Path(std::string_view name) const {
  if (auto value = Parse<T>(RawPath(name))) return *std::move(value);
  throw base::Error(base::ErrorCode::kNotFound, "There is nothing at this address.", std::string(name));
}

template <class T>
std::optional<T> Request::QueryIfAny(std::string_view name) const {
  const auto* text = RawQuery(name);
  if (text == nullptr) return std::nullopt;
  if (auto value = Parse<T>(*text)) return value;
  RefuseQuery(name, std::is_same_v<T, bool>       ? "true or false"
                    : std::is_integral_v<T>       ? "a whole number in range"
                    : std::is_floating_point_v<T> ? "a number"
                                                  : "an id");
}

template <class T>
T Request::Query(std::string_view name) const {
  if (auto value = QueryIfAny<T>(name)) return *std::move(value);
  throw base::Error(base::ErrorCode::kInvalidArgument, "The address needs the parameter '" + std::string(name) + "'.",
                    std::string(name));
}

template <class T>
T Request::QueryOr(std::string_view name, T fallback) const {
  if (auto value = QueryIfAny<T>(name)) return *std::move(value);
  return fallback;
}

}  // namespace burnish::http
