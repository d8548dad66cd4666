#include <boost/json/parse.hpp>
#include <deque>
#include <memory>
#include <utility>

#include "http/connection.hpp"

namespace burnish::http {
namespace {

namespace websocket = beast::websocket;

constexpr std::size_t kMostQueued = 256;
constexpr std::size_t kMostMessage = 4096;

// One page that listens. All members but Offer and Drop run on the I/O thread.
class EventSocket final : public EventHub::Listener, public std::enable_shared_from_this<EventSocket> {
 public:
  EventSocket(beast::tcp_stream stream, EventHub& hub)
      : socket_(std::move(stream)), wake_(socket_.get_executor()), hub_(hub) {}

  asio::awaitable<void> Serve(beast::http::request<beast::http::empty_body> request, app::Caller caller) {
    const auto self = shared_from_this();
    beast::get_lowest_layer(socket_).expires_never();
    socket_.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
    socket_.read_message_max(kMostMessage);
    const auto [refused] = co_await socket_.async_accept(request, kAwait);
    if (refused) co_return;
    hub_.Join(self, caller);
    asio::co_spawn(
        socket_.get_executor(), [self]() -> asio::awaitable<void> { co_await self->WriteAll(); }, asio::detached);
    co_await ReadAll();
    hub_.Leave(*this);
    closed_ = true;
    wake_.cancel();
  }

  bool Offer(std::shared_ptr<const std::string> text) override {
    const std::scoped_lock lock(mutex_);
    if (queue_.size() >= kMostQueued) return false;
    queue_.push_back(std::move(text));
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->wake_.cancel(); });
    return true;
  }

  void Drop() override {
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      self->closed_ = true;
      self->wake_.cancel();
      beast::get_lowest_layer(self->socket_).cancel();
    });
  }

 private:
  asio::awaitable<void> ReadAll() {
    beast::flat_buffer buffer;
    while (!closed_) {
      const auto [failed, count] = co_await socket_.async_read(buffer, kAwait);
      if (failed) co_return;
      Hear(beast::buffers_to_string(buffer.data()));
      buffer.consume(buffer.size());
    }
  }

  void Hear(const std::string& text) {
    boost::json::error_code failed;
    const auto message = boost::json::parse(text, failed);
    const auto* object = failed ? nullptr : message.if_object();
    const auto* project = object == nullptr ? nullptr : object->if_contains("project");
    if (project == nullptr || !project->is_string()) return;
    const std::string id(project->as_string());
    if (base::LooksLikeId(id)) hub_.Subscribe(*this, base::ProjectId(id));
  }

  std::shared_ptr<const std::string> Next() {
    const std::scoped_lock lock(mutex_);
    if (queue_.empty()) return nullptr;
    auto text = std::move(queue_.front());
    queue_.pop_front();
    return text;
  }

  asio::awaitable<void> WriteAll() {
    while (!closed_) {
      const auto text = Next();
      if (!text) {
        wake_.expires_at(asio::steady_timer::time_point::max());
        co_await wake_.async_wait(kAwait);
        continue;
      }
      socket_.text(true);
      const auto [failed, count] = co_await socket_.async_write(asio::buffer(*text), kAwait);
      if (failed) break;
    }
    beast::get_lowest_layer(socket_).cancel();
  }

  websocket::stream<beast::tcp_stream> socket_;
  asio::steady_timer wake_;
  EventHub& hub_;
  bool closed_ = false;
  std::mutex mutex_;  // guards queue_
  std::deque<std::shared_ptr<const std::string>> queue_;
};

}  // namespace

asio::awaitable<void> ServeEvents(beast::tcp_stream stream, beast::http::request<beast::http::empty_body> request,
                                  app::Caller caller, Shared& shared) {
  const auto socket = std::make_shared<EventSocket>(std::move(stream), shared.events);
  const std::stop_callback stopped(shared.stop, [weak = std::weak_ptr(socket)] {
    if (const auto alive = weak.lock()) alive->Drop();
  });
  co_await socket->Serve(std::move(request), std::move(caller));
}

}  // namespace burnish::http
