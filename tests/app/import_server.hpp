#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "app/exports.hpp"
#include "app/imports.hpp"
#include "app/test_project.hpp"
#include "media/encode.hpp"
#include "store/catalog/accounts.hpp"

namespace burnish::app {

// A server's use cases of imports and exports over real stores, with running jobs and a media root "photos".
class ImportServer {
 public:
  ImportServer();
  ~ImportServer();
  ImportServer(const ImportServer&) = delete;
  ImportServer& operator=(const ImportServer&) = delete;

  void Write(const std::string& name, const std::string& bytes) const;
  void Remove(const std::string& name) const { std::filesystem::remove(photos_ / name); }
  base::OperationId NewOperation() { return base::OperationId("import-operation-" + std::to_string(++operations_)); }

  ImportView Begin(const ImportSource& source) { return imports_->Create(owner_, project_, NewOperation(), source); }
  ImportView Upload(const base::ImportId& import, const std::string& path, const std::string& bytes);
  ImportView Check(const base::ImportId& import, const ImportChoices& choices = {});
  ImportView Commit(const base::ImportId& import);
  // Folder `path` of the media root from begin to end.
  ImportView ImportFolder(const std::string& path, const ImportChoices& choices = {});
  // Looks until the import rests.
  ImportView Wait(const base::ImportId& import);

  // "cat/1.png: cat train", one line for each sample that counts, by path.
  std::string Describe();
  std::size_t FilesInStaging() const;

  const Caller& Owner() const { return owner_; }
  const base::ProjectId& Project() const { return project_; }
  base::ProjectId NewProject(const std::string& name);
  void UseProject(const base::ProjectId& project) { project_ = project; }
  Imports& Use() { return *imports_; }
  Exports& Export() { return *exports_; }
  Workspace& Space() { return *workspace_; }
  store::ChangeLog& Log() { return log_; }
  store::SnapshotPtr Now() { return workspace_->OpenForServer(project_)->View().AtLeast(log_.Head(project_)); }
  const std::filesystem::path& Photos() const { return photos_; }

 private:
  std::filesystem::path folder_;
  std::filesystem::path photos_;
  base::SystemClock clock_;
  base::SeededRandom random_{7};
  std::unique_ptr<store::Catalog> catalog_;
  std::unique_ptr<store::BlobStore> blobs_;
  store::ChangeLog log_;
  media::DecoderPool decoders_;
  NoJobStore job_store_;
  jobs::Scheduler scheduler_;
  std::unique_ptr<Workspace> workspace_;
  std::unique_ptr<Imports> imports_;
  std::unique_ptr<Exports> exports_;
  Caller owner_;
  base::ProjectId project_;
  int operations_ = 0;
};

inline std::string TestPng(int value) {
  std::vector<std::uint8_t> pixels(64, static_cast<std::uint8_t>(value));
  const auto bytes = media::EncodeRaw(8, 8, 1, pixels);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace burnish::app
