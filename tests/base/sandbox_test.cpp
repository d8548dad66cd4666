#include "base/sandbox.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

#include "base/child_modes.hpp"
#include "base/child_process.hpp"

namespace burnish::base {
namespace {

// Sanitizers reserve terabytes, so there is no limit on memory under them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr const char* kLargeMemory = "memory of 1 GB given";
#else
constexpr const char* kLargeMemory = "memory of 1 GB refused";
#endif

std::vector<std::string> RunMode(std::vector<std::string> arguments) {
  std::vector<std::string> lines;
  ChildSpec spec;
  spec.name = "test";
  spec.arguments = std::move(arguments);
  spec.on_line = [&lines](std::string_view line) { lines.emplace_back(line); };
  const auto exit = RunChild(std::move(spec));
  lines.push_back(exit.Describe());
  return lines;
}

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "burnish-sandbox-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& Path() const { return path_; }

 private:
  std::filesystem::path path_;
};

TEST(SandboxTest, WithoutPathsNothingButComputingIsAllowed) {
  EXPECT_EQ(RunMode({"sandbox-closed"}), (std::vector<std::string>{
                                             "missing 0",
                                             "open refused",
                                             "open beneath refused",
                                             "create refused",
                                             "stat refused",
                                             "TCP socket refused",
                                             "Unix socket refused",
                                             "exec refused",
                                             "fork refused",
                                             "kill parent refused",
                                             "ptrace refused",
                                             "new code refused",
                                             "raise limit refused",
                                             "dumpable no",
                                             "memory of 1 MB given",
                                             kLargeMemory,
                                             "thread runs",
                                             "ended with code 0",
                                         }));
}

TEST(SandboxTest, ListedPathsAreAllThatCanBeReached) {
  const Folder root;
  std::filesystem::create_directories(root.Path() / "in");
  std::filesystem::create_directories(root.Path() / "out");
  std::ofstream(root.Path() / "in/data.csv") << "a,b";
  std::ofstream(root.Path() / "secret") << "s";
  std::filesystem::create_symlink("../secret", root.Path() / "in/link");
  EXPECT_EQ(RunMode({"sandbox-paths", root.Path()}), (std::vector<std::string>{
                                                         "missing 0",
                                                         "read in given",
                                                         "read link refused",
                                                         "read secret refused",
                                                         "write in refused",
                                                         "write out given",
                                                         "rename out given",
                                                         "socket refused",
                                                         "exec refused",
                                                         "ended with code 0",
                                                     }));
}

TEST(SandboxTest, APathThatDoesNotExistIsAnError) {
  EXPECT_EQ(RunMode({"sandbox-absent"}).back(), "was killed by signal 6 (Aborted)");
}

void Report(const std::string& what, bool given) { std::cout << what << (given ? " given" : " refused") << std::endl; }

bool CanOpen(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags, 0600);
  if (descriptor >= 0) ::close(descriptor);
  return descriptor >= 0;
}

bool CanMap(std::size_t bytes, int protection) {
  void* memory = ::mmap(nullptr, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  ::munmap(memory, bytes);
  return true;
}

bool CanExec() {
  ::execl("/bin/true", "true", nullptr);
  return false;
}

bool CanFork() {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(0);
  if (pid > 0) ::waitpid(pid, nullptr, 0);
  return pid > 0;
}

void ReportClosed(pid_t parent, int folder) {
  Report("open", CanOpen("/etc/passwd", O_RDONLY));
  Report("open beneath", ::openat(folder, "passwd", O_RDONLY) >= 0);
  Report("create", CanOpen("/tmp/burnish-sandbox-escape", O_CREAT | O_WRONLY));
  struct stat status = {};
  Report("stat", ::stat("/etc/passwd", &status) == 0);
  Report("TCP socket", ::socket(AF_INET, SOCK_STREAM, 0) >= 0);
  Report("Unix socket", ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
  Report("exec", CanExec());
  Report("fork", CanFork());
  Report("kill parent", ::kill(parent, 0) == 0);
  Report("ptrace", ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0);
  Report("new code", CanMap(4096, PROT_READ | PROT_WRITE | PROT_EXEC));
  const rlimit more = {RLIM_INFINITY, RLIM_INFINITY};
  Report("raise limit", ::setrlimit(RLIMIT_CORE, &more) == 0);
}

int RunClosed() {
  const pid_t parent = ::getppid();
  const int folder = ::open("/etc", O_PATH | O_DIRECTORY);
  SandboxPolicy policy;
  policy.memory_bytes = 256U << 20U;
  const auto report = EnterSandbox(policy);
  std::cout << "missing " << report.missing.size() << std::endl;
  ReportClosed(parent, folder);
  std::cout << "dumpable " << (::prctl(PR_GET_DUMPABLE) == 1 ? "yes" : "no") << std::endl;
  Report("memory of 1 MB", CanMap(1U << 20U, PROT_READ | PROT_WRITE));
  Report("memory of 1 GB", CanMap(1U << 30U, PROT_READ | PROT_WRITE));
  std::thread([] { std::cout << "thread runs" << std::endl; }).join();
  return 0;
}

int RunPaths(const std::filesystem::path& root) {
  SandboxPolicy policy;
  policy.readable = {root / "in"};
  policy.writable = {root / "out"};
  std::cout << "missing " << EnterSandbox(policy).missing.size() << std::endl;
  Report("read in", CanOpen(root / "in/data.csv", O_RDONLY));
  Report("read link", CanOpen(root / "in/link", O_RDONLY));
  Report("read secret", CanOpen(root / "secret", O_RDONLY));
  Report("write in", CanOpen(root / "in/new", O_CREAT | O_WRONLY));
  Report("write out", CanOpen(root / "out/new", O_CREAT | O_WRONLY));
  Report("rename out", ::rename((root / "out/new").c_str(), (root / "out/newer").c_str()) == 0);
  Report("socket", ::socket(AF_INET, SOCK_STREAM, 0) >= 0);
  Report("exec", CanExec());
  return 0;
}

}  // namespace

int SandboxChildMode(const std::string& mode, const std::vector<std::string>& arguments) {
  if (mode == "sandbox-closed") return RunClosed();
  if (mode == "sandbox-paths") return RunPaths(arguments.at(0));
  SandboxPolicy policy;
  policy.readable = {"/nonexistent/folder"};
  EnterSandbox(policy);
  return 0;
}

}  // namespace burnish::base
