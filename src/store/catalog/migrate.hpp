#pragma once

#include <filesystem>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "store/catalog/catalog.hpp"
#include "store/catalog/connection.hpp"
#include "store/catalog/migrations.hpp"

namespace burnish::store {

// Brings a catalog to the last of `migrations`, in one transaction. A SQLite catalog that has rows is copied first, to
// CopyBeforeMigration; without that copy nothing is migrated. Throws kUnavailable for a catalog of a newer Burnish.
void Migrate(Connection& connection, const CatalogConfig& config, const std::vector<Migration>& migrations,
             const base::Clock& clock, base::Random& random);

// Where the catalog stays as it was before migration `number`: "catalog.sqlite.before-2" beside it. Put back in its
// place it serves the Burnish that wrote it; the blobs that it names are kept.
std::filesystem::path CopyBeforeMigration(const std::filesystem::path& catalog, int number);

}  // namespace burnish::store
