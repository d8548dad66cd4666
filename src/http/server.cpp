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
constexpr std::chrono::milliseconds kPauseAfterFailure{50};

// True for as long as a coroutine's frame lives.
class Flag {
 public:
  explicit Flag(bool& flag) : flag_(flag) { flag_ = true; }
  ~Flag() { flag_ = false; }
  Flag(const Flag&) = delete;
  Flag& operator=(const Flag&) = delete;

 private:
  bool& flag_;
};

// Counts a coroutine for as long as its frame lives: without memory it may be destroyed and nobody told.
class Held {
 public:
  explicit Held(std::size_t& count) : count_(count) { ++count_; }
  ~Held() { --count_; }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  std::size_t& count_;
};

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
    const auto own = ++accepting;
    while (!stop.stop_requested()) {
      auto [failed, socket] = co_await acceptor.async_accept(kAwait);
      if (failed == asio::error::operation_aborted || own != accepting) co_return;
      if (failed) {  // out of descriptors, most likely: let some connections end
        asio::steady_timer pause(io, kPauseAfterFailure);
        co_await pause.async_wait(kAwait);
        continue;
      }
      if (connections >= options.connections) continue;  // closes it
      beast::error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      asio::co_spawn(io, Serve(std::move(socket)), Ended);
    }
  }

  asio::awaitable<void> Watch() {
    const Flag alive(watching);
    asio::steady_timer pause(io);
    while (!stop.stop_requested()) {
      pause.expires_after(kBetweenLooks);
      co_await pause.async_wait(kAwait);
      deadlines.Look();
    }
  }

  asio::awaitable<void> Serve(tcp::socket socket) {
    const Held held(connections);
    co_await ServeConnection(std::move(socket), shared);
  }

  // The I/O thread. Whatever ends in it, for want of memory above all, must not end it: nobody would be answered again.
  void Run() {
    while (true) {
      try {
        beast::error_code ignored;
        acceptor.cancel(ignored);  // whether the last one still lives cannot be told
        const auto again = [](const std::exception_ptr& failure) {
          if (failure) std::rethrow_exception(failure);  // out of run, so that it is begun again
        };
        asio::co_spawn(io, Accept(), again);
        if (!watching) asio::co_spawn(io, Watch(), again);
        io.run();
        return;
      } catch (const std::exception& failure) {
        spdlog::error("the I/O thread goes on after: {}", failure.what());
        std::this_thread::sleep_for(kPauseAfterFailure);
      }
    }
  }

  static void Ended(const std::exception_ptr& failure) {
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& what) {
      spdlog::error("a connection ended with: {}", what.what());
    }
  }

  ServerOptions options;
  std::stop_source stop;
  // Of the I/O thread; they outlive the coroutines, which end with `io`.
  Deadlines deadlines;
  std::size_t connections = 0;
  std::size_t accepting = 0;  // which Accept is the valid one
  bool watching = false;
  asio::io_context io{1};
  tcp::acceptor acceptor;
  std::uint16_t port;
  Gate gate;
  asio::thread_pool workers;
  asio::thread_pool streams;
  Shared shared;
  std::thread thread;
};

Server::Server(ServerOptions options, const Router& router, const SessionResolver& sessions, EventHub& events,
               const EmbeddedFiles& ui, base::Random& random)
    : impl_(std::make_unique<Impl>(std::move(options), router, sessions, events, ui, random)) {}

Server::~Server() { Stop(); }

std::uint16_t Server::Port() const noexcept { return impl_->port; }
std::string Server::CookieName() const { return impl_->CookieName(); }

void Server::Start() {
  impl_->thread = std::thread([this] { impl_->Run(); });
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
