#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace burnish::base {

enum class ErrorCode {
  kInvalidArgument,
  kUnauthenticated,
  kPermissionDenied,
  kNotFound,
  kConflict,
  kTooLarge,
  kRateLimited,
  kStorageFull,
  kUnavailable,
  kCancelled,
  kInternal,
};

// Ends the current operation. The message is one sentence for the person who asked: what is
// wrong, the name of the thing, a way out. No SQL, no paths of the server, no stack.
//
// `Thing` names what is at fault for a program: a field of the request ("name"), a file
// ("images/a.jpg"), a column. Empty when the whole request is.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message, std::string thing = {})
      : std::runtime_error(message), code_(code), thing_(std::move(thing)) {}

  ErrorCode Code() const noexcept { return code_; }
  const std::string& Thing() const noexcept { return thing_; }

 private:
  ErrorCode code_;
  std::string thing_;
};

}  // namespace burnish::base
