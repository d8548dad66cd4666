#include "base/sandbox.hpp"

#include <fcntl.h>
#include <seccomp.h>
#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <initializer_list>
#include <memory>
#include <system_error>

#include "base/error.hpp"
#include "base/files.hpp"

namespace burnish::base {
namespace {

// Debian's <linux/landlock.h> stops at ABI 2; these are the kernel's numbers up to ABI 7.
struct LandlockRuleset {
  std::uint64_t files = 0;
  std::uint64_t network = 0;
  std::uint64_t scopes = 0;
};
struct LandlockPath {
  std::uint64_t access = 0;
  std::int32_t parent = -1;
} __attribute__((packed));
constexpr unsigned kLandlockVersion = 1U;
constexpr int kLandlockPathRule = 1;
constexpr std::uint64_t kExecute = 1U << 0U;
constexpr std::uint64_t kWriteFile = 1U << 1U;
constexpr std::uint64_t kReadFile = 1U << 2U;
constexpr std::uint64_t kReadFolder = 1U << 3U;
constexpr std::uint64_t kRemoveFolder = 1U << 4U;
constexpr std::uint64_t kRemoveFile = 1U << 5U;
constexpr std::uint64_t kMakeFolder = 1U << 7U;
constexpr std::uint64_t kMakeFile = 1U << 8U;
constexpr std::uint64_t kRefer = 1U << 13U;     // ABI 2: rename across folders
constexpr std::uint64_t kTruncate = 1U << 14U;  // ABI 3
constexpr std::uint64_t kFileRights = kExecute | kWriteFile | kReadFile | kTruncate;
constexpr std::uint64_t kWriteRights =
    kReadFile | kReadFolder | kWriteFile | kRemoveFolder | kRemoveFile | kMakeFolder | kMakeFile | kRefer | kTruncate;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kLimitAddressSpace = false;
#else
constexpr bool kLimitAddressSpace = true;
#endif

[[noreturn]] void Fail(const std::string& doing, int error) {
  throw Error(ErrorCode::kInternal,
              "The sandbox cannot " + doing + ": " + std::generic_category().message(error) + ".");
}

std::uint64_t HandledFileRights(int abi) {
  if (abi >= 5) return (1U << 16U) - 1;  // 15: ioctl on devices
  if (abi >= 3) return (1U << 15U) - 1;
  if (abi >= 2) return (1U << 14U) - 1;
  return (1U << 13U) - 1;
}

void AllowPath(int ruleset, const std::filesystem::path& path, std::uint64_t rights) {
  const FileDescriptor target(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!target.Valid()) throw Error(ErrorCode::kNotFound, "A path that the sandbox should allow does not exist.");
  struct stat status = {};
  if (::fstat(target.Get(), &status) != 0) Fail("look at a path", errno);
  if (!S_ISDIR(status.st_mode)) rights &= kFileRights;
  const LandlockPath rule{rights, target.Get()};
  if (::syscall(SYS_landlock_add_rule, ruleset, kLandlockPathRule, &rule, 0U) != 0) Fail("allow a path", errno);
}

// Returns the kernel's Landlock ABI, 0 if it has none.
int RestrictPaths(const SandboxPolicy& policy) {
  const auto version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0U, kLandlockVersion);
  if (version <= 0) return 0;
  const int abi = static_cast<int>(version);
  LandlockRuleset rules{HandledFileRights(abi), 0, 0};
  std::size_t size = sizeof(std::uint64_t);
  if (abi >= 4) {
    rules.network = 3;  // bind and connect over TCP
    size = 2 * sizeof(std::uint64_t);
  }
  if (abi >= 6) {
    rules.scopes = 3;  // abstract Unix sockets and signals outside this domain
    size = 3 * sizeof(std::uint64_t);
  }
  const FileDescriptor ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, size, 0U)));
  if (!ruleset.Valid()) Fail("make its file rules", errno);
  for (const auto& path : policy.readable) AllowPath(ruleset.Get(), path, kReadFile | kReadFolder);
  for (const auto& path : policy.writable) AllowPath(ruleset.Get(), path, kWriteRights & rules.files);
  if (::syscall(SYS_landlock_restrict_self, ruleset.Get(), 0U) != 0) Fail("take its file rules", errno);
  return abi;
}

using Filter = std::unique_ptr<void, decltype(&seccomp_release)>;

void Allow(const Filter& filter, std::initializer_list<int> calls) {
  for (const int call : calls) {
    if (const int error = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0); error != 0) {
      Fail("allow a system call", -error);
    }
  }
}

void AllowIf(const Filter& filter, int call, const scmp_arg_cmp& condition) {
  if (const int error = seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, call, 1, &condition); error != 0) {
    Fail("allow a system call", -error);
  }
}

void AllowComputing(const Filter& filter) {
  Allow(filter, {SCMP_SYS(read),
                 SCMP_SYS(readv),
                 SCMP_SYS(pread64),
                 SCMP_SYS(preadv),
                 SCMP_SYS(write),
                 SCMP_SYS(writev),
                 SCMP_SYS(pwrite64),
                 SCMP_SYS(pwritev),
                 SCMP_SYS(lseek),
                 SCMP_SYS(close),
                 SCMP_SYS(fstat),
                 SCMP_SYS(ftruncate),
                 SCMP_SYS(fcntl),
                 SCMP_SYS(dup),
                 SCMP_SYS(dup2),
                 SCMP_SYS(dup3),
                 SCMP_SYS(munmap),
                 SCMP_SYS(mremap),
                 SCMP_SYS(madvise),
                 SCMP_SYS(brk),
                 SCMP_SYS(msync),
                 SCMP_SYS(mincore),
                 SCMP_SYS(futex),
                 SCMP_SYS(sched_yield),
                 SCMP_SYS(sched_getaffinity),
                 SCMP_SYS(getpid),
                 SCMP_SYS(gettid),
                 SCMP_SYS(getcpu),
                 SCMP_SYS(rt_sigaction),
                 SCMP_SYS(rt_sigprocmask),
                 SCMP_SYS(rt_sigreturn),
                 SCMP_SYS(sigaltstack),
                 SCMP_SYS(nanosleep),
                 SCMP_SYS(clock_nanosleep),
                 SCMP_SYS(clock_gettime),
                 SCMP_SYS(clock_getres),
                 SCMP_SYS(gettimeofday),
                 SCMP_SYS(time),
                 SCMP_SYS(times),
                 SCMP_SYS(getrusage),
                 SCMP_SYS(getrandom),
                 SCMP_SYS(exit),
                 SCMP_SYS(exit_group),
                 SCMP_SYS(restart_syscall),
                 SCMP_SYS(sendmsg),
                 SCMP_SYS(recvmsg),
                 SCMP_SYS(sendto),
                 SCMP_SYS(recvfrom),
                 SCMP_SYS(shutdown),
                 SCMP_SYS(poll),
                 SCMP_SYS(ppoll),
                 SCMP_SYS(select),
                 SCMP_SYS(pselect6),
                 SCMP_SYS(pipe2),
                 SCMP_SYS(eventfd2),
                 SCMP_SYS(memfd_create),
                 SCMP_SYS(set_robust_list),
                 SCMP_SYS(set_tid_address),
                 SCMP_SYS(rseq),
                 SCMP_SYS(membarrier),
                 SCMP_SYS(uname),
                 SCMP_SYS(sysinfo),
                 SCMP_SYS(getuid),
                 SCMP_SYS(geteuid),
                 SCMP_SYS(getgid),
                 SCMP_SYS(getegid),
                 SCMP_SYS(getpriority),
                 SCMP_SYS(sched_getparam),
                 SCMP_SYS(sched_getscheduler),
                 SCMP_SYS(sched_get_priority_max),
                 SCMP_SYS(sched_get_priority_min)});
  // No new code: what is loaded is all that ever runs.
  AllowIf(filter, SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  AllowIf(filter, SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  // Threads, not processes. clone3 hides its flags in memory: "not implemented" makes glibc take clone.
  AllowIf(filter, SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
  if (const int error = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0); error != 0) {
    Fail("refuse a system call", -error);
  }
  AllowIf(filter, SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid())));  // abort()
  AllowIf(filter, SCMP_SYS(prlimit64), SCMP_A2(SCMP_CMP_EQ, 0));                                   // ask, not set
  AllowIf(filter, SCMP_SYS(prctl), SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
  // glibc's fstat. A path beside the flag would tell whether a file exists, and nothing more.
  AllowIf(filter, SCMP_SYS(newfstatat), SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
  AllowIf(filter, SCMP_SYS(statx), SCMP_A2(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
}

void AllowFiles(const Filter& filter) {
  Allow(filter, {SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(openat2), SCMP_SYS(access), SCMP_SYS(faccessat),
                 SCMP_SYS(faccessat2), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(statx),
                 SCMP_SYS(statfs), SCMP_SYS(fstatfs), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents64),
                 SCMP_SYS(getcwd), SCMP_SYS(fadvise64), SCMP_SYS(flock)});
}

void AllowWriting(const Filter& filter) {
  Allow(filter, {SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rmdir),
                 SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(truncate), SCMP_SYS(fallocate),
                 SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(sync_file_range), SCMP_SYS(umask), SCMP_SYS(fchmod)});
}

// Refuses all but a list of system calls with EPERM; false if the kernel has no seccomp filters.
bool RestrictSystemCalls(const SandboxPolicy& policy) {
  if (::prctl(PR_GET_SECCOMP) < 0 && errno == EINVAL) return false;
  const Filter filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)), &seccomp_release);
  if (!filter) Fail("make its list of system calls", ENOMEM);
  seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
  seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);  // a binary tree: half the cost of a call
  AllowComputing(filter);
  if (!policy.readable.empty() || !policy.writable.empty()) AllowFiles(filter);
  if (!policy.writable.empty()) AllowWriting(filter);
  if (const int error = seccomp_load(filter.get()); error != 0) Fail("take its list of system calls", -error);
  return true;
}

void SetLimit(__rlimit_resource_t resource, std::uint64_t value) {
  const rlimit limit = {value, value};
  if (::setrlimit(resource, &limit) != 0) Fail("limit itself", errno);
}

std::uint64_t AddressSpaceInUse() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t pages = 0;
  file >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::size_t ThreadCount() {
  std::size_t count = 0;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", none)) {
    static_cast<void>(entry);
    ++count;
  }
  return count;
}

void LimitResources(const SandboxPolicy& policy) {
  SetLimit(RLIMIT_CORE, 0);
  if (policy.writable.empty()) SetLimit(RLIMIT_FSIZE, 0);
  if (policy.cpu_seconds != 0) SetLimit(RLIMIT_CPU, policy.cpu_seconds);
  if (kLimitAddressSpace && policy.memory_bytes != 0) SetLimit(RLIMIT_AS, AddressSpaceInUse() + policy.memory_bytes);
}

}  // namespace

SandboxReport EnterSandbox(const SandboxPolicy& policy) {
  SandboxReport report;
  if (ThreadCount() > 1) {
    report.missing.emplace_back("Threads that ran before the sandbox are not held by its file rules.");
  }
  LimitResources(policy);
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) Fail("hide its memory", errno);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) Fail("give up new privileges", errno);
  report.landlock_abi = RestrictPaths(policy);
  if (report.landlock_abi == 0) {
    report.missing.emplace_back(
        "This kernel has no Landlock: which files a decoder may open is not restricted by path.");
  }
  report.seccomp = RestrictSystemCalls(policy);
  if (!report.seccomp) {
    report.missing.emplace_back("This kernel has no seccomp filters: a decoder's system calls are not restricted.");
  }
  for (const auto& sentence : report.missing) spdlog::warn("{}", sentence);
  return report;
}

}  // namespace burnish::base
