#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/caller.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace burnish::http {

// Who may call a route. The use case in app/ decides again, on the thing itself.
class Policy {
 public:
  // Anybody who reaches the port (the login page, health).
  static Policy Public() { return Policy{Kind::kPublic, app::Role::kLabeler}; }
  // Anybody with a login.
  static Policy Login() { return Policy{Kind::kRole, app::Role::kLabeler}; }
  static Policy AtLeast(app::Role role) { return Policy{Kind::kRole, role}; }
  Policy() = default;  // none: the router refuses it

  bool IsSet() const noexcept { return kind_ != Kind::kUnset; }
  bool Admits(app::Role role) const noexcept {
    return IsPublic() || role <= role_;
  }  // roles are ordered from owner down
  bool IsPublic() const noexcept { return kind_ == Kind::kPublic; }
  app::Role LeastRole() const noexcept { return role_; }
  std::string Name() const;  // "public", "labeler", ...

 private:
  enum class Kind : std::uint8_t { kUnset, kPublic, kRole };
  Policy(Kind kind, app::Role role) : kind_(kind), role_(role) {}
  Kind kind_ = Kind::kUnset;
  app::Role role_ = app::Role::kOwner;
};

enum class BodyKind : std::uint8_t {
  kNone,    // a body is refused
  kJson,    // application/json, parsed before the handler runs
  kUpload,  // any type, streamed to a file of the staging folder
};
enum class Key : std::uint8_t { kNone, kRequired };  // the Idempotency-Key header

using Handler = std::function<Response(const Request&)>;
using AtOnceHandler = std::function<std::optional<Response>(const Request&)>;

// One operation of api/openapi.yaml. Everything that the server, the access matrix and the contract test must know.
struct Route {
  Method method = Method::kGet;
  std::string path;       // "/api/v1/projects/{project}/samples/{ordinal}"
  std::string operation;  // operationId of the OpenAPI
  Policy policy;
  Handler handler;  // on a worker: may wait
  // Tried before `handler`, on the I/O thread: answers when everything that it needs is in memory. It never waits, for
  // a disk or for a lock that others hold while they wait, and takes well under a millisecond. May be empty.
  AtOnceHandler at_once;

  Key key = Key::kNone;
  BodyKind body = BodyKind::kNone;
  std::uint64_t body_limit = 16ULL << 20U;
  std::vector<std::string> query;  // the parameters that it knows; others are refused
  bool effects = false;            // changes something that lasts
  bool destructive = false;        // removes or replaces: must be undoable
  bool event_socket = false;  // upgraded to the WebSocket of events; the handler answers those who do not ask for that
};

// The registry of routes, and the match of a target to one of them. Built once, then read by any thread.
class Router {
 public:
  // Throws kInternal for a route without a policy, handler or operation, one declared twice, or a GET with effects:
  // the server refuses to start.
  void Add(Route route);

  struct Match {
    const Route* route = nullptr;  // nullptr: no such path, or not this method
    PathParameters parameters;     // decoded
    std::vector<Method> allowed;   // of the path, when the method is wrong
  };
  // `path` is percent-encoded, without the query.
  Match Find(Method method, std::string_view path) const;

  const std::vector<Route>& Routes() const noexcept { return routes_; }

 private:
  std::vector<Route> routes_;
  std::vector<std::vector<std::string>> segments_;  // of routes_[i].path; "{name}" stays as it is
};

}  // namespace burnish::http
