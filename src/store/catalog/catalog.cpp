#include "store/catalog/catalog.hpp"

#include <soci/soci.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "base/failpoint.hpp"
#include "base/log.hpp"
#include "store/catalog/connection.hpp"
#include "store/catalog/migrate.hpp"
#include "store/catalog/migrations.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kLargestGroup = 128;
constexpr int kMostTries = 4;
constexpr std::chrono::milliseconds kSeededPause{20};  // of a seeded bug, so that a kill meets it

// One call of Write that waits for the writer thread. Lives on the caller's stack.
struct Operation {
  const std::function<void(Writer&)>* fn = nullptr;
  std::exception_ptr error;
  int tries = 0;
  bool done = false;
  std::condition_variable finished;
};

class SqlCatalog final : public Catalog {
 public:
  SqlCatalog(const CatalogConfig& config, const base::Clock& clock, base::Random& random)
      : config_(config), clock_(clock), random_(random), connection_(Connection::Open(config, true)) {
    try {
      Migrate(*connection_, config_, Migrations(), clock_, random_);
    } catch (const Error&) {
      connection_->Rollback();
      throw;
    } catch (const std::exception& failure) {
      const DatabaseFailure explained = connection_->Failed(failure);
      connection_->Rollback();
      throw explained.error;
    }
    idle_readers_.reserve(std::max<std::size_t>(config_.readers, 1));
    writer_ = std::thread([this] { WriteForEver(); });
  }

  ~SqlCatalog() override {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
    }
    arrived_.notify_all();
    writer_.join();
  }

 private:
  void Submit(const std::function<void(Writer&)>& fn) override {
    if (std::this_thread::get_id() == writer_.get_id())
      throw Error(ErrorCode::kInternal, "A write was asked for inside a write.");
    Operation operation;
    operation.fn = &fn;
    std::unique_lock lock(mutex_);
    if (stopping_) throw Error(ErrorCode::kUnavailable, "Burnish is shutting down; nothing was saved.");
    waiting_.push_back(&operation);
    arrived_.notify_one();
    operation.finished.wait(lock, [&] { return operation.done; });
    if (operation.error) std::rethrow_exception(operation.error);
  }

  void Look(const std::function<void(Reader&)>& fn) override {
    std::unique_ptr<Connection> connection = TakeReader();
    try {
      Begin(connection, false);
      Reader reader(connection->Session(), connection->Postgres(), clock_);
      fn(reader);
      connection->Run("COMMIT");
      GiveReaderBack(std::move(connection));
    } catch (const Error&) {
      connection->Rollback();
      GiveReaderBack(std::move(connection));
      throw;
    } catch (const soci::soci_error& failure) {
      const DatabaseFailure explained = connection->Failed(failure);
      GiveReaderBack(nullptr);  // a new connection next time
      throw explained.error;
    } catch (...) {
      GiveReaderBack(nullptr);
      throw;
    }
  }

  // A connection may have been lost since its last use; nothing has been done on it yet, so another
  // one serves as well.
  void Begin(std::unique_ptr<Connection>& connection, bool write) {
    const auto begin = [&] { write ? connection->BeginWrite() : connection->BeginRead(); };
    if (connection->Lost()) connection = Connection::Open(config_, write);
    try {
      begin();
    } catch (const soci::soci_error& failure) {
      if (!connection->Failed(failure).connection_lost) throw;
      connection = Connection::Open(config_, write);
      begin();
    }
  }

  std::unique_ptr<Connection> TakeReader() {
    std::unique_lock lock(readers_mutex_);
    reader_returned_.wait(
        lock, [&] { return !idle_readers_.empty() || lent_readers_ < std::max<std::size_t>(config_.readers, 1); });
    ++lent_readers_;
    if (!idle_readers_.empty()) {
      auto connection = std::move(idle_readers_.back());
      idle_readers_.pop_back();
      return connection;
    }
    lock.unlock();
    try {
      return Connection::Open(config_, false);
    } catch (...) {
      GiveReaderBack(nullptr);
      throw;
    }
  }

  void GiveReaderBack(std::unique_ptr<Connection> connection) {
    const std::scoped_lock lock(readers_mutex_);
    --lent_readers_;
    if (connection && !connection->Lost() && !connection->InTransaction())
      idle_readers_.push_back(std::move(connection));
    reader_returned_.notify_one();
  }

  void WriteForEver() {
    std::vector<Operation*> group;
    group.reserve(kLargestGroup);  // now: later there may be no memory, and nobody to tell
    while (true) {
      group.clear();
      {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        while (!waiting_.empty() && group.size() < kLargestGroup) {
          group.push_back(waiting_.front());
          waiting_.pop_front();
        }
      }
      WriteGroup(group);
    }
  }

  // Answers each operation of the group, or puts it back in the queue to be tried again.
  void WriteGroup(std::vector<Operation*>& group) {
    std::vector<Operation*> again;
    bool committing = false;
    try {
      again.reserve(group.size());
      if (flush_failed_)
        throw Error(ErrorCode::kUnavailable,
                    "The disk failed to store the data. Nothing more is saved until Burnish has been restarted.");
      BURNISH_FAILPOINT("catalog.begin");
      Begin(connection_, true);
      for (Operation* operation : group) {
        if (RunOne(*operation)) again.push_back(operation);
      }
      BURNISH_FAILPOINT("catalog.commit.before");
      if (BURNISH_SEEDED_BUG("catalog.acknowledge_early")) {
        Answer(group, again);
        std::this_thread::sleep_for(kSeededPause);
        connection_->Run("COMMIT");
        return;
      }
      committing = true;
      connection_->Run("COMMIT");
      BURNISH_FAILPOINT("catalog.commit.after");
    } catch (const Error&) {
      FailAll(group, std::current_exception());
      again.clear();
    } catch (const std::exception& failure) {
      FailAll(group, Explained(failure, committing));
      again.clear();
    }
    Answer(group, again);
  }

  // What those who wait are told when the whole transaction failed.
  std::exception_ptr Explained(const std::exception& failure, bool committing) noexcept {
    try {
      const DatabaseFailure explained = connection_->Failed(failure);
      flush_failed_ = flush_failed_ || (explained.flush_failed && !BURNISH_SEEDED_BUG("catalog.trust_failed_flush"));
      const bool unknown = committing && explained.connection_lost;
      return unknown ? std::make_exception_ptr(UnknownOutcome()) : std::make_exception_ptr(explained.error);
    } catch (const std::exception&) {
      // Without memory for it nobody can say that the flush went well.
      flush_failed_ = flush_failed_ || committing;
      return std::current_exception();
    }
  }

  // True when the operation should be tried again in the next group. Throws when the whole transaction is lost.
  bool RunOne(Operation& operation) {
    operation.error = nullptr;
    ++operation.tries;
    connection_->Run("SAVEPOINT operation");
    Writer writer(connection_->Session(), connection_->Postgres(), clock_, random_);
    try {
      (*operation.fn)(writer);
      BURNISH_FAILPOINT("catalog.savepoint.release");
      connection_->Run("RELEASE SAVEPOINT operation");
      return false;
    } catch (const soci::soci_error& failure) {
      const DatabaseFailure explained = connection_->Failed(failure);
      flush_failed_ = flush_failed_ || explained.flush_failed;
      if (connection_->Lost() || !connection_->InTransaction()) throw explained.error;
      operation.error = std::make_exception_ptr(explained.error);
      TakeBack();
      return explained.worth_retrying && operation.tries < kMostTries;
    } catch (...) {
      operation.error = std::current_exception();
      TakeBack();
      return false;
    }
  }

  void TakeBack() {
    connection_->Run("ROLLBACK TO SAVEPOINT operation");
    connection_->Run("RELEASE SAVEPOINT operation");
  }

  // The transaction is gone: those that had their own failure keep it, all others share this one.
  void FailAll(const std::vector<Operation*>& group, const std::exception_ptr& error) {
    connection_->Rollback();
    for (Operation* operation : group) {
      if (!operation->error) operation->error = error;
    }
  }

  void Answer(const std::vector<Operation*>& group, const std::vector<Operation*>& again) {
    ++generation_;  // before anybody is told
    Hesitate();
    const std::scoped_lock lock(mutex_);
    for (Operation* operation : group) {
      if (std::find(again.begin(), again.end(), operation) != again.end() && PutBack(*operation)) continue;
      operation->done = true;
      operation->finished.notify_one();
    }
  }

  // False when there is no memory for it: then its own failure is what it gets.
  bool PutBack(Operation& operation) noexcept {
    try {
      waiting_.push_back(&operation);
      return true;
    } catch (const std::bad_alloc&) {
      return false;
    }
  }

  // What is on stable storage is answered, whatever a test tells this place to throw.
  static void Hesitate() {
    try {
      BURNISH_FAILPOINT("catalog.acknowledge.before");
    } catch (const Error& told) {
      spdlog::warn("catalog: {}", told.what());
    }
  }

  CatalogConfig config_;
  const base::Clock& clock_;
  base::Random& random_;

  std::unique_ptr<Connection> connection_;  // the writer thread's
  bool flush_failed_ = false;               // the writer thread's

  std::mutex mutex_;  // guards waiting_, stopping_ and the fields of waiting operations
  std::condition_variable arrived_;
  std::deque<Operation*> waiting_;
  bool stopping_ = false;

  std::mutex readers_mutex_;  // guards what follows
  std::condition_variable reader_returned_;
  std::vector<std::unique_ptr<Connection>> idle_readers_;
  std::size_t lent_readers_ = 0;

  std::thread writer_;
};

}  // namespace

std::unique_ptr<Catalog> Catalog::Open(const CatalogConfig& config, const base::Clock& clock, base::Random& random) {
  if (config.sqlite.empty() == config.postgres.empty()) {
    throw Error(ErrorCode::kInvalidArgument, "Name either a SQLite file or a PostgreSQL database for the catalog.");
  }
  return std::make_unique<SqlCatalog>(config, clock, random);
}

}  // namespace burnish::store
