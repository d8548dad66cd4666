#include "base/child_process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>

#include "base/child_modes.hpp"
#include "base/error.hpp"
#include "base/files.hpp"

namespace burnish::base {
namespace {

using namespace std::chrono_literals;

// What the child printed, one line each.
struct Output {
  std::mutex mutex;
  std::vector<std::string> lines;
};

ChildSpec Child(std::vector<std::string> arguments, Output* output = nullptr) {
  ChildSpec spec;
  spec.name = "test";
  spec.arguments = std::move(arguments);
  if (output != nullptr) {
    spec.on_line = [output](std::string_view line) {
      const std::scoped_lock lock(output->mutex);
      output->lines.emplace_back(line);
    };
  } else {
    spec.on_line = [](std::string_view) {};
  }
  return spec;
}

TEST(ChildProcessTest, TellsTheExitCode) {
  const auto exit = RunChild(Child({"child-exit", "3"}));
  EXPECT_EQ(exit.Describe(), "ended with code 3");
  EXPECT_FALSE(exit.Ok());
  EXPECT_TRUE(RunChild(Child({"child-exit", "0"})).Ok());
}

TEST(ChildProcessTest, TellsTheSignal) {
  const auto exit = RunChild(Child({"child-crash"}));
  EXPECT_EQ(exit.reason, ChildExit::Reason::kSignalled);
  EXPECT_EQ(exit.Describe(), "was killed by signal 6 (Aborted)");
}

TEST(ChildProcessTest, IsStoppedAtItsDeadline) {
  auto spec = Child({"child-sleep"});
  spec.deadline = 30ms;
  EXPECT_EQ(RunChild(std::move(spec)).Describe(), "was stopped because it took too long");
}

// Its niceness is weighed against the server's only within one session.
TEST(ChildProcessTest, IsInThisSessionButNotInThisGroup) {
  auto spec = Child({"child-sleep"});
  spec.nice = 3;
  const auto child = ChildProcess::Start(std::move(spec));
  EXPECT_EQ(::getsid(child.Pid()), ::getsid(0));
  EXPECT_EQ(::getpgid(child.Pid()), child.Pid());
  EXPECT_EQ(::getpriority(PRIO_PROCESS, static_cast<id_t>(child.Pid())), ::getpriority(PRIO_PROCESS, 0) + 3);
}

TEST(ChildProcessTest, GivesWayToAllElseWhenToldTo) {
  auto spec = Child({"child-sleep"});
  spec.only_idle = true;
  const auto child = ChildProcess::Start(std::move(spec));
  EXPECT_EQ(::sched_getscheduler(child.Pid()), SCHED_IDLE);
  EXPECT_EQ(::sched_getscheduler(0), SCHED_OTHER);
}

TEST(ChildProcessTest, EndsWithItsObject) {
  int pid = 0;
  {
    const auto child = ChildProcess::Start(Child({"child-sleep"}));
    pid = child.Pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST(ChildProcessTest, LivesOnWhenTheThreadThatStartedItEnds) {
  std::optional<ChildProcess> child;
  std::thread([&] { child = ChildProcess::Start(Child({"child-sleep"})); }).join();
  EXPECT_FALSE(child->WaitFor(50ms).has_value());
}

TEST(ChildProcessTest, EndsWhenItsParentIsKilled) {
  // The child starts a grandchild and prints its id; then it is killed and cannot clean up.
  Output output;
  auto parent = ChildProcess::Start(Child({"child-parent"}, &output));
  int grandchild = 0;
  for (int i = 0; i < 500 && grandchild == 0; ++i) {
    std::this_thread::sleep_for(10ms);
    const std::scoped_lock lock(output.mutex);
    if (!output.lines.empty()) grandchild = std::stoi(output.lines.front());
  }
  ASSERT_GT(grandchild, 0);
  parent.Kill();
  parent.Wait();
  // Whoever inherits the orphan may not have reaped it yet: a zombie has no command line.
  bool gone = false;
  for (int i = 0; i < 500 && !gone; ++i) {
    std::this_thread::sleep_for(10ms);
    std::array<char, 16> byte{};
    const FileDescriptor file(::open(("/proc/" + std::to_string(grandchild) + "/cmdline").c_str(), O_RDONLY));
    gone = !file.Valid() || ::read(file.Get(), byte.data(), byte.size()) <= 0;
  }
  EXPECT_TRUE(gone);
}

TEST(ChildProcessTest, GetsOnlyTheEnvironmentItIsGiven) {
  ::setenv("BURNISH_TEST_SECRET", "hidden", 1);
  Output output;
  auto spec = Child({"child-environment"}, &output);
  spec.environment = {{"GIVEN", "seen"}};
  RunChild(std::move(spec));
  std::string all;
  for (const auto& line : output.lines) all += line + "\n";
  EXPECT_NE(all.find("GIVEN=seen\n"), std::string::npos);
  EXPECT_EQ(all.find("BURNISH_TEST_SECRET"), std::string::npos);
}

TEST(ChildProcessTest, GetsOnlyTheDescriptorsItIsGiven) {
  const FileDescriptor given(::memfd_create("given", 0));
  const FileDescriptor other(::memfd_create("other", 0));  // without close-on-exec, and still not handed on
  ASSERT_EQ(::write(given.Get(), "hello", 5), 5);
  Output output;
  auto spec = Child({"child-descriptors"}, &output);
  spec.descriptors = {{given.Get(), 5}};
  RunChild(std::move(spec));
  EXPECT_EQ(output.lines, (std::vector<std::string>{"5 holds hello"}));
}

TEST(ChildProcessTest, HasItsLimits) {
  Output output;
  auto spec = Child({"child-limits"}, &output);
  spec.limits = {.cpu_seconds = 7, .file_bytes = 1000, .open_files = 40};
  RunChild(std::move(spec));
  EXPECT_EQ(output.lines, (std::vector<std::string>{"cpu 7", "file 1000", "open 40", "core 0"}));
}

TEST(ChildProcessTest, OutputBecomesCleanLines) {
  Output output;
  const auto exit = RunChild(Child({"child-print"}, &output));
  ASSERT_EQ(output.lines.size(), 3U);
  EXPECT_EQ(output.lines[0], "plain");
  EXPECT_EQ(output.lines[1], "?[31mred");
  EXPECT_EQ(output.lines[2].size(), 2000U);
  EXPECT_EQ(exit.last_lines.size(), 4096U);
}

TEST(ChildProcessTest, SaysWhenTheProgramDoesNotExist) {
  auto spec = Child({});
  spec.program = "/nonexistent/program";
  try {
    RunChild(std::move(spec));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.Code(), ErrorCode::kUnavailable);
    EXPECT_STREQ(error.what(), "The test process cannot be started: No such file or directory.");
  }
}

std::string Limit(__rlimit_resource_t resource) {
  rlimit limit = {};
  ::getrlimit(resource, &limit);
  return std::to_string(limit.rlim_cur);
}

void PrintDescriptors() {
  for (int descriptor = 3; descriptor < 1000; ++descriptor) {
    std::array<char, 16> text{};
    const auto size = ::pread(descriptor, text.data(), text.size(), 0);
    if (size >= 0)
      std::cout << descriptor << " holds " << std::string(text.data(), static_cast<std::size_t>(size)) << "\n";
  }
}

int RunAsParent() {
  auto spec = Child({"child-sleep"});
  const auto child = ChildProcess::Start(std::move(spec));
  std::cout << child.Pid() << std::endl;
  ::pause();
  return 0;
}

}  // namespace

int ProcessChildMode(const std::string& mode, const std::vector<std::string>& arguments) {
  if (mode == "child-exit") return std::stoi(arguments.at(0));
  if (mode == "child-crash") std::abort();
  if (mode == "child-sleep") ::pause();
  if (mode == "child-parent") return RunAsParent();
  if (mode == "child-environment") {
    for (char** variable = environ; *variable != nullptr; ++variable) std::cout << *variable << "\n";
  }
  if (mode == "child-descriptors") PrintDescriptors();
  if (mode == "child-limits") {
    std::cout << "cpu " << Limit(RLIMIT_CPU) << "\nfile " << Limit(RLIMIT_FSIZE) << "\nopen " << Limit(RLIMIT_NOFILE)
              << "\ncore " << Limit(RLIMIT_CORE) << "\n";
  }
  if (mode == "child-print") std::cout << "plain\n\x1b[31mred\n" << std::string(5000, 'x') << "\n";
  return 0;
}

}  // namespace burnish::base
