#pragma once

#include <exception>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "store/catalog/catalog.hpp"

namespace burnish::store {

// What a database failure means for the catalog.
struct DatabaseFailure {
  base::Error error;
  // The disk did not flush: what it holds is unknown until the database is opened anew.
  bool flush_failed = false;
  // Another server was in the way: the same work may succeed when done again.
  bool worth_retrying = false;
  // The database server is gone, or ended the session.
  bool connection_lost = false;
};

// One session with one of the two backends; where they differ, they differ here. One thread at a time.
class Connection {
 public:
  // Throws base::Error with the refusals that catalog.hpp lists.
  static std::unique_ptr<Connection> Open(const CatalogConfig& config, bool writer);
  virtual ~Connection() = default;

  virtual bool Postgres() const noexcept = 0;
  virtual void BeginWrite() = 0;
  virtual void BeginRead() = 0;
  // True while the transaction that was begun is still there: some failures of SQLite end it.
  virtual bool InTransaction() const noexcept = 0;
  bool Lost() const noexcept { return lost_; }
  // Notes a loss, so that whoever owns this opens another.
  DatabaseFailure Failed(const std::exception& failure);

  soci::session& Session() noexcept { return *session_; }
  void Run(const std::string& statement);
  void Rollback() noexcept;

 protected:
  explicit Connection(std::unique_ptr<soci::session> session);
  // What the failure that was just thrown means. Not for base::Error.
  virtual DatabaseFailure Explain(const std::exception& failure) const = 0;

 private:
  std::unique_ptr<soci::session> session_;
  bool lost_ = false;
};

// Throws kUnavailable for a version number (3051003 is 3.51.3) that can corrupt a database at a WAL reset.
void RefuseOldSqlite(int version);

std::unique_ptr<Connection> OpenSqlite(const CatalogConfig& config, bool writer);
std::unique_ptr<Connection> OpenPostgres(const CatalogConfig& config);

}  // namespace burnish::store
