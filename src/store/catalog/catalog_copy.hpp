#pragma once

#include <cstdint>
#include <filesystem>

namespace burnish::store {

// Whether a copy of the catalog lets those in who are logged in now.
enum class Logins : std::uint8_t { kKeep, kForget };

// Copies a SQLite catalog as it is at one moment, by SQLite's own backup, also while a server writes to it: everything
// that was committed before the call is in the copy, and nothing by half. The copy is one file (mode 0600) that has
// passed SQLite's checks and is on stable storage. `to` must not exist; after a failure it does not.
//
// Throws kNotFound when `from` is no catalog, kInternal when it is damaged, kStorageFull, kUnavailable.
void CopyCatalog(const std::filesystem::path& from, const std::filesystem::path& to, Logins logins);

}  // namespace burnish::store
