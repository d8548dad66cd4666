#include "store/catalog/connection.hpp"

#include <soci/soci.h>

#include "base/log.hpp"

namespace burnish::store {

Connection::Connection(std::unique_ptr<soci::session> session) : session_(std::move(session)) {}

std::unique_ptr<Connection> Connection::Open(const CatalogConfig& config, bool writer) {
  return config.postgres.empty() ? OpenSqlite(config, writer) : OpenPostgres(config);
}

void Connection::Run(const std::string& statement) { session_->once << statement; }

DatabaseFailure Connection::Failed(const std::exception& failure) {
  DatabaseFailure explained = Explain(failure);
  lost_ = lost_ || explained.connection_lost;
  return explained;
}

void Connection::Rollback() noexcept {
  if (lost_ || !InTransaction()) return;
  try {
    Run("ROLLBACK");
  } catch (const std::exception& failure) {
    lost_ = true;
    spdlog::warn("catalog: rollback failed: {}", failure.what());
  }
}

}  // namespace burnish::store
