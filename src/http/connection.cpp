#include "http/connection.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/log.hpp"

namespace burnish::http {
namespace {

namespace wire = beast::http;
using base::ErrorCode;
using Parser = wire::request_parser<wire::buffer_body>;

constexpr std::size_t kPiece = 256 * 1024;
constexpr std::chrono::milliseconds kLingerTime{1000};
constexpr std::uint64_t kMostDrained = 1ULL << 20U;
constexpr std::uint32_t kMostHeaderBytes = 16 * 1024;

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

// A file of the staging folder that goes with the request unless its handler moved it away.
class StagedUpload {
 public:
  StagedUpload(const std::filesystem::path& folder, base::Random& random)
      : path_(folder / ("upload-" + base::NewIdText(random))) {
    file_ = base::FileDescriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file_.Valid())
      throw base::Error(ErrorCode::kUnavailable,
                        "The server cannot take uploads now: its staging folder is not writable.");
  }
  ~StagedUpload() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  StagedUpload(const StagedUpload&) = delete;
  StagedUpload& operator=(const StagedUpload&) = delete;

  void Append(const char* bytes, std::size_t count) {
    bytes_ += count;
    while (count > 0) {
      const auto written = ::write(file_.Get(), bytes, count);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) {
        throw base::Error(errno == ENOSPC || errno == EDQUOT ? ErrorCode::kStorageFull : ErrorCode::kUnavailable,
                          "The upload could not be stored. Free some space on the server's disk and try again.");
      }
      bytes += written;
      count -= static_cast<std::size_t>(written);
    }
  }
  UploadedFile Close() {
    file_ = base::FileDescriptor();
    return {path_, bytes_};
  }

 private:
  std::filesystem::path path_;
  base::FileDescriptor file_;
  std::uint64_t bytes_ = 0;
};

RequestHead HeadOf(const Parser& parser) {
  RequestHead head;
  const auto& message = parser.get();
  head.method = std::string(message.method_string());
  head.target = std::string(message.target());
  for (const auto& field : message) {
    std::string name(field.name_string());
    for (auto& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    head.headers.emplace(std::move(name), std::string(field.value()));
  }
  head.upgrade = beast::websocket::is_upgrade(message);
  return head;
}

// One connection: reads requests one after the other and answers them.
class Connection {
 public:
  Connection(tcp::socket socket, Shared& shared) : stream_(std::move(socket)), shared_(shared) {}

  asio::awaitable<void> Serve() {
    bool first = true;
    while (!shared_.stop.stop_requested()) {
      if (!co_await WaitForBytes(first)) break;
      first = false;
      if (!co_await ServeOne()) break;
    }
    beast::error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    if (lingers_) co_await Linger();
  }

 private:
  // Closing on bytes that nobody read resets the connection, and with it an answer that is still under way.
  asio::awaitable<void> Linger() {
    std::array<char, 16 * 1024> scratch;
    stream_.expires_after(kLingerTime);
    for (std::uint64_t drained = 0; drained < kMostDrained;) {
      const auto [failed, count] = co_await stream_.async_read_some(asio::buffer(scratch), kAwait);
      if (failed) co_return;
      drained += count;
    }
  }

  // Idle time ends with the first byte of a request; from then on the header's time runs.
  asio::awaitable<bool> WaitForBytes(bool first) {
    if (buffer_.size() > 0) co_return true;
    stream_.expires_after(first ? shared_.options.header_time : shared_.options.idle_time);
    const auto [failed, count] = co_await stream_.async_read_some(buffer_.prepare(4096), kAwait);
    if (failed) co_return false;
    buffer_.commit(count);
    co_return true;
  }

  // False: the connection is done.
  asio::awaitable<bool> ServeOne() {
    Parser parser;
    parser.header_limit(kMostHeaderBytes);
    parser.body_limit(boost::none);  // the route's limit comes with the route
    stream_.expires_after(shared_.options.header_time);
    if (const auto [failed, count] = co_await wire::async_read_header(stream_, buffer_, parser, kAwait); failed) {
      co_return co_await RefuseHead(failed);
    }
    head_ = HeadOf(parser);
    keep_alive_ = parser.get().keep_alive();
    version_ = parser.get().version();
    const auto request_id = base::NewIdText(shared_.random).substr(0, 12);

    auto admitted = shared_.gate.Admit(head_, request_id, shared_.stop);
    if (auto* refused = std::get_if<Response>(&admitted)) {
      if (!co_await Drain(parser)) EndAfterAnswer();
      co_return co_await Answer(*std::move(refused));
    }
    auto& admission = std::get<Admission>(admitted);
    if (admission.route->event_socket && head_.upgrade) {
      co_await ServeEvents(std::move(stream_), wire::request<wire::empty_body>(parser.get().base()),
                           admission.request.Caller(), shared_);
      co_return false;
    }
    co_return co_await ServeAdmitted(parser, admission);
  }

  asio::awaitable<bool> ServeAdmitted(Parser& parser, Admission& admission) {
    std::unique_ptr<StagedUpload> staged;
    std::optional<Response> refused;
    if (!co_await ReadBody(parser, admission, staged, refused)) co_return false;
    if (refused) {
      if (!parser.is_done()) EndAfterAnswer();
      co_return co_await Answer(*std::move(refused));
    }
    const auto started = std::chrono::steady_clock::now();
    auto response = co_await RunHandler(admission);
    if (spdlog::should_log(spdlog::level::debug)) {
      const auto took =
          std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started).count();
      spdlog::debug("{} {} {} {} us", admission.request.RequestId(), admission.route->operation, response.status, took);
    }
    co_return co_await Answer(std::move(response));
  }

  asio::awaitable<Response> RunHandler(const Admission& admission) {
    if (admission.route->answers_inline) co_return shared_.gate.Run(admission);
    if (shared_.waiting >= shared_.options.queue)
      co_return Problem(ErrorCode::kUnavailable, "The server is busy. Try again in a moment.");
    const Counted counted(shared_.waiting);
    co_return co_await asio::co_spawn(
        shared_.workers, [this, &admission]() -> asio::awaitable<Response> { co_return shared_.gate.Run(admission); },
        asio::use_awaitable);
  }

  void EndAfterAnswer() {
    keep_alive_ = false;
    lingers_ = true;
  }

  // A head that is no HTTP, too large or too slow.
  asio::awaitable<bool> RefuseHead(beast::error_code failed) {
    EndAfterAnswer();
    if (failed == wire::error::header_limit) {
      co_return co_await Answer(Problem(ErrorCode::kTooLarge, "The request's headers are larger than 16 KiB."));
    }
    if (failed.category() == wire::make_error_code(wire::error::bad_method).category() &&
        failed != wire::error::end_of_stream && failed != wire::error::partial_message) {
      co_return co_await Answer(Problem(ErrorCode::kInvalidArgument, "This is not a request that HTTP/1.1 allows."));
    }
    co_return false;
  }

  // Reads away a body that nobody wants, so that the answer is not lost to a reset. False: too much of it.
  asio::awaitable<bool> Drain(Parser& parser) {
    if (parser.is_done()) co_return true;
    if (parser.get().find(wire::field::expect) != parser.get().end()) co_return false;
    if (const auto length = parser.content_length(); length && *length > kMostDrained) co_return false;
    std::array<char, 16 * 1024> scratch;
    std::uint64_t drained = 0;
    stream_.expires_after(shared_.options.body_time);
    while (!parser.is_done() && drained <= kMostDrained) {
      parser.get().body() = {scratch.data(), scratch.size(), true};
      const auto [failed, count] = co_await wire::async_read(stream_, buffer_, parser, kAwait);
      if (failed && failed != wire::error::need_buffer) co_return false;
      drained += scratch.size() - parser.get().body().size;
    }
    co_return parser.is_done();
  }

  asio::awaitable<bool> Continue(const Parser& parser) {
    const auto expect = parser.get().find(wire::field::expect);
    if (expect == parser.get().end() || !beast::iequals(expect->value(), "100-continue")) co_return true;
    wire::response<wire::empty_body> go_on(wire::status::continue_, 11);
    const auto [failed, count] = co_await wire::async_write(stream_, go_on, kAwait);
    co_return !failed;
  }

  // Gives the body to the request, or fills `refused`. False: the connection broke.
  asio::awaitable<bool> ReadBody(Parser& parser, Admission& admission, std::unique_ptr<StagedUpload>& staged,
                                 std::optional<Response>& refused) {
    const auto& route = *admission.route;
    const bool upload = route.body == BodyKind::kUpload;
    if (!co_await Continue(parser)) co_return false;
    if (route.body == BodyKind::kNone && parser.is_done()) co_return true;
    std::string text;
    std::string piece(upload ? kPiece : 16 * 1024, '\0');
    std::uint64_t taken = 0;
    try {
      if (upload) staged = std::make_unique<StagedUpload>(shared_.options.staging, shared_.random);
      stream_.expires_after(shared_.options.body_time);
      while (!parser.is_done()) {
        parser.get().body() = {piece.data(), piece.size(), true};
        const auto [failed, count] = co_await wire::async_read(stream_, buffer_, parser, kAwait);
        if (failed && failed != wire::error::need_buffer) {
          if (failed.category() != wire::make_error_code(wire::error::bad_method).category()) co_return false;
          throw base::Error(ErrorCode::kInvalidArgument, "The body is not what its headers announce.", "body");
        }
        const auto count_read = piece.size() - parser.get().body().size;
        taken += count_read;
        if (taken > route.body_limit) {
          throw base::Error(ErrorCode::kTooLarge,
                            "The body is larger than " + std::to_string(route.body_limit >> 20U) +
                                " MiB, the most that is taken here.",
                            "body");
        }
        if (!upload) {
          if (route.body == BodyKind::kJson) text.append(piece.data(), count_read);
          continue;
        }
        co_await Store(*staged, piece.data(), count_read);
        stream_.expires_after(shared_.options.body_time);
      }
      if (route.body == BodyKind::kJson) Gate::TakeJson(admission, text);
      if (upload) Gate::TakeUpload(admission, staged->Close());
    } catch (const std::exception& failure) {
      refused = shared_.gate.ProblemOf(failure, admission.request.RequestId());
    }
    co_return true;
  }

  // Disks can be slow: the worker pool waits for them, not the I/O thread.
  asio::awaitable<void> Store(StagedUpload& staged, const char* bytes, std::size_t count) {
    co_await asio::co_spawn(
        shared_.workers,
        [&staged, bytes, count]() -> asio::awaitable<void> {
          staged.Append(bytes, count);
          co_return;
        },
        asio::use_awaitable);
  }

  template <class Body>
  void FillHead(wire::response<Body>& message, const Response& response) {
    message.result(static_cast<unsigned>(response.status));
    message.version(version_);
    message.keep_alive(keep_alive_);
    if (!response.content_type.empty()) message.set(wire::field::content_type, response.content_type);
    for (const auto& [name, value] : SafetyHeaders(response.exposure)) message.set(name, value);
    if (!response.etag.empty()) message.set(wire::field::etag, response.etag);
    if (response.ranges) message.set(wire::field::accept_ranges, "bytes");
    for (const auto& [name, value] : response.headers) {
      if (value.find_first_of("\r\n") == std::string::npos) message.set(name, value);
    }
  }

  asio::awaitable<bool> Answer(Response response) {
    response = Gate::Condition(head_, std::move(response));
    if (std::holds_alternative<StreamProducer>(response.body)) co_return co_await AnswerStream(std::move(response));

    const auto view = BodyView(response);
    wire::response<wire::buffer_body> message;
    FillHead(message, response);
    const bool bodiless = response.status == 204 || response.status == 304;
    if (!bodiless) message.content_length(view.size());
    const bool send_body = !bodiless && head_.method != "HEAD" && !view.empty();
    // The serializer only reads; its type has no const.
    message.body() = {send_body ? const_cast<char*>(view.data()) : nullptr, send_body ? view.size() : 0, false};
    wire::response_serializer<wire::buffer_body> serializer(message);
    serializer.split(!send_body);
    while (send_body ? !serializer.is_done() : !serializer.is_header_done()) {
      stream_.expires_after(shared_.options.body_time);
      const auto [failed, count] = co_await wire::async_write_some(stream_, serializer, kAwait);
      if (failed) co_return false;
    }
    head_ = {};
    co_return keep_alive_;
  }

  asio::awaitable<bool> AnswerStream(Response response);
  asio::awaitable<void> WriteOut(const std::string& bytes);

  friend class ConnectionWriter;

  beast::tcp_stream stream_;
  Shared& shared_;
  beast::flat_buffer buffer_{kMostHeaderBytes + kPiece};
  RequestHead head_;
  bool keep_alive_ = false;
  bool lingers_ = false;  // the client may still be sending
  unsigned version_ = 11;
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
    asio::co_spawn(connection_.stream_.get_executor(), connection_.WriteOut(bytes), asio::use_future).get();
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
    stream_.expires_after(shared_.options.body_time);
    const auto [failed, count] = co_await stream_.async_write_some(asio::buffer(rest.data(), rest.size()), kAwait);
    if (failed) throw base::Error(ErrorCode::kCancelled, "The client has gone.");
    rest.remove_prefix(count);
  }
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
  wire::response<wire::empty_body> message;
  FillHead(message, response);
  message.chunked(true);
  std::ostringstream head;
  head << message.base();

  const auto producer = std::get<StreamProducer>(std::move(response.body));
  std::optional<Response> refused;
  const bool whole = co_await asio::co_spawn(
      shared_.streams,
      [&]() -> asio::awaitable<bool> {
        ConnectionWriter writer(*this, head.str());
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
  head_ = {};
  co_return whole&& keep_alive_;
}

}  // namespace

asio::awaitable<void> ServeConnection(tcp::socket socket, Shared& shared) {
  Connection connection(std::move(socket), shared);
  co_await connection.Serve();
}

}  // namespace burnish::http
