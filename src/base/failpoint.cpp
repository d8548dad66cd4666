#include "base/failpoint.hpp"

#ifdef BURNISH_FAILPOINTS

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <mutex>
#include <new>
#include <set>
#include <sstream>
#include <thread>

#include "base/error.hpp"
#include "base/files.hpp"

namespace burnish::base {
namespace {

struct Armed {
  std::string action;
  int nth = 0;
  int passed = 0;
};

// The one process-wide table: the environment is process-wide too, and only test builds have it.
struct Table {
  std::mutex mutex;  // guards what follows
  std::map<std::string, Armed> armed;
  std::set<std::string> passed;
};

std::map<std::string, Armed> Parse(const std::string& spec) {
  std::map<std::string, Armed> armed;
  std::stringstream items(spec);
  std::string item;
  while (std::getline(items, item, ',')) {
    std::stringstream parts(item);
    std::string name;
    std::string nth;
    Armed entry;
    std::getline(parts, name, ':');
    std::getline(parts, entry.action, ':');
    if (std::getline(parts, nth)) entry.nth = std::atoi(nth.c_str());
    if (!name.empty()) armed[name] = entry;
  }
  return armed;
}

Table& TheTable() {
  static Table table;
  static const bool loaded = [] {
    if (const char* spec = std::getenv("FAILPOINT")) table.armed = Parse(spec);
    return true;
  }();
  static_cast<void>(loaded);
  return table;
}

void Trace(const char* name) {
  static const char* const path = std::getenv("FAILPOINT_TRACE");
  if (path == nullptr) return;
  const FileDescriptor file(open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  const std::string line = std::string(name) + "\n";
  if (write(file.Get(), line.data(), line.size()) < 0)
    throw Error(ErrorCode::kInternal, "The trace cannot be written.");
}

std::set<std::string> SeededBugs() {
  std::set<std::string> bugs;
  const char* const spec = std::getenv("SEEDED_BUG");
  std::stringstream names(spec == nullptr ? "" : spec);
  for (std::string name; std::getline(names, name, ',');) bugs.insert(name);
  return bugs;
}

}  // namespace

void PassFailpoint(const char* name) {
  std::string action;
  {
    Table& table = TheTable();
    const std::scoped_lock lock(table.mutex);
    if (table.passed.insert(name).second) Trace(name);
    const auto found = table.armed.find(name);
    if (found == table.armed.end()) return;
    Armed& armed = found->second;
    ++armed.passed;
    if (armed.nth != 0 && armed.passed != armed.nth) return;
    action = armed.action;
  }
  if (action == "crash") _exit(86);
  if (action == "delay") std::this_thread::sleep_for(std::chrono::milliseconds(200));
  if (action == "memory") throw std::bad_alloc();
  if (action == "full")
    throw Error(ErrorCode::kStorageFull, std::string("The failpoint ") + name + " was told to be full.");
  if (action == "error")
    throw Error(ErrorCode::kUnavailable, std::string("The failpoint ") + name + " was told to fail.");
}

void ArmFailpoints(const std::string& spec) {
  Table& table = TheTable();
  const std::scoped_lock lock(table.mutex);
  table.armed = Parse(spec);
}

std::vector<std::string> PassedFailpoints() {
  Table& table = TheTable();
  const std::scoped_lock lock(table.mutex);
  return {table.passed.begin(), table.passed.end()};
}

bool HasSeededBug(const char* name) {
  static const std::set<std::string> bugs = SeededBugs();
  return bugs.contains(name);
}

}  // namespace burnish::base

#endif
