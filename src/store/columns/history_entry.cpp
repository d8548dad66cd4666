#include "store/columns/history_entry.hpp"

#include <algorithm>

namespace burnish::store {

HistoryEntry EntryOf(const model::Change& change, model::Aspect aspect, std::uint32_t before, std::uint32_t after) {
  return {change.sequence, change.author, change.at, change.kind, change.summary, change.reason, aspect, before, after};
}

std::vector<HistoryEntry> EntriesOf(const model::Change& change, model::Ordinal ordinal) {
  std::vector<HistoryEntry> entries;
  for (const model::AspectDelta& delta : change.delta.aspects) {
    const auto place = std::lower_bound(delta.ordinals.begin(), delta.ordinals.end(), ordinal);
    if (place == delta.ordinals.end() || *place != ordinal) continue;
    const auto i = static_cast<std::size_t>(place - delta.ordinals.begin());
    entries.push_back(EntryOf(change, delta.aspect, delta.before[i], delta.after[i]));
  }
  return entries;
}

}  // namespace burnish::store
