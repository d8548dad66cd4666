#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "store/catalog/session.hpp"

namespace burnish::store {

struct CatalogConfig {
  // Exactly one of the two. The SQLite file is made, with its tables, when absent.
  std::filesystem::path sqlite;
  std::string postgres;  // libpq connection string: "host=... dbname=..."
  std::size_t readers = 4;
};

// The connection broke while COMMIT was under way (PostgreSQL): whether the write happened is not
// known here. What carries an operation id asks again with it.
class UnknownOutcome : public base::Error {
 public:
  UnknownOutcome()
      : base::Error(base::ErrorCode::kUnavailable,
                    "The database went away while saving; it is not known whether this was saved. Try again.") {}
};

// The small truth: people, projects, ontology, the change log, versions, jobs, audit. One SQL
// database, SQLite embedded or PostgreSQL, with one schema (migrations.hpp).
//
// Any thread may call. There is one writer: calls of Write that arrive together share one
// transaction and one fsync (group commit), each behind a savepoint of its own, so that one that
// throws takes back only itself. Readers never wait for the writer.
//
// Refusals at Open, each one sentence with a way out (kUnavailable): SQLite older than 3.51.3, a
// database file that is a link or readable by others, a schema newer than this program,
// PostgreSQL with fsync or full_page_writes off.
class Catalog {
 public:
  // Applies the migrations that are missing. `clock` and `random` outlive the catalog.
  static std::unique_ptr<Catalog> Open(const CatalogConfig& config, const base::Clock& clock, base::Random& random);
  virtual ~Catalog() = default;

  // Runs fn(Writer&) in the next group commit and returns its result once that is on stable
  // storage. What fn throws is rethrown here and leaves nothing behind. When the commit itself
  // fails nobody is told that it worked: kStorageFull or kUnavailable for each waiting call; the
  // next Write tries again, unless the disk failed to flush: then each Write is refused until the
  // catalog has been opened anew (what a failed flush left behind cannot be known).
  // fn may run more than once (deadlocks on PostgreSQL), must not call Write, and should be short.
  template <class Function>
  auto Write(Function&& fn) -> std::invoke_result_t<Function&, Writer&> {
    using Result = std::invoke_result_t<Function&, Writer&>;
    if constexpr (std::is_void_v<Result>) {
      Submit([&fn](Writer& writer) { fn(writer); });
    } else {
      std::optional<Result> result;
      Submit([&fn, &result](Writer& writer) { result.emplace(fn(writer)); });
      return std::move(*result);
    }
  }

  // Counts the group commits of this process. What was read when it was `n` is still so while it is, unless another
  // process writes; take it before reading.
  std::uint64_t Generation() const noexcept { return generation_.load(); }

  // Runs fn(Reader&) on one consistent view, at once, on the calling thread.
  template <class Function>
  auto Read(Function&& fn) -> std::invoke_result_t<Function&, Reader&> {
    using Result = std::invoke_result_t<Function&, Reader&>;
    if constexpr (std::is_void_v<Result>) {
      Look([&fn](Reader& reader) { fn(reader); });
    } else {
      std::optional<Result> result;
      Look([&fn, &result](Reader& reader) { result.emplace(fn(reader)); });
      return std::move(*result);
    }
  }

 protected:
  virtual void Submit(const std::function<void(Writer&)>& fn) = 0;
  virtual void Look(const std::function<void(Reader&)>& fn) = 0;

  std::atomic<std::uint64_t> generation_{0};
};

}  // namespace burnish::store
