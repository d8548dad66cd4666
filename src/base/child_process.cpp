#include "base/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <mutex>
#include <thread>

#include "base/error.hpp"
#include "base/files.hpp"

namespace burnish::base {
namespace {

constexpr int kFirstFreeDescriptor = 64;  // ours are copied above it, so that no target number is a source too
constexpr std::size_t kMaxLine = 2000;
constexpr int kMaxLines = 500;
constexpr std::size_t kMaxTail = 4096;

// Sanitizers reserve terabytes of address space for their shadow.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kLimitAddressSpace = false;
#else
constexpr bool kLimitAddressSpace = true;
#endif

constexpr std::array kInheritedVariables = {"PATH",   "LANG",         "LC_ALL",        "LC_CTYPE",     "TZ",
                                            "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"};

// glibc 2.36 declares these two without extern "C".
int OpenProcess(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)); }
void KillProcess(int process) { ::syscall(SYS_pidfd_send_signal, process, SIGKILL, nullptr, 0U); }

FileDescriptor CopyHigh(int descriptor) {
  return FileDescriptor(::fcntl(descriptor, F_DUPFD_CLOEXEC, kFirstFreeDescriptor));
}

struct LimitSetting {
  __rlimit_resource_t resource;
  rlim_t value;
};

struct CloseRange {
  unsigned first;
  unsigned last;
};

// All that the child needs between vfork and exec, made before: after vfork it may only make system calls.
struct Launch {
  std::string program;
  std::vector<std::string> argument_texts;
  std::vector<std::string> environment_texts;
  std::vector<char*> arguments;
  std::vector<char*> environment;
  std::vector<FileDescriptor> copies;
  std::vector<std::pair<int, int>> duplicates;  // from, to
  std::vector<CloseRange> closed;
  std::vector<LimitSetting> limits;
  int nice = 0;
  bool only_idle = false;
  pid_t parent = 0;
};

[[noreturn]] void ThrowStart(const std::string& name, int error) {
  throw Error(ErrorCode::kUnavailable,
              "The " + name + " process cannot be started: " + std::generic_category().message(error) + ".");
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> Environment(const ChildSpec& spec) {
  // OpenBLAS starts threads when it is loaded; they would stand outside the sandbox that the child enters.
  std::vector<std::string> texts = {"OPENBLAS_NUM_THREADS=1"};
  for (const char* name : kInheritedVariables) {
    if (const char* value = std::getenv(name)) texts.push_back(std::string(name) + "=" + value);
  }
  for (const auto& [name, value] : spec.environment) texts.push_back(name + "=" + value);
  return texts;
}

std::vector<LimitSetting> Limits(const ChildLimits& limits) {
  std::vector<LimitSetting> settings = {{RLIMIT_CORE, 0}};
  if (kLimitAddressSpace && limits.address_space_bytes != 0)
    settings.push_back({RLIMIT_AS, limits.address_space_bytes});
  if (limits.cpu_seconds != 0) settings.push_back({RLIMIT_CPU, limits.cpu_seconds});
  if (limits.file_bytes != 0) settings.push_back({RLIMIT_FSIZE, limits.file_bytes});
  if (limits.processes != 0) settings.push_back({RLIMIT_NPROC, limits.processes});
  if (limits.open_files != 0) settings.push_back({RLIMIT_NOFILE, limits.open_files});
  return settings;
}

void PlanDescriptors(const ChildSpec& spec, int output, Launch& launch) {
  const auto add = [&](int descriptor, int as) {
    launch.copies.push_back(CopyHigh(descriptor));
    if (!launch.copies.back().Valid()) ThrowStart(spec.name, errno);
    launch.duplicates.emplace_back(launch.copies.back().Get(), as);
  };
  const FileDescriptor null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!null.Valid()) ThrowStart(spec.name, errno);
  add(null.Get(), STDIN_FILENO);
  add(output, STDOUT_FILENO);
  add(output, STDERR_FILENO);

  std::vector<int> kept;
  for (const auto& passed : spec.descriptors) {
    if (passed.as <= STDERR_FILENO || passed.as >= kFirstFreeDescriptor) {
      throw Error(ErrorCode::kInternal, "A descriptor passed to a child needs a number from 3 to 63.");
    }
    add(passed.descriptor, passed.as);
    kept.push_back(passed.as);
  }
  std::sort(kept.begin(), kept.end());
  unsigned next = STDERR_FILENO + 1;
  for (const int descriptor : kept) {
    const auto number = static_cast<unsigned>(descriptor);
    if (number > next) launch.closed.push_back({next, number - 1});
    next = number + 1;
  }
  launch.closed.push_back({next, ~0U});
}

Launch PrepareLaunch(const ChildSpec& spec, int output) {
  Launch launch;
  // The link names the running binary even after its file was replaced.
  launch.program = spec.program.empty() ? "/proc/self/exe" : std::filesystem::absolute(spec.program).string();
  launch.argument_texts.push_back(spec.program.empty() ? "burnish" : spec.program);
  launch.argument_texts.insert(launch.argument_texts.end(), spec.arguments.begin(), spec.arguments.end());
  launch.arguments = Pointers(launch.argument_texts);
  launch.environment_texts = Environment(spec);
  launch.environment = Pointers(launch.environment_texts);
  launch.limits = Limits(spec.limits);
  launch.nice = spec.nice;
  launch.only_idle = spec.only_idle;
  launch.parent = ::getpid();
  PlanDescriptors(spec, output, launch);
  return launch;
}

// A group of its own, out of reach of the terminal's keys, but in the server's session: where the kernel schedules by
// session (autogroup), niceness would count for nothing between two of them.
bool LeaveTerminal() {
  if (::setpgid(0, 0) != 0) return false;
  const int terminal = ::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) return true;
  ::ioctl(terminal, TIOCNOTTY);
  ::close(terminal);
  return true;
}

// Runs in the child, in the parent's memory (vfork): system calls only. Returns the errno of what failed.
int SetUpAndExec(const Launch& launch) {
  struct sigaction standard = {};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < 32; ++number) {
    if (number != SIGKILL && number != SIGSTOP) ::sigaction(number, &standard, nullptr);
  }
  if (!LeaveTerminal()) return errno;
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
  if (::getppid() != launch.parent) return ECHILD;
  for (const auto& [from, to] : launch.duplicates) {
    if (::dup2(from, to) < 0) return errno;
  }
  for (const auto& range : launch.closed) {
    if (::close_range(range.first, range.last, 0) != 0) return errno;
  }
  if (::chdir("/") != 0) return errno;
  for (const auto& limit : launch.limits) {
    const rlimit value = {limit.value, limit.value};
    if (::setrlimit(limit.resource, &value) != 0) return errno;
  }
  if (launch.nice != 0) ::setpriority(PRIO_PROCESS, 0, ::getpriority(PRIO_PROCESS, 0) + launch.nice);
  if (launch.only_idle) {
    const sched_param any = {};
    ::sched_setscheduler(0, SCHED_IDLE, &any);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(launch.program.c_str(), launch.arguments.data(), launch.environment.data());
  return errno;
}

// A server's page tables are large: vfork does not copy them.
__attribute__((noinline)) pid_t ForkAndExec(const Launch& launch, volatile int& error) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::vfork();
  if (pid == 0) {
    error = SetUpAndExec(launch);
    ::_exit(127);
  }
  if (pid < 0) error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return pid;
}

// Cuts what the child writes into lines fit for the log.
class LineReader {
 public:
  LineReader(const std::string& name, std::function<void(std::string_view)> on_line) : on_line_(std::move(on_line)) {
    if (!on_line_) on_line_ = [name](std::string_view line) { spdlog::warn("{}: {}", name, line); };
  }

  void Add(std::string_view bytes) {
    tail_ += bytes;
    if (tail_.size() > kMaxTail) tail_.erase(0, tail_.size() - kMaxTail);
    for (const char byte : bytes) {
      if (byte == '\n') {
        EndLine();
      } else if (line_.size() < kMaxLine) {
        const auto code = static_cast<unsigned char>(byte);
        line_ += code < 0x20 || code == 0x7F ? '?' : byte;
      }
    }
  }

  std::string Finish() {
    EndLine();
    return std::move(tail_);
  }

 private:
  void EndLine() {
    if (!line_.empty() && lines_ < kMaxLines) {
      ++lines_;
      on_line_(line_);
    }
    line_.clear();
  }

  std::function<void(std::string_view)> on_line_;
  std::string line_;
  std::string tail_;
  int lines_ = 0;
};

ChildExit Reap(int process) {
  siginfo_t info = {};
  while (::waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(process), &info, WEXITED) != 0 && errno == EINTR) {
  }
  ChildExit exit;
  if (info.si_code == CLD_EXITED) {
    exit.code = info.si_status;
  } else {
    exit.reason = ChildExit::Reason::kSignalled;
    exit.signal = info.si_status;
  }
  return exit;
}

}  // namespace

std::string ChildExit::Describe() const {
  switch (reason) {
    case Reason::kExited:
      return "ended with code " + std::to_string(code);
    case Reason::kSignalled:
      return "was killed by signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")";
    case Reason::kDeadline:
      break;
  }
  return "was stopped because it took too long";
}

// The watcher thread forks the child, because the kernel's "kill me when my parent ends" means the forking thread
// (prctl(2), PR_SET_PDEATHSIG); then it reads the child's output, keeps the deadline and reaps.
struct ChildProcess::State {
  ChildSpec spec;
  pid_t pid = -1;
  FileDescriptor process;  // pidfd
  FileDescriptor output;
  std::mutex mutex;  // guards exit
  std::condition_variable ended;
  std::optional<ChildExit> exit;
  std::thread watcher;

  ~State() {
    Kill();
    if (watcher.joinable()) watcher.join();
  }

  void Kill() const {
    if (process.Valid()) KillProcess(process.Get());
  }

  void Fork() {
    std::array<int, 2> ends = {-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) ThrowStart(spec.name, errno);
    output = FileDescriptor(ends[0]);
    const FileDescriptor input(ends[1]);
    ::fcntl(output.Get(), F_SETFL, O_NONBLOCK);

    const Launch launch = PrepareLaunch(spec, input.Get());
    volatile int error = 0;
    pid = ForkAndExec(launch, error);
    if (pid > 0 && error != 0) ::waitpid(pid, nullptr, 0);
    if (error != 0) ThrowStart(spec.name, error);
    process = FileDescriptor(OpenProcess(pid));
    if (!process.Valid()) {
      const int reason = errno;
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
      ThrowStart(spec.name, reason);
    }
  }

  // Everything that can be read now; false at the end of the stream.
  bool ReadOutput(LineReader& lines) const {
    std::array<char, 4096> buffer;
    for (;;) {
      const ssize_t size = ::read(output.Get(), buffer.data(), buffer.size());
      if (size > 0) {
        lines.Add({buffer.data(), static_cast<std::size_t>(size)});
      } else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
        return false;
      } else if (errno == EAGAIN) {
        return true;
      }
    }
  }

  void Watch() {
    using Clock = std::chrono::steady_clock;
    const auto end = spec.deadline ? std::optional(Clock::now() + *spec.deadline) : std::nullopt;
    LineReader lines(spec.name, std::move(spec.on_line));
    bool late = false;
    std::array<pollfd, 2> watched = {pollfd{process.Get(), POLLIN, 0}, pollfd{output.Get(), POLLIN, 0}};
    while ((watched[0].revents & POLLIN) == 0) {
      int wait = -1;
      if (end && !late) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(*end - Clock::now()).count();
        wait = static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
        if (left <= 0) {
          late = true;
          Kill();
          continue;
        }
      }
      ::poll(watched.data(), watched.size(), wait);
      if (watched[1].revents != 0 && !ReadOutput(lines)) watched[1].fd = -1;
    }
    ReadOutput(lines);
    auto result = Reap(process.Get());
    if (late && result.reason == ChildExit::Reason::kSignalled) result.reason = ChildExit::Reason::kDeadline;
    result.last_lines = lines.Finish();
    const std::scoped_lock lock(mutex);
    exit = std::move(result);
    ended.notify_all();
  }
};

ChildProcess::ChildProcess(std::unique_ptr<State> state) : state_(std::move(state)) {}
ChildProcess::ChildProcess(ChildProcess&&) noexcept = default;
ChildProcess& ChildProcess::operator=(ChildProcess&&) noexcept = default;
ChildProcess::~ChildProcess() = default;

ChildProcess ChildProcess::Start(ChildSpec spec) {
  auto state = std::make_unique<State>();
  state->spec = std::move(spec);
  std::promise<void> started;
  auto result = started.get_future();
  state->watcher = std::thread([own = state.get(), &started] {
    try {
      own->Fork();
    } catch (...) {
      started.set_exception(std::current_exception());
      return;
    }
    started.set_value();
    own->Watch();
  });
  result.get();
  return ChildProcess(std::move(state));
}

int ChildProcess::Pid() const { return state_->pid; }

std::optional<ChildExit> ChildProcess::Exit() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->exit;
}

ChildExit ChildProcess::Wait() {
  std::unique_lock lock(state_->mutex);
  state_->ended.wait(lock, [this] { return state_->exit.has_value(); });
  return *state_->exit;
}

std::optional<ChildExit> ChildProcess::WaitFor(std::chrono::milliseconds time) {
  std::unique_lock lock(state_->mutex);
  state_->ended.wait_for(lock, time, [this] { return state_->exit.has_value(); });
  return state_->exit;
}

void ChildProcess::Kill() { state_->Kill(); }

ChildExit RunChild(ChildSpec spec) { return ChildProcess::Start(std::move(spec)).Wait(); }

}  // namespace burnish::base
