#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "store/catalog/session.hpp"

namespace burnish::store {

// What a person set up for themselves, as JSON by key ("explore.panes"). Last write wins; no history.
std::optional<std::string> LoadPreference(Reader& reader, const base::PersonId& person, std::string_view key);
// Keys are 1 to 100 of a-z, 0-9, '.', '-', '_'; values at most 64 KiB of JSON (kInvalidArgument, kTooLarge).
void SavePreference(Writer& writer, const base::PersonId& person, std::string_view key, std::string_view json);

}  // namespace burnish::store
