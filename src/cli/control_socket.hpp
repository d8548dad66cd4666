#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "base/files.hpp"

namespace burnish::cli {

// How `burnish login` reaches the server that holds a data folder: a socket in that folder, for the user who owns it
// alone. One line each way; what a line asks for is answered by `answer`.
class ControlSocket {
 public:
  using Answer = std::function<std::string(const std::string& line)>;

  // Throws kUnavailable when the socket cannot be made.
  ControlSocket(std::filesystem::path folder, Answer answer);
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

 private:
  void Serve(const std::stop_token& stop);

  std::filesystem::path folder_;
  Answer answer_;
  base::FileDescriptor socket_;
  std::jthread thread_;
};

// The server's answer to `line`, or nothing when no server holds the folder.
std::optional<std::string> AskServer(const std::filesystem::path& folder, const std::string& line);

}  // namespace burnish::cli
