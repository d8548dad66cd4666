#include "jobs/catalog_job_store.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "store/catalog/accounts.hpp"
#include "store/catalog/projects.hpp"

namespace burnish::jobs {
namespace {

class CatalogJobStoreTest : public testing::Test {
 protected:
  CatalogJobStoreTest() {
    auto pattern = (std::filesystem::temp_directory_path() / "burnish-jobs-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    store::CatalogConfig config;
    config.sqlite = folder_ / "catalog.sqlite";
    catalog_ = store::Catalog::Open(config, clock_, random_);
    catalog_->Write([&](store::Writer& writer) {
      person_ = store::CreatePerson(writer, "Ann").id;
      project_ = store::CreateProject(writer, person_, "Clothes").id;
    });
  }
  ~CatalogJobStoreTest() override {
    catalog_.reset();
    std::filesystem::remove_all(folder_);
  }

  Job MakeJob(const std::string& id) {
    Job job;
    job.id = base::JobId(id);
    job.project = project_;
    job.person = person_;
    job.kind = "import";
    job.key = "imports";
    job.title = "Import 'photos.zip'";
    job.parameters = R"({"import":"i1"})";
    job.priority = Priority::kPerson;
    return job;
  }

  base::ManualClock clock_{5'000'000};
  base::SeededRandom random_{3};
  std::filesystem::path folder_;
  std::unique_ptr<store::Catalog> catalog_;
  base::PersonId person_;
  base::ProjectId project_;
};

TEST_F(CatalogJobStoreTest, GivesBackWhatAProcessLeftUnfinished) {
  CatalogJobStore store(*catalog_);
  auto job = MakeJob("j1");
  store.Save(job);
  job.state = State::kRunning;
  job.starts = 2;
  job.started_at = 6'000'000;
  store.Save(job);

  const auto unfinished = CatalogJobStore(*catalog_).Unfinished();
  ASSERT_EQ(unfinished.size(), 1U);
  const auto& found = unfinished.front();
  EXPECT_EQ(found.id, job.id);
  EXPECT_EQ(found.state, State::kRunning);
  EXPECT_EQ(found.starts, 2);
  EXPECT_EQ(found.key, "imports");
  EXPECT_EQ(found.title, job.title);
  EXPECT_EQ(found.parameters, job.parameters);
  EXPECT_EQ(found.priority, Priority::kPerson);
  EXPECT_EQ(found.person, person_);
}

TEST_F(CatalogJobStoreTest, LeavesOutWhatHasEnded) {
  CatalogJobStore store(*catalog_);
  auto job = MakeJob("j1");
  store.Save(job);
  job.state = State::kFailed;
  job.error = "The disk is full.";
  job.ended_at = 7'000'000;
  store.Save(job);
  EXPECT_TRUE(store.Unfinished().empty());
}

TEST_F(CatalogJobStoreTest, KeepsAJobThatWasBegunBeforeItWasStored) {
  CatalogJobStore store(*catalog_);
  auto job = MakeJob("j1");
  job.state = State::kRunning;
  job.started_at = 6'000'000;
  store.Save(job);
  EXPECT_EQ(store.Unfinished().front().state, State::kRunning);
}

}  // namespace
}  // namespace burnish::jobs
