#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace burnish::base {

// What a process may still do after EnterSandbox. Never: sockets (descriptors that it already has keep working), other
// programs, other processes, ptrace, new privileges, core dumps.
struct SandboxPolicy {
  // Files, or folders with all below them. With neither list, no file can be opened at all.
  std::vector<std::filesystem::path> readable;
  std::vector<std::filesystem::path> writable;  // read, write, create, rename and remove
  std::uint64_t memory_bytes = 0;               // address space beyond what is in use at the call; 0: no limit
  std::uint64_t cpu_seconds = 0;                // 0: no limit
};

struct SandboxReport {
  int landlock_abi = 0;  // 0: the kernel has none
  bool seccomp = false;
  std::vector<std::string> missing;  // one sentence for each protection that this kernel does not give
};

// Gives up rights for the rest of this process's life; call it in a child, before it touches foreign bytes, with all
// libraries loaded and no second thread running. Each missing protection is also logged.
// Throws kInternal if a protection that the kernel has cannot be taken, kNotFound if a path of the policy is absent.
SandboxReport EnterSandbox(const SandboxPolicy& policy);

}  // namespace burnish::base
