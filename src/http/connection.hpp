#pragma once

#include <atomic>
#include <cstdint>
#include <stop_token>
#include <string>

#include "http/beast.hpp"
#include "http/deadlines.hpp"
#include "http/events.hpp"
#include "http/gate.hpp"
#include "http/server.hpp"

namespace burnish::http {

// What all connections share; owned by the server, outlives them.
struct Shared {
  const ServerOptions& options;
  const Gate& gate;
  EventHub& events;
  base::Random& random;
  asio::thread_pool& workers;
  asio::thread_pool& streams;
  std::stop_token stop;
  Deadlines& deadlines;
  std::string request_prefix;             // of the names of requests: another one for each run of the server
  std::uint64_t requests = 0;             // so far; of the I/O thread
  std::atomic<std::size_t> waiting{0};    // requests on the workers or before them
  std::atomic<std::size_t> streaming{0};  // downloads under way
};

// Serves one connection until either side ends it.
asio::awaitable<void> ServeConnection(tcp::socket socket, Shared& shared);

// Serves one WebSocket of events, after the gate has admitted its request.
asio::awaitable<void> ServeEvents(beast::tcp_stream stream, beast::http::request<beast::http::empty_body> request,
                                  app::Caller caller, Shared& shared);

}  // namespace burnish::http
