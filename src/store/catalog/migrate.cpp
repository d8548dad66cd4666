#include "store/catalog/migrate.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <system_error>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "base/files.hpp"
#include "base/log.hpp"
#include "store/catalog/catalog_copy.hpp"
#include "store/catalog/sql.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;

std::int64_t PresentMigration(Writer& writer) {
  const auto newest = sql::SelectOne<std::optional<std::int64_t>>(writer, "SELECT MAX(number) FROM migrations", {});
  return newest ? std::get<0>(*newest).value_or(0) : 0;
}

// Under another name until it is whole: a copy of that name can be trusted.
void KeepCopy(const std::filesystem::path& catalog, int number) {
  const auto copy = CopyBeforeMigration(catalog, number);
  const std::filesystem::path partial = copy.string() + ".partial";
  std::error_code failed;
  std::filesystem::remove(partial, failed);
  CopyCatalog(catalog, partial, Logins::kKeep);
  std::filesystem::rename(partial, copy, failed);
  if (failed) {
    std::filesystem::remove(partial, failed);
    throw Error(ErrorCode::kUnavailable,
                "The catalog must be brought to a new form, and the copy that is kept of it first could not be made. "
                "Check the space and the rights of the data folder, and start again.");
  }
  base::SyncFolder(copy.parent_path());
  spdlog::info("catalog: a copy of the catalog as it was is kept as {}", copy.filename().string());
}

}  // namespace

std::filesystem::path CopyBeforeMigration(const std::filesystem::path& catalog, int number) {
  return catalog.string() + ".before-" + std::to_string(number);
}

void Migrate(Connection& connection, const CatalogConfig& config, const std::vector<Migration>& migrations,
             const base::Clock& clock, base::Random& random) {
  Writer writer(connection.Session(), connection.Postgres(), clock, random);
  connection.BeginWrite();
  // Two servers that start together take turns.
  if (connection.Postgres()) connection.Run("SELECT pg_advisory_xact_lock(7310)");
  connection.Run(
      "CREATE TABLE IF NOT EXISTS migrations (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied BIGINT "
      "NOT NULL)");
  const std::int64_t present = PresentMigration(writer);
  if (present > migrations.back().number) {
    throw Error(ErrorCode::kUnavailable,
                "The catalog was written by a newer Burnish. Start that one, or restore a backup made before it.");
  }
  const auto next = std::find_if(migrations.begin(), migrations.end(),
                                 [&](const Migration& migration) { return migration.number > present; });
  // The transaction has written nothing that a copy could miss: it reads what was committed before.
  if (present > 0 && next != migrations.end() && !connection.Postgres()) KeepCopy(config.sqlite, next->number);
  for (auto migration = next; migration != migrations.end(); ++migration) {
    for (const std::string& statement : migration->statements) connection.Run(statement);
    BURNISH_FAILPOINT("catalog.migration");
    sql::Execute(writer, "INSERT INTO migrations (number, name, applied) VALUES (:a, :b, :c)",
                 {migration->number, migration->name, clock.Now()});
  }
  connection.Run("COMMIT");
}

}  // namespace burnish::store
