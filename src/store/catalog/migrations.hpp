#pragma once

#include <string>
#include <vector>

namespace burnish::store {

// One step of the schema, the same for SQLite and PostgreSQL: BIGINT and TEXT columns only.
struct Migration {
  int number = 0;
  std::string name;
  std::vector<std::string> statements;
};

// In order. Those that have shipped never change; the schema changes by one more at the end.
const std::vector<Migration>& Migrations();

}  // namespace burnish::store
