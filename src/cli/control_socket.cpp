#include "cli/control_socket.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "base/error.hpp"
#include "base/log.hpp"

namespace burnish::cli {
namespace {

constexpr int kWaitMilliseconds = 200;
constexpr timeval kPatience{2, 0};

// A socket's address holds 107 bytes; folders can be deeper. The way through an open descriptor is always short.
sockaddr_un AddressIn(const base::FileDescriptor& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = "/proc/self/fd/" + std::to_string(folder.Get()) + "/control.sock";
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

base::FileDescriptor OpenFolder(const std::filesystem::path& folder) {
  return base::FileDescriptor(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}
base::FileDescriptor NewSocket() { return base::FileDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

std::string ReadLine(const base::FileDescriptor& socket) {
  std::string line;
  std::array<char, 256> piece{};
  while (line.size() < 4096 && line.find('\n') == std::string::npos) {
    const auto count = ::recv(socket.Get(), piece.data(), piece.size(), 0);
    if (count <= 0) break;
    line.append(piece.data(), static_cast<std::size_t>(count));
  }
  return line.substr(0, line.find('\n'));
}

void SendLine(const base::FileDescriptor& socket, const std::string& line) {
  const auto text = line + "\n";
  (void)::send(socket.Get(), text.data(), text.size(), MSG_NOSIGNAL);
}

bool IsOwnUser(const base::FileDescriptor& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(socket.Get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         (peer.uid == ::geteuid() || peer.uid == 0);
}

void LimitWaiting(const base::FileDescriptor& socket) {
  ::setsockopt(socket.Get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(socket.Get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
}

}  // namespace

ControlSocket::ControlSocket(std::filesystem::path folder, Answer answer)
    : folder_(std::move(folder)), answer_(std::move(answer)), socket_(NewSocket()) {
  std::error_code ignored;
  std::filesystem::remove(folder_ / "control.sock", ignored);  // the folder is ours: what is there is left from a crash
  const auto opened = OpenFolder(folder_);
  const auto address = AddressIn(opened);
  const auto previous = ::umask(0077);
  const bool bound = ::bind(socket_.Get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::umask(previous);
  if (!bound || ::listen(socket_.Get(), 8) != 0) {
    throw base::Error(
        base::ErrorCode::kUnavailable,
        "The data folder does not take a socket; 'burnish login' needs it. Put the data folder on a local disk.");
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { Serve(stop); });
}

ControlSocket::~ControlSocket() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  std::error_code ignored;
  std::filesystem::remove(folder_ / "control.sock", ignored);
}

void ControlSocket::Serve(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    pollfd waiting{socket_.Get(), POLLIN, 0};
    if (::poll(&waiting, 1, kWaitMilliseconds) <= 0) continue;
    const base::FileDescriptor peer(::accept4(socket_.Get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!peer.Valid() || !IsOwnUser(peer)) continue;
    LimitWaiting(peer);
    try {
      SendLine(peer, answer_(ReadLine(peer)));
    } catch (const std::exception& failure) {
      spdlog::error("the control socket: {}", failure.what());
    }
  }
}

std::optional<std::string> AskServer(const std::filesystem::path& folder, const std::string& line) {
  const auto opened = OpenFolder(folder);
  if (!opened.Valid()) return std::nullopt;
  const auto address = AddressIn(opened);
  const auto socket = NewSocket();
  if (::connect(socket.Get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return std::nullopt;
  LimitWaiting(socket);
  SendLine(socket, line);
  auto answer = ReadLine(socket);
  if (answer.empty()) return std::nullopt;
  return answer;
}

}  // namespace burnish::cli
