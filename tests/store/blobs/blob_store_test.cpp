#include "store/blobs/blob_store.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "base/hash.hpp"
#include "store/blobs/staging.hpp"
#include "store/catalog/test_store.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;

std::size_t CountFiles(const std::filesystem::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    count += entry.is_regular_file() ? 1 : 0;
  return count;
}

TEST(BlobStoreTest, NamesBytesByContentAndKeepsThemOnce) {
  testing::TemporaryFolder folder;
  const auto blobs = OpenFolderBlobStore(folder.Path() / "blobs");
  const std::string name = blobs->PutText("hello");
  EXPECT_EQ(name, base::DigestHex("hello"));
  EXPECT_EQ(blobs->PutText("hello"), name);
  EXPECT_EQ(blobs->Get(name), "hello");
  EXPECT_EQ(CountFiles(folder.Path()), 1U);
  EXPECT_TRUE(blobs->LocalPath(name).string().ends_with(name.substr(0, 2) + "/" + name.substr(2, 2) + "/" + name));
}

TEST(BlobStoreTest, TakesAFileOver) {
  testing::TemporaryFolder folder;
  const auto blobs = OpenFolderBlobStore(folder.Path() / "blobs");
  const StagingFolder staging(folder.Path() / "staging", "import-1");
  for (int i = 0; i < 2; ++i) {
    std::ofstream(staging.Path() / "batch") << "rows";
    EXPECT_EQ(blobs->Get(blobs->PutFile(staging.Path() / "batch")), "rows");
    EXPECT_FALSE(std::filesystem::exists(staging.Path() / "batch"));
  }
}

TEST(BlobStoreTest, NeverServesDamagedBytes) {
  testing::TemporaryFolder folder;
  const auto blobs = OpenFolderBlobStore(folder.Path() / "blobs");
  const std::string name = blobs->PutText("hello");
  std::ofstream(blobs->LocalPath(name)) << "jello";
  EXPECT_THROW(blobs->Get(name), Error);
  EXPECT_THROW(blobs->Verify(name), Error);
}

TEST(BlobStoreTest, ANameThatIsNoneIsAbsent) {
  testing::TemporaryFolder folder;
  const auto blobs = OpenFolderBlobStore(folder.Path() / "blobs");
  for (const std::string name : {"", "../../etc/passwd", "ABC", "00"}) {
    EXPECT_FALSE(blobs->Has(name));
    EXPECT_THROW(blobs->LocalPath(name), Error);
  }
}

TEST(BlobStoreTest, AFailureWhileStoringLeavesNoBlob) {
  testing::TemporaryFolder folder;
  const auto blobs = OpenFolderBlobStore(folder.Path() / "blobs");
  for (const std::string point : {"blobs.put.before", "files.fsync.before", "files.rename.before"}) {
    base::ArmFailpoints(point + ":error:1");
    EXPECT_THROW(blobs->PutText("hello"), Error) << point;
    base::ArmFailpoints("");
    EXPECT_FALSE(blobs->Has(base::DigestHex("hello"))) << point;
    EXPECT_EQ(CountFiles(folder.Path()), 0U) << point;
  }
  EXPECT_EQ(blobs->Get(blobs->PutText("hello")), "hello");
}

TEST(StagingTest, WhatAKilledProcessLeftIsGoneAtTheNextStart) {
  testing::TemporaryFolder folder;
  const auto root = folder.Path() / "staging";
  {
    const StagingFolder staging(root, "import-1");
    std::ofstream(staging.Path() / "half") << "x";
  }
  EXPECT_EQ(CountFiles(root), 0U);
  std::filesystem::create_directories(root / "import-2" / "deep");
  std::ofstream(root / "import-2" / "deep" / "half") << "x";
  ClearStaging(root);
  EXPECT_TRUE(std::filesystem::is_empty(root));
}

}  // namespace
}  // namespace burnish::store
