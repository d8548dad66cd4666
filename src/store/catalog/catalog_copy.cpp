#include "store/catalog/catalog_copy.hpp"

#include <fcntl.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "base/files.hpp"
#include "base/log.hpp"
#include "store/catalog/connection.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;
using sqlite_api::sqlite3;
using sqlite_api::sqlite3_backup;

constexpr int kBusyMilliseconds = 30'000;

[[noreturn]] void ThrowFailure(int code, const char* doing, const char* why) {
  spdlog::error("catalog copy: {}: {}", doing, why);
  switch (code & 0xFF) {
    case SQLITE_FULL:
      throw Error(ErrorCode::kStorageFull, "The disk is full. Free some space and try again.");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw Error(ErrorCode::kInternal, "The catalog is damaged. Restore it from a backup.");
    case SQLITE_CANTOPEN:
      throw Error(ErrorCode::kUnavailable,
                  "The catalog cannot be opened. Check the owner and the rights of its folder.");
    default:
      throw Error(ErrorCode::kUnavailable, std::string("The catalog cannot be copied (") + why + ").");
  }
}

// A database of SQLite's, closed once.
class Database {
 public:
  Database(const std::filesystem::path& file, int flags) {
    const int code = sqlite_api::sqlite3_open_v2(file.c_str(), &handle_, flags, nullptr);
    if (code != SQLITE_OK) {
      const std::string why = sqlite_api::sqlite3_errmsg(handle_);
      sqlite_api::sqlite3_close_v2(handle_);
      ThrowFailure(code, "open", why.c_str());
    }
    sqlite_api::sqlite3_busy_timeout(handle_, kBusyMilliseconds);
  }
  ~Database() { sqlite_api::sqlite3_close_v2(handle_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  sqlite3* Handle() const noexcept { return handle_; }

  void Run(const char* statement) {
    const int code = sqlite_api::sqlite3_exec(handle_, statement, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) ThrowFailure(code, statement, sqlite_api::sqlite3_errmsg(handle_));
  }

  // The first column of the first row; empty when there is no row.
  std::string Ask(const char* question) {
    sqlite_api::sqlite3_stmt* statement = nullptr;
    int code = sqlite_api::sqlite3_prepare_v2(handle_, question, -1, &statement, nullptr);
    const std::unique_ptr<sqlite_api::sqlite3_stmt, int (*)(sqlite_api::sqlite3_stmt*)> owned(
        statement, sqlite_api::sqlite3_finalize);
    if (code == SQLITE_OK) code = sqlite_api::sqlite3_step(statement);
    if (code == SQLITE_DONE) return {};
    if (code != SQLITE_ROW) ThrowFailure(code, question, sqlite_api::sqlite3_errmsg(handle_));
    const auto* text = sqlite_api::sqlite3_column_text(statement, 0);
    return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text));
  }

 private:
  sqlite3* handle_ = nullptr;
};

// In one step: the source's pages as of one read transaction, whatever is written meanwhile.
void CopyPages(const Database& from, const Database& to) {
  sqlite3_backup* backup = sqlite_api::sqlite3_backup_init(to.Handle(), "main", from.Handle(), "main");
  if (backup == nullptr) {
    ThrowFailure(sqlite_api::sqlite3_errcode(to.Handle()), "begin", sqlite_api::sqlite3_errmsg(to.Handle()));
  }
  const int stepped = sqlite_api::sqlite3_backup_step(backup, -1);
  sqlite_api::sqlite3_backup_finish(backup);
  if (stepped != SQLITE_DONE) ThrowFailure(stepped, "copy", sqlite_api::sqlite3_errstr(stepped));
}

void CheckCopy(Database& copy) {
  const std::string found = copy.Ask("PRAGMA integrity_check(1)");
  if (found != "ok") ThrowFailure(SQLITE_CORRUPT, "check", found.c_str());
  const std::string orphan = copy.Ask("PRAGMA foreign_key_check");
  if (!orphan.empty()) ThrowFailure(SQLITE_CORRUPT, "check", ("a row of " + orphan + " has lost its parent").c_str());
}

void RefuseStranger(Database& copy) {
  if (!copy.Ask("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'changes'").empty()) return;
  throw Error(ErrorCode::kNotFound, "This is not the catalog of a Burnish.");
}

void SyncFile(const std::filesystem::path& path) {
  const base::FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.Valid() || fsync(file.Get()) != 0)
    throw Error(ErrorCode::kUnavailable, "The disk failed to store the copy of the catalog.");
  base::SyncFolder(path.parent_path());
}

}  // namespace

void CopyCatalog(const std::filesystem::path& from, const std::filesystem::path& to, Logins logins) {
  RefuseOldSqlite(sqlite_api::sqlite3_libversion_number());
  const base::FileDescriptor made(open(to.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!made.Valid()) throw Error(ErrorCode::kUnavailable, "The copy of the catalog cannot be made in its folder.");
  try {
    // For writing, since a reader of a catalog that no server holds may have to take up what is left in its log.
    const Database source(from, SQLITE_OPEN_READWRITE);
    Database copy(to, SQLITE_OPEN_READWRITE);
    copy.Run("PRAGMA synchronous = OFF");  // fsynced as a whole below
    CopyPages(source, copy);
    BURNISH_FAILPOINT("backup.catalog_copied");
    RefuseStranger(copy);
    copy.Run("PRAGMA journal_mode = DELETE");  // one file, that can be read where nothing may be written
    if (logins == Logins::kForget) {
      copy.Run("PRAGMA secure_delete = ON");
      copy.Run("DELETE FROM sessions");
      copy.Run("DELETE FROM login_tokens");
    }
    CheckCopy(copy);
  } catch (...) {
    unlink(to.c_str());
    throw;
  }
  SyncFile(to);
}

}  // namespace burnish::store
