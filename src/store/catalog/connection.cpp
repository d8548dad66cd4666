#include "store/catalog/connection.hpp"

#include <soci/soci.h>

#include "base/log.hpp"

namespace burnish::store {

Connection::Connection(std::unique_ptr<soci::session> session) : session_(std::move(session)) {}

std::unique_ptr<Connection> Connection::Open(const CatalogConfig& config, bool writer) {
  return config.postgres.empty() ? OpenSqlite(config, writer) : OpenPostgres(config);
}

void Connection::Run(const std::string& statement) { session_->once << statement; }

void Connection::Rollback() noexcept {
  if (!InTransaction()) return;
  try {
    Run("ROLLBACK");
  } catch (const std::exception& failure) {
    // The connection is beyond use then; Alive() or the next BEGIN says so.
    spdlog::warn("catalog: rollback failed: {}", failure.what());
  }
}

}  // namespace burnish::store
