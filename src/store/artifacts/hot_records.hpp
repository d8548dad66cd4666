#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.hpp"

namespace burnish::store {

// Small records of a pack that were asked for lately and whose checksums were right: at most kSlots of kMostBytes each.
// Two keys of one slot take turns. Any thread may call; who meets another in here finds nothing.
class HotRecords {
 public:
  static constexpr std::size_t kSlots = 128;
  static constexpr std::size_t kMostBytes = std::size_t{32} << 10U;

  std::shared_ptr<const std::string> Find(const base::ContentHash& key) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock || slots_.empty()) return nullptr;
    const Slot& slot = slots_[At(key)];
    return slot.key == key ? slot.bytes : nullptr;
  }

  void Keep(const base::ContentHash& key, std::shared_ptr<const std::string> bytes) {
    if (bytes->size() > kMostBytes) return;
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock) return;
    slots_.resize(kSlots);
    slots_[At(key)] = {key, std::move(bytes)};
  }

 private:
  struct Slot {
    base::ContentHash key;
    std::shared_ptr<const std::string> bytes;
  };
  static std::size_t At(const base::ContentHash& key) { return std::hash<base::ContentHash>{}(key) % kSlots; }

  std::mutex mutex_;         // guards what follows
  std::vector<Slot> slots_;  // none before the first is kept
};

}  // namespace burnish::store
