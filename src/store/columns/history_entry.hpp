#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "model/change.hpp"

namespace burnish::store {

struct HistoryEntry {
  model::SequenceNumber sequence = 0;
  base::PersonId author;
  base::Micros at = 0;
  model::ChangeKind kind = model::ChangeKind::kEdit;
  std::string summary;
  std::string reason;
  model::Aspect aspect;
  std::uint32_t before = 0;
  std::uint32_t after = 0;
};

HistoryEntry EntryOf(const model::Change& change, model::Aspect aspect, std::uint32_t before, std::uint32_t after);
// What a change did to one sample: an entry for each aspect that it touched.
std::vector<HistoryEntry> EntriesOf(const model::Change& change, model::Ordinal ordinal);

}  // namespace burnish::store
