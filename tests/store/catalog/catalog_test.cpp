#include "store/catalog/catalog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <latch>
#include <thread>

#include "base/failpoint.hpp"
#include "store/catalog/audit.hpp"
#include "store/catalog/connection.hpp"
#include "store/catalog/data_folder.hpp"
#include "store/catalog/postgres_server.hpp"
#include "store/catalog/preferences.hpp"
#include "store/catalog/sql.hpp"
#include "store/catalog/test_store.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;
using testing::Backend;
using testing::TestStore;

class CatalogTest : public testing::BackendTest {};

ErrorCode CodeOf(const std::function<void()>& fn) {
  try {
    fn();
  } catch (const Error& error) {
    return error.Code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::kInternal;
}

TEST_P(CatalogTest, WhatThrowsLeavesNothingBehindAndOthersOfItsGroupStay) {
  TestStore store(GetParam());
  std::latch together(8);
  std::atomic<int> refused = 0;
  std::vector<std::jthread> people;
  for (int i = 0; i < 8; ++i) {
    people.emplace_back([&, i] {
      together.arrive_and_wait();
      try {
        store.catalog->Write([&](Writer& writer) {
          SavePreference(writer, store.ada, "key-" + std::to_string(i), "1");
          if (i % 2 == 1) throw Error(ErrorCode::kInvalidArgument, "no");
        });
      } catch (const Error&) {
        ++refused;
      }
    });
  }
  people.clear();
  EXPECT_EQ(refused, 4);
  store.catalog->Read([&](Reader& reader) {
    for (int i = 0; i < 8; ++i)
      EXPECT_EQ(LoadPreference(reader, store.ada, "key-" + std::to_string(i)).has_value(), i % 2 == 0) << i;
  });
}

TEST_P(CatalogTest, ADatabaseErrorTakesBackOnlyItsOwnOperation) {
  TestStore store(GetParam());
  EXPECT_EQ(
      CodeOf([&] {
        store.catalog->Write([](Writer& writer) { sql::Execute(writer, "INSERT INTO nowhere (a) VALUES (:a)", {1}); });
      }),
      ErrorCode::kInternal);
  store.catalog->Write([&](Writer& writer) { SavePreference(writer, store.ada, "later", "true"); });
  EXPECT_EQ(store.catalog->Read([&](Reader& reader) { return LoadPreference(reader, store.ada, "later"); }), "true");
}

TEST_P(CatalogTest, KeepsWholeNumbersOf64BitsAndAnyText) {
  TestStore store(GetParam());
  constexpr std::int64_t kLarge = 0x7FFF'FFFF'FFFF'FFFE;
  const std::string text = "ß — 日本 'quoted' \"double\" :colon \\back; -- 🙂";
  const auto row = store.catalog->Write([&](Writer& writer) {
    sql::Execute(writer,
                 "INSERT INTO audit (project, number, at, person, action, thing, details, hash) VALUES "
                 "(:a,:b,:c,:d,:e,:f,:g,:h)",
                 {"odd", kLarge, -kLarge, text, "", "", "{}", ""});
    return sql::SelectOne<std::int64_t, std::int64_t, std::string, std::string>(
        writer, "SELECT number, at, person, action FROM audit WHERE project = :a", {"odd"});
  });
  EXPECT_EQ(row, std::make_tuple(kLarge, -kLarge, text, std::string()));
}

TEST_P(CatalogTest, RefusesNul) {
  TestStore store(GetParam());
  const std::string name("a\0b", 3);
  EXPECT_EQ(CodeOf([&] {
              store.catalog->Write([&](Writer& writer) { RenameProject(writer, store.ada, store.project, name); });
            }),
            ErrorCode::kInvalidArgument);
}

TEST_P(CatalogTest, AReaderSeesOneMoment) {
  TestStore store(GetParam());
  store.catalog->Write([&](Writer& writer) { SavePreference(writer, store.ada, "n", "1"); });
  store.catalog->Read([&](Reader& reader) {
    EXPECT_EQ(LoadPreference(reader, store.ada, "n"), "1");
    store.catalog->Write([&](Writer& writer) { SavePreference(writer, store.ada, "n", "2"); });
    EXPECT_EQ(LoadPreference(reader, store.ada, "n"), "1");
  });
  EXPECT_EQ(store.catalog->Read([&](Reader& reader) { return LoadPreference(reader, store.ada, "n"); }), "2");
}

TEST_P(CatalogTest, OpensAgainAsItWasLeft) {
  TestStore store(GetParam());
  store.Reopen();
  EXPECT_EQ(store.catalog->Read([&](Reader& reader) { return ListProjects(reader, store.ada).size(); }), 1U);
  EXPECT_EQ(store.log->Head(store.project), 1U);
}

TEST_P(CatalogTest, RefusesASchemaNewerThanItself) {
  TestStore store(GetParam());
  store.catalog->Write([](Writer& writer) {
    sql::Execute(writer, "INSERT INTO migrations (number, name, applied) VALUES (9999, 'from the future', 0)", {});
  });
  EXPECT_EQ(CodeOf([&] { store.Reopen(); }), ErrorCode::kUnavailable);
}

TEST_P(CatalogTest, AWriteInsideAWriteIsRefusedRatherThanWaitingForEver) {
  TestStore store(GetParam());
  EXPECT_EQ(CodeOf([&] { store.catalog->Write([&](Writer&) { store.catalog->Write([](Writer&) {}); }); }),
            ErrorCode::kInternal);
}

TEST_P(CatalogTest, AFailedCommitIsToldToEachAndTheNextOneWorks) {
  TestStore store(GetParam());
  base::ArmFailpoints("catalog.commit.before:error:1");
  EXPECT_EQ(
      CodeOf([&] { store.catalog->Write([&](Writer& writer) { SavePreference(writer, store.ada, "lost", "1"); }); }),
      ErrorCode::kUnavailable);
  base::ArmFailpoints("");
  store.catalog->Write([&](Writer& writer) { SavePreference(writer, store.ada, "kept", "1"); });
  store.catalog->Read([&](Reader& reader) {
    EXPECT_FALSE(LoadPreference(reader, store.ada, "lost"));
    EXPECT_TRUE(LoadPreference(reader, store.ada, "kept"));
  });
}

INSTANTIATE_BACKENDS(CatalogTest);

TEST(SqliteCatalogTest, AFullDiskIsSaidAndWorkGoesOnWhenThereIsRoom) {
  TestStore store(Backend::kSqlite);
  const auto fill = [&] {
    for (int i = 0; i < 200; ++i) {
      store.catalog->Write([&](Writer& writer) {
        SavePreference(writer, store.ada, "k" + std::to_string(i), "\"" + std::string(60'000, 'x') + "\"");
      });
    }
  };
  const auto pages = store.catalog->Write([](Writer& writer) {
    const auto row = sql::SelectOne<std::int64_t>(writer, "PRAGMA page_count", {});
    static_cast<void>(
        sql::SelectOne<std::int64_t>(writer, "PRAGMA max_page_count = " + std::to_string(std::get<0>(*row) + 100), {}));
    return std::get<0>(*row);
  });
  EXPECT_EQ(CodeOf(fill), ErrorCode::kStorageFull);
  EXPECT_TRUE(store.catalog->Read([&](Reader& reader) { return LoadPreference(reader, store.ada, "k0"); }));
  store.catalog->Write([&](Writer& writer) {
    static_cast<void>(
        sql::SelectOne<std::int64_t>(writer, "PRAGMA max_page_count = " + std::to_string(pages + 100'000), {}));
  });
  EXPECT_NO_THROW(fill());
}

TEST(SqliteCatalogTest, RefusesALinkLooseRightsAndOtherFiles) {
  testing::TemporaryFolder folder;
  base::SystemClock clock;
  base::SystemRandom random;
  const auto open = [&](const char* name) {
    CatalogConfig config;
    config.sqlite = folder.Path() / name;
    Catalog::Open(config, clock, random);
  };
  open("real");
  std::filesystem::create_symlink(folder.Path() / "real", folder.Path() / "link");
  EXPECT_EQ(CodeOf([&] { open("link"); }), ErrorCode::kUnavailable);
  chmod((folder.Path() / "real").c_str(), 0644);
  EXPECT_EQ(CodeOf([&] { open("real"); }), ErrorCode::kUnavailable);
  const std::string text = "this is no database, although it is long enough to be read as one";
  base::WriteFileDurably(folder.Path() / "text", std::as_bytes(std::span(text.data(), text.size())));
  chmod((folder.Path() / "text").c_str(), 0600);
  EXPECT_EQ(CodeOf([&] { open("text"); }), ErrorCode::kUnavailable);
}

TEST(SqliteCatalogTest, RefusesAnSqliteThatCanCorrupt) {
  EXPECT_EQ(CodeOf([] { RefuseOldSqlite(3'040'001); }), ErrorCode::kUnavailable);
  EXPECT_EQ(CodeOf([] { RefuseOldSqlite(3'051'002); }), ErrorCode::kUnavailable);
  EXPECT_NO_THROW(RefuseOldSqlite(3'051'003));
}

TEST(SqliteCatalogTest, WritesThroughToTheDiskAtEachCommit) {
  TestStore store(Backend::kSqlite);
  const auto settings = store.catalog->Write([](Writer& writer) {
    return std::make_tuple(std::get<0>(*sql::SelectOne<std::int64_t>(writer, "PRAGMA synchronous", {})),
                           std::get<0>(*sql::SelectOne<std::string>(writer, "PRAGMA journal_mode", {})),
                           std::get<0>(*sql::SelectOne<std::int64_t>(writer, "PRAGMA foreign_keys", {})));
  });
  EXPECT_EQ(settings, std::make_tuple(2, std::string("wal"), 1));
}

TEST(PostgresCatalogTest, GoesOnAfterTheServerCrashed) {
  auto& server = testing::PostgresServer::Instance();
  if (!server.Running()) GTEST_SKIP() << server.WhyAbsent();
  TestStore store(Backend::kPostgres);
  const auto request = store.Relabel({1}, 1);
  store.Append(request);
  server.CrashAndRestart();
  store.catalog->Write([&](Writer& writer) { SavePreference(writer, store.ada, "after", "1"); });
  EXPECT_TRUE(store.catalog->Read([&](Reader& reader) { return LoadPreference(reader, store.ada, "after"); }));
  EXPECT_TRUE(store.Append(request).repeated);
}

TEST(PostgresCatalogTest, ASessionThatEndsInTheMiddleOfAWriteIsSaidAndHealed) {
  if (!testing::PostgresServer::Instance().Running()) GTEST_SKIP() << testing::PostgresServer::Instance().WhyAbsent();
  TestStore store(Backend::kPostgres);
  EXPECT_EQ(CodeOf([&] {
              store.catalog->Write([&](Writer& writer) {
                SavePreference(writer, store.ada, "lost", "1");
                static_cast<void>(sql::SelectOne<std::int64_t>(
                    writer, "SELECT CAST(CAST(pg_terminate_backend(pg_backend_pid()) AS INT) AS BIGINT)", {}));
              });
            }),
            ErrorCode::kUnavailable);
  store.catalog->Write([&](Writer& writer) { SavePreference(writer, store.ada, "kept", "1"); });
  store.catalog->Read([&](Reader& reader) {
    EXPECT_FALSE(LoadPreference(reader, store.ada, "lost"));
    EXPECT_TRUE(LoadPreference(reader, store.ada, "kept"));
  });
}

TEST(DataFolderTest, OneProcessHoldsIt) {
  testing::TemporaryFolder temporary;
  const auto path = temporary.Path() / "data";
  const DataFolder first(path);
  struct stat info {};
  stat(path.c_str(), &info);
  EXPECT_EQ(info.st_mode & 0777U, 0700U);
  EXPECT_EQ(CodeOf([&] { DataFolder second(path); }), ErrorCode::kUnavailable);
}

TEST(DataFolderTest, IsFreeAgainWhenItsHolderEndsHoweverThatWas) {
  testing::TemporaryFolder temporary;
  const auto path = temporary.Path() / "data";
  const int child = fork();
  if (child == 0) {
    const DataFolder held(path);
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  EXPECT_NO_THROW(DataFolder{path});
}

TEST(DataFolderTest, RefusesWhatOthersMayRead) {
  testing::TemporaryFolder temporary;
  chmod(temporary.Path().c_str(), 0755);
  EXPECT_EQ(CodeOf([&] { DataFolder folder(temporary.Path()); }), ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace burnish::store
