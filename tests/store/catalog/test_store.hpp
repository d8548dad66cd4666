#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "store/blobs/blob_store.hpp"
#include "store/catalog/accounts.hpp"
#include "store/catalog/catalog.hpp"
#include "store/catalog/projects.hpp"
#include "store/log/change_log.hpp"

namespace burnish::store::testing {

// The classes of a TestStore.
inline constexpr model::ClassId kDress = 0;
inline constexpr model::ClassId kShirt = 1;
inline constexpr model::ClassId kCoat = 2;

enum class Backend { kSqlite, kPostgres };

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& Path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

// A catalog on a real database with two people, and one project of theirs with ten samples and the
// classes "dress" (0), "shirt" (1), "coat" (2), brought by change 1.
class TestStore {
 public:
  explicit TestStore(Backend backend);

  void Reopen();  // as after a restart

  // Sets the label of each sample to a class; before values from the log's own state.
  AppendRequest Relabel(const std::vector<Ordinal>& ordinals, model::ClassId to);
  AppendRequest Request(const std::vector<model::AspectDelta>& aspects);
  AppendResult Append(const AppendRequest& request) { return log->Append(request); }
  AppendResult Undo(SequenceNumber target);
  AppendResult UndoLatest();
  AppendResult RedoLatest();
  AppendResult Import(std::uint32_t count);

  std::string NewOperation() { return "operation-" + std::to_string(++operations_); }
  // The values that the log's deltas fold to; samples never touched are absent. Fails the test
  // when a delta does not start from what was there.
  std::map<std::pair<model::Aspect, Ordinal>, std::uint32_t> Fold();
  // "0: shirt, 3: coat": labels that differ from none, by ordinal.
  std::string Labels();

  TemporaryFolder folder;
  base::ManualClock clock{1'800'000'000'000'000};
  base::SeededRandom random{7};
  CatalogConfig config;
  std::unique_ptr<Catalog> catalog;
  std::unique_ptr<BlobStore> blobs;
  std::unique_ptr<ChangeLog> log;
  base::PersonId ada;
  base::PersonId ben;
  base::PersonId caller;  // who acts through the helpers above; ada at first
  base::ProjectId project;

 private:
  int operations_ = 0;
};

// For suites that run on both backends: INSTANTIATE_BACKENDS(SuiteName).
class BackendTest : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override;
};

std::string BackendName(const ::testing::TestParamInfo<Backend>& info);

}  // namespace burnish::store::testing

#define INSTANTIATE_BACKENDS(suite)                                                                                  \
  INSTANTIATE_TEST_SUITE_P(                                                                                          \
      Both, suite,                                                                                                   \
      ::testing::Values(::burnish::store::testing::Backend::kSqlite, ::burnish::store::testing::Backend::kPostgres), \
      ::burnish::store::testing::BackendName)
