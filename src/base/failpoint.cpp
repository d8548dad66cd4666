#include "base/failpoint.hpp"

#ifdef BURNISH_FAILPOINTS

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include "base/error.hpp"

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

}  // namespace

void PassFailpoint(const char* name) {
  std::string action;
  {
    Table& table = TheTable();
    const std::scoped_lock lock(table.mutex);
    table.passed.insert(name);
    const auto found = table.armed.find(name);
    if (found == table.armed.end()) return;
    Armed& armed = found->second;
    ++armed.passed;
    if (armed.nth != 0 && armed.passed != armed.nth) return;
    action = armed.action;
  }
  if (action == "crash") _exit(86);
  if (action == "delay") std::this_thread::sleep_for(std::chrono::milliseconds(200));
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

}  // namespace burnish::base

#endif
