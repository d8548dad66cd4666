#include "http/connection.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "base/error.hpp"
#include "base/log.hpp"
#include "http/request_parser.hpp"
#include "http/response_head.hpp"
#include "http/staged_upload.hpp"

namespace burnish::http {
namespace {

namespace wire = beast::http;
using base::ErrorCode;

constexpr std::size_t kPiece = 256 * 1024;
constexpr std::size_t kHeadPiece = 4096;
constexpr std::size_t kBodyPiece = 64 * 1024;
constexpr std::chrono::milliseconds kLingerTime{1000};
constexpr std::uint64_t kMostDrained = 1ULL << 20U;

// Counts itself in and out.
class Counted {
 public:
  explicit Counted(std::atomic<std::size_t>& count) : count_(count) { ++count_; }
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::atomic<std::size_t>& count_;
};

bool IsOfHttp(const beast::error_code& failed) {
  return failed.category() == wire::make_error_code(wire::error::bad_method).category();
}

// One connection: reads requests one after the other and answers them. What can be answered at once takes one read, one
// write and no memory of its own for the wire.
class Connection final : public Deadlines::Bound {
 public:
  Connection(tcp::socket socket, Shared& shared)
      : Bound(shared.deadlines), socket_(std::move(socket)), shared_(shared) {
    beast::error_code ignored;
    socket_.non_blocking(true, ignored);
  }

  asio::awaitable<void> Serve() {
    EndAfter(shared_.options.header_time);
    while (!shared_.stop.stop_requested()) {
      const auto head = TakeHead();
      if (head == Head::kWanting) {
        const auto [failed, count] = co_await socket_.async_read_some(buffer_.prepare(kHeadPiece), kAwait);
        if (failed) break;
        buffer_.commit(count);
        continue;
      }
      if (head == Head::kRefused) {
        co_await RefuseHead();
        break;
      }
      if (AnswersAtOnce()) {
        if (!sent_) co_await SendRest();
      } else if (!co_await ServeWaiting()) {
        break;
      }
      if (!sent_ || !keep_alive_) break;
      parser_.reset();
      EndAfter(shared_.options.idle_time);
    }
    beast::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    if (lingers_) co_await Linger();
  }

 private:
  enum class Head : std::uint8_t { kWanting, kWhole, kRefused };

  void End() override {
    beast::error_code ignored;
    socket_.close(ignored);
  }

  // Idle time ends with the first byte of a request; from then on the header's time runs.
  Head TakeHead() {
    if (buffer_.size() == 0) return Head::kWanting;
    if (!parser_) {
      EndAfter(shared_.options.header_time);
      parser_.emplace(head_);
    }
    buffer_.consume(parser_->put(buffer_.data(), head_failed_));
    if (head_failed_ && head_failed_ != wire::error::need_more) return Head::kRefused;
    return parser_->is_header_done() ? Head::kWhole : Head::kWanting;
  }

  // A head that is no HTTP, or too large.
  asio::awaitable<void> RefuseHead() {
    EndAfterAnswer();
    auto refusal = head_failed_ == wire::error::header_limit
                       ? Problem(ErrorCode::kTooLarge, "The request's headers are larger than 16 KiB.")
                       : Problem(ErrorCode::kInvalidArgument, "This is not a request that HTTP/1.1 allows.");
    co_await Answer(std::move(refusal));  // made before: GCC 12 destroys the operands of ?: in a co_await twice
  }

  // Answers what has no body and needs nothing waited for, as far as the socket takes it. False: ServeWaiting has to.
  bool AnswersAtOnce() {
    keep_alive_ = parser_->keep_alive();
    request_id_ = shared_.request_prefix + std::to_string(++shared_.requests);
    decision_ = shared_.gate.Admit(head_, request_id_, shared_.stop, Sessions::kRemembered);
    if (!parser_->is_done()) return false;
    if (auto* refused = std::get_if<Response>(&decision_)) {
      Prepare(std::move(*refused));
    } else if (const auto* admission = std::get_if<Admission>(&decision_)) {
      auto response = shared_.gate.RunAtOnce(*admission);
      if (!response) return false;
      Prepare(*std::move(response));
    } else {
      return false;
    }
    SendNow();
    return true;
  }

  // False: the connection is done.
  asio::awaitable<bool> ServeWaiting() {
    if (std::holds_alternative<UnknownSession>(decision_)) {
      EndNever();
      decision_ = co_await OnWorker<Gate::Decision>(
          [this] { return shared_.gate.Admit(head_, request_id_, shared_.stop, Sessions::kLookedUp); },
          [](Response busy) { return Gate::Decision(std::move(busy)); });
    }
    if (auto* refused = std::get_if<Response>(&decision_)) {
      if (!co_await Drain()) EndAfterAnswer();
      co_return co_await Answer(std::move(*refused));
    }
    auto& admission = std::get<Admission>(decision_);
    if (admission.route->event_socket) {
      const auto request = MessageOf(head_, parser_->Version());
      if (beast::websocket::is_upgrade(request)) {
        EndNever();
        co_await ServeEvents(beast::tcp_stream(std::move(socket_)), request, admission.request.Caller(), shared_);
        co_return false;
      }
    }
    co_return co_await ServeAdmitted(admission);
  }

  static wire::request<wire::empty_body> MessageOf(const RequestHead& head, unsigned version) {
    wire::request<wire::empty_body> message;
    message.method_string(head.method);
    message.target(head.target);
    message.version(version);
    for (std::size_t i = 0; i < head.headers.Size(); ++i) message.insert(head.headers.Name(i), head.headers.Value(i));
    return message;
  }

  asio::awaitable<bool> ServeAdmitted(Admission& admission) {
    std::unique_ptr<StagedUpload> staged;
    std::optional<Response> refused;
    if (!co_await ReadBody(admission, staged, refused)) co_return false;
    if (refused) {
      if (!parser_->is_done()) EndAfterAnswer();
      co_return co_await Answer(*std::move(refused));
    }
    EndNever();
    const auto started = std::chrono::steady_clock::now();
    auto response = co_await OnWorker<Response>([this, &admission] { return shared_.gate.Run(admission); },
                                                [](Response busy) { return busy; });
    if (spdlog::should_log(spdlog::level::debug)) {
      const auto took =
          std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started).count();
      spdlog::debug("{} {} {} {} us", admission.request.RequestId(), admission.route->operation, response.status, took);
    }
    co_return co_await Answer(std::move(response));
  }

  // What `work` returns, or what `refuse` makes of an answer that says that all workers are taken.
  template <class Result, class Work, class Refuse>
  asio::awaitable<Result> OnWorker(Work work, Refuse refuse) {
    if (shared_.waiting >= shared_.options.queue)
      co_return refuse(Problem(ErrorCode::kUnavailable, "The server is busy. Try again in a moment."));
    const Counted counted(shared_.waiting);
    co_return co_await asio::co_spawn(
        shared_.workers, [&work]() -> asio::awaitable<Result> { co_return work(); }, asio::use_awaitable);
  }

  // Closing on bytes that nobody read resets the connection, and with it an answer that is still under way.
  asio::awaitable<void> Linger() {
    std::array<char, 16 * 1024> scratch;
    EndAfter(kLingerTime);
    for (std::uint64_t drained = 0; drained < kMostDrained;) {
      const auto [failed, count] = co_await socket_.async_read_some(asio::buffer(scratch), kAwait);
      if (failed) co_return;
      drained += count;
    }
  }

  void EndAfterAnswer() {
    keep_alive_ = false;
    lingers_ = true;
  }

  // Reads more of the body.
  asio::awaitable<beast::error_code> ReadMore() {
    beast::error_code failed;
    if (body_wants_more_ && buffer_.size() + kBodyPiece > buffer_.max_size()) co_return wire::error::buffer_overflow;
    if (buffer_.size() == 0 || body_wants_more_) {
      std::size_t count = 0;
      std::tie(failed, count) = co_await socket_.async_read_some(buffer_.prepare(kBodyPiece), kAwait);
      if (failed) co_return failed;
      buffer_.commit(count);
    }
    buffer_.consume(parser_->put(buffer_.data(), failed));
    body_wants_more_ = failed == wire::error::need_more;
    if (body_wants_more_) failed = {};
    co_return failed;
  }

  // Reads away a body that nobody wants, so that the answer is not lost to a reset. False: too much of it.
  asio::awaitable<bool> Drain() {
    if (parser_->is_done()) co_return true;
    if (head_.headers.Has("expect")) co_return false;
    if (const auto length = parser_->content_length(); length && *length > kMostDrained) co_return false;
    parser_->eager(true);
    EndAfter(shared_.options.body_time);
    for (std::uint64_t drained = 0; !parser_->is_done() && drained <= kMostDrained;) {
      if (co_await ReadMore()) co_return false;
      drained += parser_->TakeBody().size();
    }
    co_return parser_->is_done();
  }

  asio::awaitable<bool> Continue() {
    if (!EqualsIgnoringCase(head_.headers.FindOr("expect", ""), "100-continue")) co_return true;
    static constexpr std::string_view kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
    const auto [failed, count] = co_await asio::async_write(socket_, asio::buffer(kGoOn), kAwait);
    co_return !failed;
  }

  // Gives the body to the request, or fills `refused`. False: the connection broke.
  asio::awaitable<bool> ReadBody(Admission& admission, std::unique_ptr<StagedUpload>& staged,
                                 std::optional<Response>& refused) {
    const auto& route = *admission.route;
    const bool upload = route.body == BodyKind::kUpload;
    EndAfter(shared_.options.body_time);
    if (!co_await Continue()) co_return false;
    if (route.body == BodyKind::kNone && parser_->is_done()) co_return true;
    parser_->eager(true);
    std::string text;
    std::uint64_t taken = 0;
    try {
      if (upload) staged = std::make_unique<StagedUpload>(shared_.options.staging, shared_.random);
      while (!parser_->is_done()) {
        if (const auto failed = co_await ReadMore()) {
          if (!IsOfHttp(failed)) co_return false;
          throw base::Error(ErrorCode::kInvalidArgument, "The body is not what its headers announce.", "body");
        }
        if (upload && !parser_->is_done() && parser_->BodyBytes() < kPiece) continue;
        const auto piece = parser_->TakeBody();
        taken += piece.size();
        if (taken > route.body_limit) {
          throw base::Error(ErrorCode::kTooLarge,
                            "The body is larger than " + std::to_string(route.body_limit >> 20U) +
                                " MiB, the most that is taken here.",
                            "body");
        }
        if (route.body == BodyKind::kJson) text.append(piece);
        if (!upload) continue;
        co_await Store(*staged, piece);
        EndAfter(shared_.options.body_time);
      }
      if (route.body == BodyKind::kJson) Gate::TakeJson(admission, text);
      if (upload) Gate::TakeUpload(admission, staged->Close());
    } catch (const std::exception& failure) {
      refused = shared_.gate.ProblemOf(failure, admission.request.RequestId());
    }
    co_return true;
  }

  // Disks can be slow: the worker pool waits for them, not the I/O thread.
  asio::awaitable<void> Store(StagedUpload& staged, std::string_view bytes) {
    EndNever();
    co_await asio::co_spawn(
        shared_.workers,
        [&staged, bytes]() -> asio::awaitable<void> {
          staged.Append(bytes);
          co_return;
        },
        asio::use_awaitable);
  }

  // Lays an answer out for SendNow and SendRest.
  void Prepare(Response response) {
    response_ = Gate::Condition(head_, std::move(response));
    const auto view = BodyView(response_);
    const bool bodiless = response_.status == 204 || response_.status == 304;
    HeadFacts facts{.version = Version(), .keep_alive = keep_alive_};
    if (!bodiless) facts.length = view.size();
    head_text_.clear();
    AppendHead(head_text_, response_, facts);
    unsent_ = {asio::buffer(head_text_), asio::const_buffer()};
    if (!bodiless && head_.method != "HEAD") unsent_[1] = asio::buffer(view);
    sent_ = false;
  }

  // Once, as much as the socket takes without waiting.
  void SendNow() {
    auto count = socket_.write_some(unsent_, send_failed_);
    for (auto& part : unsent_) {
      const auto step = std::min(count, part.size());
      part += step;
      count -= step;
    }
    sent_ = unsent_[0].size() + unsent_[1].size() == 0;
  }

  // Until all is sent or the connection breaks.
  asio::awaitable<void> SendRest() {
    while (!sent_ && (!send_failed_ || send_failed_ == asio::error::would_block)) {
      EndAfter(shared_.options.body_time);
      std::tie(send_failed_) = co_await socket_.async_wait(tcp::socket::wait_write, kAwait);
      if (!send_failed_) SendNow();
    }
  }

  asio::awaitable<bool> Answer(Response response) {
    if (std::holds_alternative<StreamProducer>(response.body)) co_return co_await AnswerStream(std::move(response));
    Prepare(std::move(response));
    SendNow();
    if (!sent_) co_await SendRest();
    co_return sent_&& keep_alive_;
  }

  asio::awaitable<bool> AnswerStream(Response response);
  asio::awaitable<void> WriteOut(const std::string& bytes);
  unsigned Version() const { return parser_ ? parser_->Version() : 11; }

  friend class ConnectionWriter;

  tcp::socket socket_;
  Shared& shared_;
  beast::flat_buffer buffer_{kPiece};
  // The request that is read and answered.
  RequestHead head_;
  std::optional<RequestParser> parser_;
  beast::error_code head_failed_;
  bool body_wants_more_ = false;
  std::string request_id_;
  Gate::Decision decision_;
  bool keep_alive_ = false;
  bool lingers_ = false;  // the client may still be sending
  // The answer on its way.
  Response response_;
  std::string head_text_;
  std::array<asio::const_buffer, 2> unsent_;
  bool sent_ = true;
  beast::error_code send_failed_;
};
// Carries a producer's bytes to the I/O thread, one piece at a time, and waits for each: the client sets the pace.
class ConnectionWriter final : public StreamWriter {
 public:
  ConnectionWriter(Connection& connection, std::string head) : connection_(connection), pending_(std::move(head)) {}

  void Write(std::string_view bytes) override {
    produced_ += bytes.size();
    while (!bytes.empty()) {
      const auto count = std::min(bytes.size(), kPiece - std::min(kPiece, piece_.size()));
      piece_.append(bytes.substr(0, count));
      bytes.remove_prefix(count);
      if (piece_.size() >= kPiece) Flush();
    }
  }
  void Finish() {
    Flush();
    Send(pending_ + "0\r\n\r\n");
  }
  bool Started() const { return started_; }

 private:
  void Flush() {
    if (piece_.empty()) return;
    std::array<char, 20> size{};
    const auto end = std::snprintf(size.data(), size.size(), "%zx\r\n", piece_.size());
    Send(pending_ + std::string(size.data(), static_cast<std::size_t>(end)) + piece_ + "\r\n");
    pending_.clear();
    piece_.clear();
  }
  void Send(const std::string& bytes) {
    started_ = true;
    pending_.clear();
    asio::co_spawn(connection_.socket_.get_executor(), connection_.WriteOut(bytes), asio::use_future).get();
  }

  Connection& connection_;
  std::string pending_;  // the head, until the first piece goes out
  std::string piece_;
  std::uint64_t produced_ = 0;
  bool started_ = false;
};

asio::awaitable<void> Connection::WriteOut(const std::string& bytes) {
  std::string_view rest = bytes;
  while (!rest.empty()) {
    if (shared_.stop.stop_requested()) throw base::Error(ErrorCode::kCancelled, "The server stops.");
    EndAfter(shared_.options.body_time);
    const auto [failed, count] = co_await socket_.async_write_some(asio::buffer(rest.data(), rest.size()), kAwait);
    if (failed) throw base::Error(ErrorCode::kCancelled, "The client has gone.");
    rest.remove_prefix(count);
  }
  EndNever();  // the producer may take its time
}

asio::awaitable<bool> Connection::AnswerStream(Response response) {
  if (head_.method == "HEAD") {
    response.body = std::string();
    co_return co_await Answer(std::move(response));
  }
  if (shared_.streaming >= shared_.options.streams) {
    co_return co_await Answer(
        Problem(ErrorCode::kUnavailable, "Too many downloads run at once. Try again when one has ended."));
  }
  const Counted counted(shared_.streaming);
  EndNever();
  std::string head;
  AppendHead(head, response, {.version = Version(), .keep_alive = keep_alive_, .chunked = true});
  const auto producer = std::get<StreamProducer>(std::move(response.body));
  std::optional<Response> refused;
  const bool whole = co_await asio::co_spawn(
      shared_.streams,
      [&]() -> asio::awaitable<bool> {
        ConnectionWriter writer(*this, std::move(head));
        try {
          producer(writer);
          writer.Finish();
          co_return true;
        } catch (const std::exception& failure) {
          if (!writer.Started()) refused = shared_.gate.ProblemOf(failure, "download");
          co_return false;
        }
      },
      asio::use_awaitable);
  if (refused) co_return co_await Answer(*std::move(refused));
  co_return whole&& keep_alive_;
}

}  // namespace

asio::awaitable<void> ServeConnection(tcp::socket socket, Shared& shared) {
  Connection connection(std::move(socket), shared);
  co_await connection.Serve();
}

}  // namespace burnish::http
