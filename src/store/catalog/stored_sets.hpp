#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/catalog/session.hpp"

namespace burnish::store {

// A selection made by hand, too large for a page's address: its ordinals are a blob.
struct StoredSet {
  base::StoredSetId id;
  base::PersonId author;
  std::string blob;
  std::uint32_t count = 0;
  base::Micros created = 0;
};

StoredSet CreateStoredSet(Writer& writer, const base::ProjectId& project, const base::PersonId& author,
                          const std::string& blob, std::uint32_t count);
std::optional<StoredSet> FindStoredSet(Reader& reader, const base::ProjectId& project, const base::StoredSetId& set);

}  // namespace burnish::store
