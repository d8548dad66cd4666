#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <numeric>

#include "base/failpoint.hpp"
#include "store/blobs/staging.hpp"
#include "store/catalog/postgres_server.hpp"
#include "store/catalog/test_store.hpp"

// A process that dies at each named place: what it acknowledged is there, what it did not is wholly
// there or not at all, and a retry has one effect.
namespace burnish::store {
namespace {

using ::testing::IsEmpty;
using testing::TestStore;

constexpr int kCrashed = 86;
constexpr int kAllAcknowledged = 0;

std::vector<Ordinal> Many() {
  std::vector<Ordinal> many(200);
  std::iota(many.begin(), many.end(), 0U);
  return many;
}

class CrashTest : public ::testing::TestWithParam<std::tuple<testing::Backend, std::string>> {};

TEST_P(CrashTest, AcknowledgedStaysAndTheRestIsWholeOrAbsent) {
  const auto& [backend, point] = GetParam();
  if (backend == testing::Backend::kPostgres && !testing::PostgresServer::Instance().Running()) {
    GTEST_SKIP() << testing::PostgresServer::Instance().WhyAbsent();
  }
  TestStore store(backend);
  store.Import(200);
  const auto first = store.Relabel({1, 2, 3}, 1);
  auto second = store.Relabel(Many(), 2);
  second.on_conflict = OnConflict::kSkip;
  second.delta.tags = {{0, "bulk"}};
  // No thread and no connection may be shared with a child.
  store.log.reset();
  store.catalog.reset();

  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const int child = fork();
  if (child == 0) {
    store.Reopen();
    base::ArmFailpoints(point + ":crash:2");
    for (const AppendRequest* request : {&first, static_cast<const AppendRequest*>(&second)}) {
      store.Append(*request);
      if (write(pipe_ends[1], "a", 1) != 1) _exit(1);
    }
    _exit(kAllAcknowledged);
  }
  close(pipe_ends[1]);
  std::string acknowledged(2, '\0');
  ssize_t count = 0;
  while (count < 2) {
    const ssize_t got = read(pipe_ends[0], acknowledged.data(), 2);
    if (got <= 0) break;
    count += got;
  }
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), kCrashed) << "the failpoint was not passed twice";
  EXPECT_LT(count, 2) << "the second edit was acknowledged before the crash";

  ClearStaging(store.folder.Path() / "staging");
  store.Reopen();
  EXPECT_THAT(store.log->Verify(store.project), IsEmpty());
  const auto head = store.log->Head(store.project);
  EXPECT_GE(head, 2U + static_cast<SequenceNumber>(count));
  EXPECT_LE(head, 4U);
  store.Append(first);
  store.Append(second);
  EXPECT_EQ(store.log->Head(store.project), 4U);
  EXPECT_THAT(store.log->Verify(store.project), IsEmpty());
  std::size_t labels = 0;
  for (const auto& [cell, value] : store.Fold()) labels += cell.first.kind == model::AspectKind::kLabel ? 1 : 0;
  EXPECT_EQ(labels, 200U);
}

std::string NameOf(const ::testing::TestParamInfo<CrashTest::ParamType>& info) {
  std::string name = std::get<0>(info.param) == testing::Backend::kSqlite ? "Sqlite_" : "Postgres_";
  for (const char c : std::get<1>(info.param)) name += c == '.' ? '_' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(Both, CrashTest,
                         ::testing::Combine(::testing::Values(testing::Backend::kSqlite, testing::Backend::kPostgres),
                                            ::testing::Values("catalog.begin", "log.write.before", "log.write.after",
                                                              "catalog.commit.before", "catalog.commit.after",
                                                              "catalog.acknowledge.before")),
                         NameOf);

// The large edit is the only one with a blob: the first passing is the one to die at.
class BlobCrashTest : public ::testing::TestWithParam<std::string> {};

TEST_P(BlobCrashTest, AnEditWhoseBlobWasHalfStoredIsAbsent) {
  TestStore store(testing::Backend::kSqlite);
  store.Import(200);
  const auto request = store.Relabel(Many(), 2);
  store.log.reset();
  store.catalog.reset();
  const int child = fork();
  if (child == 0) {
    store.Reopen();
    base::ArmFailpoints(GetParam() + ":crash:1");
    store.Append(request);
    _exit(kAllAcknowledged);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), kCrashed);
  store.Reopen();
  EXPECT_EQ(store.log->Head(store.project), 2U);
  EXPECT_EQ(store.Append(request).samples, 200U);
  EXPECT_THAT(store.log->Verify(store.project), IsEmpty());
}

std::string PointName(const ::testing::TestParamInfo<std::string>& one) {
  std::string name = one.param;
  for (char& c : name) c = c == '.' ? '_' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(Points, BlobCrashTest,
                         ::testing::Values("blobs.put.before", "blobs.put.after", "files.fsync.before",
                                           "files.fsync.after", "files.rename.before", "files.rename.after",
                                           "files.fsync_folder.before", "files.fsync_folder.after"),
                         PointName);

}  // namespace
}  // namespace burnish::store
