#include "http/server.hpp"

#include <thread>
#include <unordered_map>
#include <utility>

#include "base/error.hpp"
#include "base/log.hpp"
#include "http/connection.hpp"

namespace burnish::http {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{250};  // at the deadlines

tcp::acceptor Bind(asio::io_context& io, const ServerOptions& options) {
  const auto refuse = [&](const std::string& why) {
    throw base::Error(base::ErrorCode::kUnavailable, "Burnish cannot listen on " + options.address + ", port " +
                                                         std::to_string(options.port) + ": " + why +
                                                         ". Choose another with --port.");
  };
  beast::error_code failed;
  const auto address = asio::ip::make_address(options.address, failed);
  if (failed) refuse("that is no address");
  tcp::acceptor acceptor(io);
  const tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.set_option(asio::socket_base::reuse_address(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) refuse(failed.message());
  return acceptor;
}

}  // namespace

struct Server::Impl {
  Impl(ServerOptions given, const Router& router, const SessionResolver& sessions, EventHub& events,
       const EmbeddedFiles& ui, base::Random& random)
      : options(std::move(given)),
        acceptor(Bind(io, options)),
        port(acceptor.local_endpoint().port()),
        gate(router, sessions, ui, HostList(port, options.hosts), CookieName(), options.details),
        workers(options.workers),
        streams(options.streams),
        shared{options,          gate,      events,
               random,           workers,   streams,
               stop.get_token(), deadlines, base::NewIdText(random).substr(0, 5) + "-"} {}

  std::string CookieName() const { return "burnish_session_" + std::to_string(port); }

  asio::awaitable<void> Accept() {
    while (!stop.stop_requested()) {
      auto [failed, socket] = co_await acceptor.async_accept(kAwait);
      if (failed == asio::error::operation_aborted) co_return;
      if (failed) {  // out of descriptors, most likely: let some connections end
        asio::steady_timer pause(io, std::chrono::milliseconds(50));
        co_await pause.async_wait(kAwait);
        continue;
      }
      if (connections >= options.connections) continue;  // closes it
      beast::error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      asio::co_spawn(io, ServeConnection(std::move(socket), shared),
                     [this](const std::exception_ptr& failure) { Ended(failure); });
      ++connections;
    }
  }

  asio::awaitable<void> Watch() {
    asio::steady_timer pause(io);
    while (!stop.stop_requested()) {
      pause.expires_after(kBetweenLooks);
      co_await pause.async_wait(kAwait);
      deadlines.Look();
    }
  }

  void Ended(const std::exception_ptr& failure) {
    --connections;
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& what) {
      spdlog::error("a connection ended with: {}", what.what());
    }
  }

  ServerOptions options;
  std::stop_source stop;
  Deadlines deadlines;  // outlives the connections, which end with `io`
  asio::io_context io{1};
  tcp::acceptor acceptor;
  std::uint16_t port;
  Gate gate;
  asio::thread_pool workers;
  asio::thread_pool streams;
  Shared shared;
  std::size_t connections = 0;  // of the I/O thread
  std::thread thread;
};

Server::Server(ServerOptions options, const Router& router, const SessionResolver& sessions, EventHub& events,
               const EmbeddedFiles& ui, base::Random& random)
    : impl_(std::make_unique<Impl>(std::move(options), router, sessions, events, ui, random)) {}

Server::~Server() { Stop(); }

std::uint16_t Server::Port() const noexcept { return impl_->port; }
std::string Server::CookieName() const { return impl_->CookieName(); }

void Server::Start() {
  asio::co_spawn(impl_->io, impl_->Accept(), asio::detached);
  asio::co_spawn(impl_->io, impl_->Watch(), asio::detached);
  impl_->thread = std::thread([this] { impl_->io.run(); });
}

void Server::Stop() {
  if (!impl_->thread.joinable()) return;
  impl_->stop.request_stop();
  // Handlers end first: they may still wait for the I/O thread (a download's pieces).
  impl_->workers.join();
  impl_->streams.join();
  impl_->io.stop();
  impl_->thread.join();
}

std::string SessionCookie(const std::string& cookie_name, const std::string& secret, std::int64_t max_age_seconds) {
  return cookie_name + "=" + secret + "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(max_age_seconds);
}

}  // namespace burnish::http
