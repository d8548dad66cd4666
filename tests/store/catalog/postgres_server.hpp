#pragma once

#include <filesystem>
#include <string>

namespace burnish::store::testing {

// A PostgreSQL server of this test program alone, on a socket in a temporary folder; started by the
// first test that wants it, stopped with the program. As root it runs as the user "postgres".
class PostgresServer {
 public:
  // Nothing started when PostgreSQL is not installed: then WhyAbsent says so.
  static PostgresServer& Instance();
  ~PostgresServer();

  bool Running() const noexcept { return process_ > 0; }
  const std::string& WhyAbsent() const noexcept { return why_absent_; }
  // libpq's connection string to a new, empty schema.
  std::string NewSchema();
  // Kills the server without warning and starts it again.
  void CrashAndRestart();

 private:
  PostgresServer();
  void Start();
  std::string Address() const;

  std::filesystem::path folder_;
  std::string why_absent_;
  int process_ = 0;
  int schemas_ = 0;
};

}  // namespace burnish::store::testing
