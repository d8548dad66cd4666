#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/workspace.hpp"
#include "formats/export.hpp"
#include "model/filter.hpp"

namespace burnish::app {

struct ExportFormatView {
  formats::ExportFormat format = formats::ExportFormat::kFolder;
  std::string name;
  formats::Carries carries;
};

struct ExportChoices {
  formats::ExportFormat format = formats::ExportFormat::kFolder;
  std::optional<std::string> version;   // absent: the present
  std::optional<model::Filter> filter;  // on the present only
  formats::CsvMode csv_mode = formats::CsvMode::kExact;
  bool with_media = true;
  struct Folder {
    std::string root;
    std::string path;
  };
  std::optional<Folder>
      folder;  // written there by a job, instead of a download; its last part is the new folder's name
};

struct ExportView {
  std::string id;
  formats::ExportFormat format = formats::ExportFormat::kFolder;
  std::optional<std::string> version;
  base::SequenceNumber sequence = 0;
  std::uint64_t samples = 0;
  std::string digest;
  std::vector<std::string> leaves_out;
  bool download = false;  // its zip can be had with Write
  std::optional<jobs::Job> job;
};

// Taking samples out: a version, or what matches a filter, as files. What goes out is audited.
class Exports {
 public:
  // Registers the job's kind: make it before the scheduler starts.
  explicit Exports(Workspace& workspace);
  ~Exports();

  std::vector<ExportFormatView> Formats(const Caller& caller) const;
  // Prepares an export: nothing is written yet, unless to a folder (a job). Throws kInvalidArgument for a filter on a
  // version, kNotFound for an unknown version.
  ExportView Create(const Caller& caller, const base::ProjectId& project, const base::OperationId& operation,
                    const ExportChoices& choices);
  // The name for the download: "clothes-spring.zip".
  std::string FileName(const Caller& caller, const base::ProjectId& project, const std::string& id);
  // Gives the zip to `write` piece by piece; `write` throws to stop. An export can be had for an hour, several times.
  formats::ExportReport Write(const Caller& caller, const base::ProjectId& project, const std::string& id,
                              const std::function<void(std::span<const std::byte>)>& write);

 private:
  struct Prepared;
  std::shared_ptr<const Prepared> Find(const base::ProjectId& project, const std::string& id);
  ExportView ViewOf(const Prepared& prepared) const;
  void Audit(const Prepared& prepared);
  void SubmitJob(Prepared& prepared);
  void Run(jobs::Context& context);

  Workspace& workspace_;
  std::mutex mutex_;                                                 // guards prepared_
  std::map<std::string, std::shared_ptr<const Prepared>> prepared_;  // by id
};

}  // namespace burnish::app
