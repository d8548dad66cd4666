#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.hpp"
#include "store/columns/bitset.hpp"

namespace burnish::store {

// Groups of byte-equal media among samples that are not withdrawn.
struct DuplicateIndex {
  Bitset members;
  Bitset repeats;                                                            // the members but the first of each group
  std::unordered_map<base::ContentHash, std::vector<std::uint32_t>> groups;  // of two and more
};

// A column of numbers cut into at most 254 equal bins: bin of each row, kNoBin where missing.
struct BinnedColumn {
  static constexpr std::uint8_t kNoBin = 255;
  std::vector<double> edges;  // bins + 1; empty when no row has a number
  std::vector<std::uint8_t> bins;
};

// Counts by code; the last one counts the missing.
using CodeCounts = std::vector<std::uint32_t>;

// What can be computed from a snapshot alone and is worth keeping. Snapshots that agree on what a value was computed
// from share it: each value is stored under the identity of its inputs. Any thread; two may compute the same value once
// each.
class SnapshotCaches {
 public:
  // The value under `name`, made by `make` when it is not there.
  template <class T>
  std::shared_ptr<const T> Get(const std::string& name, const std::function<T()>& make) {
    {
      const std::lock_guard lock(mutex_);
      const auto found = values_.find(name);
      if (found != values_.end()) return std::static_pointer_cast<const T>(found->second);
    }
    auto made = std::make_shared<const T>(make());
    const std::lock_guard lock(mutex_);
    return std::static_pointer_cast<const T>(values_.emplace(name, made).first->second);
  }
  // A copy without what depends on any of `changed` (letters as below).
  std::shared_ptr<SnapshotCaches> Without(std::string_view changed) const {
    auto copy = std::make_shared<SnapshotCaches>();
    const std::lock_guard lock(mutex_);
    for (const auto& [name, value] : values_) {
      const std::string_view letters = std::string_view(name).substr(0, name.find(':'));
      if (letters.find_first_of(changed) == std::string_view::npos) copy->values_.emplace(name, value);
    }
    return copy;
  }

 private:
  mutable std::mutex mutex_;  // guards values_
  std::map<std::string, std::shared_ptr<const void>> values_;
};

// A value's name is "<letters>:<what>"; the letters say what it depends on beside the imports:
//   m  the samples' media and withdrawal      p  the population (excluded, withdrawn)
//   t  truth labels, splits and tags          q  qualities
//   r  model runs                             u  suspects
//   g  region labels                          n  near duplicates
// An import invalidates everything.

}  // namespace burnish::store
