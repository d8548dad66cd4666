#pragma once

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <string>
#include <vector>

#include "model/change.hpp"
#include "store/columns/batch.hpp"
#include "store/columns/project_view.hpp"
#include "store/columns/snapshot.hpp"

namespace burnish::store {

// A folder that goes with its owner.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& Path() const { return path_; }

 private:
  std::filesystem::path path_;
};

SampleRow Row(const std::string& path, model::Split split = model::Split::kTrain,
              std::uint32_t label = model::kNoLabelCode, std::vector<model::FieldValue> fields = {});
model::FieldValue Text(std::string text);
model::FieldValue Number(double number);
inline model::FieldValue Missing() { return {}; }
inline std::uint32_t Labeled(model::ClassId id, model::LabelState state = model::LabelState::kSet) {
  return model::PackLabel(id, state);
}

// A log in memory with real batches in a folder, and the snapshot that should come of it, folded change by change.
class TestProject {
 public:
  TestProject();

  const model::Change& AddClasses(std::initializer_list<std::string> names);
  std::uint32_t AddTag(const std::string& name);
  const model::Change& Import(const std::vector<model::Field>& fields, const std::vector<SampleRow>& rows);
  // Sets one aspect of these samples, leaving out those that have the value already.
  const model::Change& Set(model::Aspect aspect, const std::vector<model::Ordinal>& ordinals, std::uint32_t value);
  const model::Change& Append(model::Change change);

  const SnapshotPtr& Now() const { return now_; }
  // The snapshots by sequence number, from 0.
  const std::vector<SnapshotPtr>& Past() const { return past_; }
  std::vector<model::Change> Changes() const;
  ProjectTruth Truth();
  ProjectViewOptions Options() const;
  std::function<BatchSource(const std::string&)> Opener() const;
  std::function<std::filesystem::path(const std::string&)> BatchFile() const;
  const std::filesystem::path& Folder() const { return folder_.Path(); }
  std::filesystem::path File() const { return folder_.Path() / "columns.duckdb"; }
  // Takes the last changes away, as a log brought back from an old backup.
  void ForgetAfter(model::SequenceNumber sequence);
  void RewriteOperation(model::SequenceNumber sequence, const std::string& operation);

 private:
  TemporaryFolder folder_;
  mutable std::mutex mutex_;  // guards changes_
  std::vector<model::Change> changes_;
  SnapshotPtr now_;
  std::vector<SnapshotPtr> past_;
  int batches_ = 0;
};

// A project of random content for property tests: classes, tags, fields of each type, imports and edits by `seed`.
void FillAtRandom(TestProject& project, unsigned seed, std::size_t samples, int edits);

}  // namespace burnish::store
