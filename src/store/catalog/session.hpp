#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/random.hpp"

// SOCI stays below store/: users of the catalog pass these handles on and never look inside.
namespace soci {
class session;
}

namespace burnish::store {

// One consistent view of the catalog, lent to the function given to Catalog::Read or Write for the
// length of that call. What reads takes a Reader; what also writes takes a Writer.
class Reader {
 public:
  Reader(soci::session& session, bool postgres, const base::Clock& clock) noexcept
      : session_(session), postgres_(postgres), clock_(clock) {}
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  soci::session& Session() const noexcept { return session_; }
  bool Postgres() const noexcept { return postgres_; }
  base::Micros Now() const { return clock_.Now(); }

 private:
  soci::session& session_;
  bool postgres_;
  const base::Clock& clock_;
};

// A Reader inside the writer's transaction, behind a savepoint of its own.
class Writer : public Reader {
 public:
  Writer(soci::session& session, bool postgres, const base::Clock& clock, base::Random& random) noexcept
      : Reader(session, postgres, clock), random_(random) {}

  base::Random& Random() const noexcept { return random_; }
  template <class SomeId>
  SomeId NewId() const {
    return SomeId(base::NewIdText(random_));
  }

 private:
  base::Random& random_;
};

}  // namespace burnish::store
