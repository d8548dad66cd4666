#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/imports.hpp"
#include "formats/file_set.hpp"
#include "formats/predictions.hpp"
#include "store/blobs/staging.hpp"

namespace burnish::app {

// What a check leaves for the commit.
struct ReadyImport {
  std::shared_ptr<formats::FileSet> files;
  std::string source;                    // what the paths are relative to: makes a second import the same source
  formats::Mapping mapping;              // of samples
  std::size_t table = formats::kNoFile;  // of predictions
  formats::PredictionMapping predictions;
  formats::Problems found;  // all but what reading the pictures showed
  ImportChoices choices;
};

// One import between its beginning and its end. Jobs and requests meet here.
struct ImportSession {
  ImportSession(base::ImportId import, base::ProjectId of, base::PersonId person, ImportSource from, base::Micros at,
                const std::filesystem::path& staging_root)
      : id(std::move(import)),
        project(std::move(of)),
        author(std::move(person)),
        source(std::move(from)),
        created(at),
        staging(staging_root, id.Text()) {}

  const base::ImportId id;
  const base::ProjectId project;
  const base::PersonId author;
  const ImportSource source;
  const base::Micros created;
  const store::StagingFolder staging;

  mutable std::mutex mutex;  // guards all below
  std::string state = "open";
  std::vector<formats::StagedFile> uploads;
  std::uint64_t uploads_begun = 0;                           // numbers their names in staging
  std::optional<std::vector<formats::StagedFile>> unpacked;  // entries of the one archive, once it was opened
  formats::Problems unpack_problems;
  std::optional<base::JobId> job;
  ImportChoices choices;
  std::shared_ptr<const CheckedImport> checked;
  std::shared_ptr<const ReadyImport> ready;
  std::optional<ImportReport> report;
  std::string failure;
  base::OperationId operation;  // of the commit
};

// "photos/recycling", "photos.zip"
inline std::string SourceName(const ImportSource& source) {
  if (const auto* upload = std::get_if<UploadSource>(&source)) return upload->name;
  const auto& folder = std::get<FolderSource>(source);
  return folder.path.empty() ? folder.root : folder.root + "/" + folder.path;
}

}  // namespace burnish::app
