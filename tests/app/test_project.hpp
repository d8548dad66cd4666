#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/edits.hpp"
#include "app/history.hpp"
#include "app/ontology.hpp"
#include "app/workspace.hpp"
#include "jobs/job_store.hpp"

namespace burnish::app {

// A sample as a test writes it: "img-1: Shirt, test".
struct PlainSample {
  std::string path;
  std::string class_name;  // empty: no label
  model::Split split = model::Split::kTrain;
};

// Keeps jobs nowhere: use-case tests do not run them.
class NoJobStore final : public jobs::JobStore {
 public:
  void Save(const jobs::Job&) override {}
  std::vector<jobs::Job> Unfinished() override { return {}; }
};

// One project over real SQLite, blobs and DuckDB in a temporary folder, without pictures.
class TestProject {
 public:
  explicit TestProject(const std::vector<PlainSample>& samples);
  ~TestProject();
  TestProject(const TestProject&) = delete;
  TestProject& operator=(const TestProject&) = delete;

  // Each sample's truth label, in ordinal order: "Shirt, Coat, -". Confirmed ones end in '!'.
  std::string Labels();
  base::SequenceNumber Head() { return log_.Head(project_); }
  base::OperationId NewOperation() { return base::OperationId("test-operation-" + std::to_string(++operations_)); }

  EditOutcome Relabel(const std::vector<model::Ordinal>& ordinals, const std::string& class_name,
                      std::optional<base::SequenceNumber> base = std::nullopt);
  EditOutcome Apply(const EditTarget& target, const EditSet& set,
                    std::optional<base::SequenceNumber> base = std::nullopt);

  Workspace& Space() { return *workspace_; }
  const Caller& Owner() const { return owner_; }
  const base::ProjectId& Id() const { return project_; }
  store::SnapshotPtr Now() { return workspace_->OpenForServer(project_)->View().AtLeast(Head()); }
  const std::filesystem::path& Folder() const { return folder_; }

 private:
  void Import(const std::vector<PlainSample>& samples);

  std::filesystem::path folder_;
  base::ManualClock clock_{1'000'000'000};
  base::SeededRandom random_{1};
  std::unique_ptr<store::Catalog> catalog_;
  std::unique_ptr<store::BlobStore> blobs_;
  store::ChangeLog log_;
  media::DecoderPool decoders_;
  NoJobStore job_store_;
  jobs::Scheduler scheduler_;
  std::unique_ptr<Workspace> workspace_;
  Caller owner_;
  base::ProjectId project_;
  int operations_ = 0;
};

}  // namespace burnish::app
