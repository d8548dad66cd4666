#include <fcntl.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/failpoint.hpp"
#include "base/files.hpp"
#include "base/log.hpp"
#include "store/catalog/connection.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;

constexpr int kOldestSqlite = 3'051'003;
constexpr int kPagesBeforeCopy = 1000;  // SQLite's own default

// SQLite follows links, locks by file, and takes the rights of its side files from the database:
// the file is made and looked at before SQLite sees it.
void PrepareFile(const std::filesystem::path& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) {
    const base::FileDescriptor made(open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!made.Valid())
      throw Error(ErrorCode::kUnavailable,
                  "The catalog's file cannot be made. Check that the data folder can be written.");
    base::SyncFolder(path.parent_path().empty() ? "." : path.parent_path());
    return;
  }
  if (S_ISLNK(info.st_mode)) {
    throw Error(ErrorCode::kUnavailable,
                "The catalog's file is a link, with which two names could lead to one database and corrupt it. Put the "
                "file itself in its place.");
  }
  if (!S_ISREG(info.st_mode)) throw Error(ErrorCode::kUnavailable, "The catalog's file is not a regular file.");
  if ((info.st_mode & 077U) != 0) {
    throw Error(
        ErrorCode::kUnavailable,
        "Other users of this machine may open the catalog's file. Take their rights away (chmod 600) and start again.");
  }
}

std::string ConnectString(const std::filesystem::path& path) {
  const std::string text = path.string();
  if (text.find('"') != std::string::npos)
    throw Error(ErrorCode::kInvalidArgument, "The data folder's name may not contain a quotation mark.");
  return "db=\"" + text + "\" timeout=5";
}

bool FlushFailed(int code) { return code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC; }

// Copies the log back into the database after a commit, as SQLite does by itself, but does not hide that a flush
// failed: the next flush could succeed without what this one lost, and the log would then be overwritten. The commit
// that met it stands and is reported as failed, which its sender may repeat.
int CopyBack(void*, sqlite_api::sqlite3* database, const char* name, int pages) {
  if (pages < kPagesBeforeCopy) return SQLITE_OK;
  sqlite_api::sqlite3_wal_checkpoint_v2(database, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  const int code = sqlite_api::sqlite3_extended_errcode(database);
  return FlushFailed(code) ? code : SQLITE_OK;
}

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(std::unique_ptr<soci::session> session, bool writer) : Connection(std::move(session)) {
    sqlite_api::sqlite3_extended_result_codes(Handle(), 1);
    Run("PRAGMA foreign_keys = ON");
    Run("PRAGMA mmap_size = 0");
    if (!writer) {
      Run("PRAGMA query_only = ON");
      return;
    }
    std::string mode;
    Session().once << "PRAGMA journal_mode = WAL", soci::into(mode);
    if (mode != "wal")
      throw Error(ErrorCode::kUnavailable, "The catalog cannot use write-ahead logging here. Use a local file system.");
    Run(BURNISH_SEEDED_BUG("catalog.synchronous_normal") ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL");
    Run("PRAGMA fullfsync = ON");
    sqlite_api::sqlite3_wal_hook(Handle(), CopyBack, nullptr);
  }

  bool Postgres() const noexcept override { return false; }
  void BeginWrite() override { Run("BEGIN IMMEDIATE"); }
  void BeginRead() override { Run("BEGIN"); }
  bool InTransaction() const noexcept override { return sqlite_api::sqlite3_get_autocommit(Handle()) == 0; }

 private:
  DatabaseFailure Explain(const std::exception& failure) const override {
    spdlog::error("catalog: {}", failure.what());
    const int code = sqlite_api::sqlite3_extended_errcode(Handle());
    if (FlushFailed(code)) {
      return {Error(ErrorCode::kUnavailable,
                    "The disk failed to store the data. Nothing more is saved until Burnish has been restarted."),
              true, false};
    }
    switch (code & 0xFF) {
      case SQLITE_FULL:
        return {Error(ErrorCode::kStorageFull, "The disk is full; nothing was saved. Free some space and try again.")};
      case SQLITE_IOERR:
      case SQLITE_CANTOPEN:
      case SQLITE_READONLY:
        return {Error(ErrorCode::kUnavailable, "The disk refused to read or write; nothing was saved. Try again.")};
      case SQLITE_BUSY:
      case SQLITE_LOCKED:
        return {Error(ErrorCode::kUnavailable,
                      "Another program holds the catalog; nothing was saved. Close it and try again."),
                false, true};
      case SQLITE_NOMEM:
        return {Error(ErrorCode::kUnavailable, "There is not enough memory; nothing was saved. Try again.")};
      case SQLITE_CORRUPT:
      case SQLITE_NOTADB:
        return {Error(ErrorCode::kInternal, "The catalog is damaged. Restore it from a backup.")};
      default:
        return {Error(ErrorCode::kInternal, "The catalog could not do this. The log says why.")};
    }
  }

  sqlite_api::sqlite3* Handle() const {
    return static_cast<soci::sqlite3_session_backend*>(const_cast<SqliteConnection*>(this)->Session().get_backend())
        ->conn_;
  }
};

}  // namespace

void RefuseOldSqlite(int version) {
  if (version >= kOldestSqlite) return;
  throw Error(ErrorCode::kUnavailable,
              "This SQLite is older than 3.51.3 and can corrupt a database. Build Burnish with the one that ./dev "
              "setup brings.");
}

std::unique_ptr<Connection> OpenSqlite(const CatalogConfig& config, bool writer) {
  RefuseOldSqlite(sqlite_api::sqlite3_libversion_number());
  PrepareFile(config.sqlite);
  try {
    return std::make_unique<SqliteConnection>(
        std::make_unique<soci::session>(soci::sqlite3, ConnectString(config.sqlite)), writer);
  } catch (const soci::soci_error& failure) {
    spdlog::error("catalog: {}", failure.what());
    throw Error(ErrorCode::kUnavailable,
                "The catalog cannot be opened: it is not a Burnish database, it is damaged, or the disk refuses.");
  }
}

}  // namespace burnish::store
