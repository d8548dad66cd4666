#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "http/embedded_files.hpp"
#include "http/events.hpp"
#include "http/problem_details.hpp"
#include "http/router.hpp"
#include "http/sessions.hpp"

namespace burnish::http {

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;          // 0: any free one
  std::vector<std::string> hosts;  // accepted in Host besides the loopback names, with port: "burnish.example:8080"
  std::filesystem::path staging;   // uploads are streamed to files here; must exist
  // Further members of the problem document for a failure (the two values of a conflict). May be empty.
  ProblemDetails details;
  std::size_t workers = 24;
  std::size_t queue = 512;         // requests that wait for a worker; beyond: 503
  std::size_t streams = 16;        // downloads at a time; beyond: 503
  std::size_t connections = 2000;  // beyond: the newest is closed
  std::chrono::milliseconds header_time{10'000};
  std::chrono::milliseconds body_time{30'000};  // for a JSON body, and between two pieces of an upload or answer
  std::chrono::milliseconds idle_time{75'000};  // between requests
};

// Serves the router, the event socket (/api/v1/events) and the web app over HTTP/1.1. One thread does all input and
// output and what routes can answer at once; handlers run on `workers` threads.
class Server {
 public:
  // Binds at once. Throws kUnavailable, naming address and port, if that fails.
  Server(ServerOptions options, const Router& router, const SessionResolver& sessions, EventHub& events,
         const EmbeddedFiles& ui, base::Random& random);
  ~Server();  // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t Port() const noexcept;
  // Name of the session cookie: carries the port, since cookies of one host are shared by all its ports.
  std::string CookieName() const;
  void Start();
  // Closes all connections; returns when the last handler has ended.
  void Stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// What a login sets and a logout clears.
std::string SessionCookie(const std::string& cookie_name, const std::string& secret, std::int64_t max_age_seconds);

}  // namespace burnish::http
