#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include "base/log.hpp"
#include "store/catalog/connection.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;

class PostgresConnection final : public Connection {
 public:
  explicit PostgresConnection(std::unique_ptr<soci::session> session) : Connection(std::move(session)) {
    PQsetNoticeProcessor(
        Handle(), [](void*, const char*) {}, nullptr);
    Run("SET synchronous_commit = on");
    Run("SET lock_timeout = '30s'");
    RefuseIfOff("fsync");
    RefuseIfOff("full_page_writes");
  }

  bool Postgres() const noexcept override { return true; }
  void BeginWrite() override { Run("BEGIN ISOLATION LEVEL READ COMMITTED"); }
  void BeginRead() override { Run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); }
  bool InTransaction() const noexcept override {
    const auto status = PQtransactionStatus(Handle());
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
  }

 private:
  DatabaseFailure Explain(const std::exception& failure) const override {
    spdlog::error("catalog: {}", failure.what());
    const auto* known = dynamic_cast<const soci::postgresql_soci_error*>(&failure);
    const std::string state = known == nullptr ? std::string() : known->sqlstate();
    // libpq notices a lost connection a little later than the failure that it makes.
    const bool gone = PQstatus(Handle()) != CONNECTION_OK ||
                      (known != nullptr && state.find_first_not_of(std::string(" \0", 2)) == std::string::npos) ||
                      state.substr(0, 2) == "08" || state.substr(0, 3) == "57P";
    if (gone) {
      return {
          Error(ErrorCode::kUnavailable, "The database cannot be reached; nothing was saved. Try again in a moment."),
          false, false, true};
    }
    if (state == "40001" || state == "40P01" || state == "55P03") {
      return {
          Error(ErrorCode::kUnavailable, "Another server is busy with the same things; nothing was saved. Try again."),
          false, true};
    }
    if (state == "53100")
      return {Error(ErrorCode::kStorageFull,
                    "The database's disk is full; nothing was saved. Free some space and try again.")};
    if (state.substr(0, 2) == "53" || state.substr(0, 2) == "57") {
      return {Error(ErrorCode::kUnavailable,
                    "The database has no room for more work; nothing was saved. Try again in a moment.")};
    }
    return {Error(ErrorCode::kInternal, "The catalog could not do this. The log says why.")};
  }

  PGconn* Handle() const {
    return static_cast<soci::postgresql_session_backend*>(
               const_cast<PostgresConnection*>(this)->Session().get_backend())
        ->conn_;
  }

  void RefuseIfOff(const std::string& setting) {
    std::string value;
    Session().once << "SHOW " + setting, soci::into(value);
    if (value == "on") return;
    throw Error(ErrorCode::kUnavailable,
                "PostgreSQL runs with " + setting + " off and can lose what it confirmed. Turn it on and start again.");
  }
};

}  // namespace

std::unique_ptr<Connection> OpenPostgres(const CatalogConfig& config) {
  try {
    return std::make_unique<PostgresConnection>(std::make_unique<soci::session>(soci::postgresql, config.postgres));
  } catch (const soci::soci_error& failure) {
    // libpq's words can hold the user's name and host; they are for the log only.
    spdlog::error("catalog: {}", failure.what());
    throw Error(ErrorCode::kUnavailable,
                "The PostgreSQL database cannot be reached. Check its address and that it runs.");
  }
}

}  // namespace burnish::store
