#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace burnish::base {

// What the kernel holds a child to; 0 means "as this process".
struct ChildLimits {
  std::uint64_t address_space_bytes = 0;  // RLIMIT_AS; left alone in sanitizer builds, which reserve terabytes
  std::uint64_t cpu_seconds = 0;          // RLIMIT_CPU
  std::uint64_t file_bytes = 0;           // RLIMIT_FSIZE: the largest file that it may write
  std::uint64_t processes = 0;            // RLIMIT_NPROC counts all processes of the user: only for users of their own
  std::uint64_t open_files = 0;           // RLIMIT_NOFILE
};

// A descriptor of ours that the child finds under the number `as` (3 or more).
struct PassedDescriptor {
  int descriptor = -1;
  int as = -1;
};

struct ChildSpec {
  std::string name;                    // in log lines and messages: "decoder"
  std::string program;                 // empty: this very binary
  std::vector<std::string> arguments;  // without argv[0]
  std::vector<PassedDescriptor> descriptors;
  // Added to the few variables that are handed on (PATH, locale, time zone, TMPDIR, sanitizer options).
  std::vector<std::pair<std::string, std::string>> environment;
  ChildLimits limits;
  int nice = 0;            // added to this process's niceness
  bool only_idle = false;  // runs only while nothing else wants the processor: for what nobody waits for
  std::optional<std::chrono::milliseconds> deadline;  // killed when it has not ended by then
  // Gets each line that the child writes to stdout or stderr, on a thread of its own, without line end, cut at
  // 2,000 bytes, control characters replaced, 500 lines at most. Empty: the lines go to the log.
  std::function<void(std::string_view)> on_line;
};

struct ChildExit {
  enum class Reason { kExited, kSignalled, kDeadline };
  Reason reason = Reason::kExited;
  int code = 0;            // of kExited
  int signal = 0;          // of kSignalled
  std::string last_lines;  // the end of what it wrote to stderr, 4 kB at most

  bool Ok() const { return reason == Reason::kExited && code == 0; }
  // "ended with code 3", "was killed by signal 11 (Segmentation fault)", "was stopped after 20 s"
  std::string Describe() const;
};

// One child process: no inherited environment, descriptors or working directory beyond what the spec names, killed when
// this process ends (however it ends) and when the object is destroyed.
// Any thread may call any member.
class ChildProcess {
 public:
  // Throws kUnavailable if the child cannot be started.
  static ChildProcess Start(ChildSpec spec);

  ChildProcess(ChildProcess&&) noexcept;
  ChildProcess& operator=(ChildProcess&&) noexcept;
  ~ChildProcess();

  int Pid() const;
  // How it ended, or nothing while it runs.
  std::optional<ChildExit> Exit() const;
  ChildExit Wait();
  std::optional<ChildExit> WaitFor(std::chrono::milliseconds time);
  void Kill();

 private:
  struct State;
  explicit ChildProcess(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Starts a child and waits for its end.
ChildExit RunChild(ChildSpec spec);

}  // namespace burnish::base
