#include "store/catalog/migrate.hpp"

#include <gtest/gtest.h>
#include <soci/soci.h>

#include "base/error.hpp"
#include "store/catalog/projects.hpp"
#include "store/catalog/test_store.hpp"

namespace burnish::store {
namespace {

using testing::Backend;
using testing::TestStore;

std::vector<Migration> WithOneMore(const std::string& statement) {
  auto migrations = Migrations();
  migrations.push_back({migrations.back().number + 1, "a later one", {statement}});
  return migrations;
}

void MigrateFurther(TestStore& store, const std::string& statement) {
  const auto connection = Connection::Open(store.config, true);
  Migrate(*connection, store.config, WithOneMore(statement), store.clock, store.random);
}

std::filesystem::path CopyOf(const TestStore& store) {
  return CopyBeforeMigration(store.config.sqlite, Migrations().back().number + 1);
}

TEST(MigrateTest, TheCatalogIsCopiedBeforeItChanges) {
  TestStore store(Backend::kSqlite);
  store.log.reset();
  store.catalog.reset();
  MigrateFurther(store, "CREATE TABLE later (id TEXT NOT NULL PRIMARY KEY)");

  EXPECT_THROW(store.Reopen(), base::Error) << "this program opened a catalog of a newer one";
  std::filesystem::rename(CopyOf(store), store.config.sqlite);
  store.Reopen();
  EXPECT_EQ(store.log->Head(store.project), 1);
}

TEST(MigrateTest, NothingIsMigratedWithoutTheCopy) {
  TestStore store(Backend::kSqlite);
  store.log.reset();
  store.catalog.reset();
  std::filesystem::create_directories(CopyOf(store) / "in the way");
  EXPECT_THROW(MigrateFurther(store, "CREATE TABLE later (id TEXT NOT NULL PRIMARY KEY)"), base::Error);

  store.Reopen();
  EXPECT_EQ(store.log->Head(store.project), 1);
}

TEST(MigrateTest, AFreshCatalogNeedsNoCopy) {
  TestStore store(Backend::kSqlite);
  for (const auto& entry : std::filesystem::directory_iterator(store.config.sqlite.parent_path()))
    EXPECT_EQ(entry.path().string().find(".before-"), std::string::npos) << entry.path();
}

}  // namespace
}  // namespace burnish::store
