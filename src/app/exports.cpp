#include "app/exports.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "app/edit_outcome.hpp"
#include "app/versions.hpp"
#include "base/error.hpp"
#include "formats/file_set.hpp"
#include "formats/text.hpp"
#include "store/catalog/audit.hpp"
#include "store/columns/filter_compiler.hpp"

namespace burnish::app {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kKind = "export";
constexpr base::Micros kKeptFor = 3'600'000'000;  // an hour
constexpr std::size_t kMostKept = 200;

std::string_view FormatTitle(formats::ExportFormat format) {
  switch (format) {
    case formats::ExportFormat::kFolder:
      return "Folder per class";
    case formats::ExportFormat::kCsv:
      return "CSV";
    case formats::ExportFormat::kParquet:
      return "Parquet";
  }
  return {};
}

std::vector<std::string> Texts(const std::vector<std::string_view>& views) { return {views.begin(), views.end()}; }

// The last part of a path below a media root, and the folder that it stands in.
std::pair<std::string, std::string> Divide(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return {std::string(), path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

std::string FileNamePart(std::string_view text) {
  std::string part;
  for (const char c : formats::LowerAscii(text)) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || static_cast<unsigned char>(c) >= 0x80;
    if (plain)
      part.push_back(c);
    else if (!part.empty() && part.back() != '-')
      part.push_back('-');
  }
  while (!part.empty() && part.back() == '-') part.pop_back();
  return part;
}

// Samples of one snapshot, as an export wants them.
class SnapshotSource final : public formats::ExportSource {
 public:
  SnapshotSource(std::shared_ptr<OpenProject> project, store::SnapshotPtr snapshot,
                 std::vector<model::Ordinal> ordinals)
      : project_(std::move(project)), snapshot_(std::move(snapshot)), ordinals_(std::move(ordinals)) {}

  void ForEach(const std::function<bool(const formats::ExportSample&)>& sink) const override {
    for (const auto ordinal : ordinals_) {
      if (!sink(SampleOf(ordinal))) return;
    }
  }

  base::FileDescriptor OpenMedia(const formats::ExportSample& sample) const override {
    return project_->OpenMedia(snapshot_->MediaOf(sample.ordinal));
  }

 private:
  formats::ExportSample SampleOf(model::Ordinal ordinal) const {
    formats::ExportSample sample;
    sample.ordinal = ordinal;
    sample.path = snapshot_->PathOf(ordinal);
    sample.content = snapshot_->ContentOf(ordinal);
    sample.bytes = snapshot_->MediaOf(ordinal).bytes;
    sample.split = snapshot_->SplitOf(ordinal);
    if (const auto id = snapshot_->ClassOf(ordinal); id != model::kNoClass)
      sample.class_name = snapshot_->ontology.NameOf(id);
    for (const auto tag : snapshot_->TagsOf(ordinal)) sample.tags.push_back(snapshot_->tag_names[tag]);
    for (std::size_t field = 0; field < snapshot_->fields.size(); ++field)
      sample.fields.push_back(snapshot_->ValueOf(field, ordinal));
    return sample;
  }

  std::shared_ptr<OpenProject> project_;
  store::SnapshotPtr snapshot_;
  std::vector<model::Ordinal> ordinals_;
};

std::string IsoTime(base::Micros at) { return formats::TimeText(at - at % 1'000'000); }

}  // namespace

// One export, decided and not yet written. Immutable, but for its job.
struct Exports::Prepared {
  std::string id;
  base::ProjectId project;
  base::PersonId person;
  base::OperationId operation;
  base::Micros made = 0;
  ExportChoices choices;
  formats::ExportRequest request;
  std::shared_ptr<const SnapshotSource> source;
  std::uint64_t samples = 0;
  std::string file_name;
  base::JobId job;  // of an export to a folder
};

Exports::Exports(Workspace& workspace) : workspace_(workspace) {
  jobs::Kind kind;
  kind.name = kKind;
  kind.priority = jobs::Priority::kPerson;
  kind.after_crash = jobs::Kind::AfterCrash::kFail;
  kind.interrupted = "The server stopped before the export was finished; no folder was made. Start it again.";
  kind.run = [this](jobs::Context& context) { Run(context); };
  workspace_.Parts().jobs.Register(std::move(kind));
}

Exports::~Exports() = default;

std::vector<ExportFormatView> Exports::Formats(const Caller&) const {
  std::vector<ExportFormatView> views;
  for (const auto format :
       {formats::ExportFormat::kFolder, formats::ExportFormat::kCsv, formats::ExportFormat::kParquet}) {
    views.push_back(
        {format, std::string(FormatTitle(format)), formats::CarriesOf(format, formats::CsvMode::kExact, true)});
  }
  return views;
}

ExportView Exports::Create(const Caller& caller, const base::ProjectId& project, const base::OperationId& operation,
                           const ExportChoices& choices) {
  const Entry entry = workspace_.Open(caller, project, Role::kEngineer);
  const Services& services = workspace_.Parts();
  if (choices.version && choices.filter) {
    throw Error(ErrorCode::kInvalidArgument,
                "A version is exported whole; leave the filter out, or export the present.", "filter");
  }
  {
    const std::scoped_lock lock(mutex_);
    std::erase_if(prepared_, [&](const auto& known) { return known.second->made + kKeptFor < services.clock.Now(); });
    if (prepared_.size() >= kMostKept)
      throw Error(ErrorCode::kRateLimited, "Too many exports were prepared within an hour; wait a while.");
    for (const auto& [id, known] : prepared_) {
      if (known->operation == operation && known->person == caller.person && known->project == project)
        return ViewOf(*known);
    }
  }
  const auto sequence =
      choices.version ? FindState(services, *entry.open, *choices.version).sequence : services.log.Head(project);
  const auto snapshot = choices.version ? entry->View().At(sequence) : entry->View().AtLeast(sequence);
  const auto matching =
      choices.filter ? store::Evaluate(*choices.filter, *snapshot, entry->FilterSources()) : snapshot->Population();
  auto ordinals = matching.Ordinals();
  // What is excluded or taken back stays home, whatever the filter says.
  std::erase_if(ordinals, [&](model::Ordinal ordinal) {
    return snapshot->IsExcluded(ordinal) || snapshot->IsWithdrawn(ordinal);
  });

  const auto prepared = std::make_shared<Prepared>();
  prepared->id = base::NewIdText(services.random);
  prepared->project = project;
  prepared->person = caller.person;
  prepared->operation = operation;
  prepared->made = services.clock.Now();
  prepared->choices = choices;
  prepared->samples = ordinals.size();
  auto& request = prepared->request;
  request.format = choices.format;
  request.csv_mode = choices.csv_mode;
  request.with_media = choices.with_media || choices.format == formats::ExportFormat::kFolder;
  request.project = entry.project.name;
  request.version = choices.version.value_or("");
  request.sequence = snapshot->as_of;
  request.digest = store::ContentDigest(*snapshot);
  request.made_at = IsoTime(prepared->made);
  for (const auto& field : snapshot->fields) request.fields.push_back(field.field);
  prepared->source = std::make_shared<SnapshotSource>(entry.open, snapshot, std::move(ordinals));
  const std::string what = choices.version.value_or(choices.filter ? "filtered" : "now");
  prepared->file_name = FileNamePart(entry.project.name) + "-" + FileNamePart(what) + ".zip";
  Audit(*prepared);
  if (choices.folder) SubmitJob(*prepared);
  const std::scoped_lock lock(mutex_);
  prepared_[prepared->id] = prepared;
  return ViewOf(*prepared);
}

// In the log of who took what out, before the first byte leaves.
void Exports::Audit(const Prepared& prepared) {
  const auto details = boost::json::serialize(
      boost::json::object{{"format", formats::kExportFormatNames[static_cast<std::size_t>(prepared.request.format)]},
                          {"sequence", prepared.request.sequence},
                          {"samples", prepared.samples},
                          {"version", prepared.request.version},
                          {"folder", prepared.choices.folder.has_value()}});
  workspace_.Parts().catalog.Write([&](store::Writer& writer) {
    store::AppendAudit(writer, prepared.project, prepared.person, "export", prepared.id, details);
  });
}

void Exports::SubmitJob(Prepared& prepared) {
  const auto& folder = *prepared.choices.folder;
  const Services& services = workspace_.Parts();
  formats::ProblemCode why{};
  if (!services.media_roots.contains(folder.root)) {
    throw Error(ErrorCode::kNotFound,
                "\"" + formats::Printable(folder.root) + "\" is no folder that may be written to.", "root");
  }
  if (formats::CleanPath(folder.path, why) != folder.path) {
    throw Error(ErrorCode::kInvalidArgument, "\"" + formats::Printable(folder.path) + "\" is no path for a new folder.",
                "path");
  }
  jobs::Submission submission;
  submission.kind = kKind;
  submission.project = prepared.project;
  submission.person = prepared.person;
  submission.title = "Exporting to " + folder.root + "/" + folder.path;
  submission.parameters = boost::json::serialize(boost::json::object{{"export", prepared.id}});
  {
    // The job must find it.
    const std::scoped_lock lock(mutex_);
    prepared_[prepared.id] = std::make_shared<Prepared>(prepared);
  }
  prepared.job = services.jobs.Submit(submission);
}

ExportView Exports::ViewOf(const Prepared& prepared) const {
  ExportView view;
  view.id = prepared.id;
  view.format = prepared.request.format;
  view.version = prepared.choices.version;
  view.sequence = prepared.request.sequence;
  view.samples = prepared.samples;
  view.digest = prepared.request.digest;
  view.leaves_out = Texts(
      formats::CarriesOf(prepared.request.format, prepared.request.csv_mode, prepared.request.with_media).not_carried);
  view.download = !prepared.choices.folder;
  if (!prepared.job.Empty()) view.job = workspace_.Parts().jobs.Find(prepared.project, prepared.job);
  return view;
}

std::shared_ptr<const Exports::Prepared> Exports::Find(const base::ProjectId& project, const std::string& id) {
  const std::scoped_lock lock(mutex_);
  const auto found = prepared_.find(id);
  const bool there = found != prepared_.end() && found->second->project == project &&
                     found->second->made + kKeptFor >= workspace_.Parts().clock.Now();
  if (!there) throw Error(ErrorCode::kNotFound, "This export is no longer kept; prepare it again.", id);
  return found->second;
}

std::string Exports::FileName(const Caller& caller, const base::ProjectId& project, const std::string& id) {
  workspace_.Open(caller, project, Role::kEngineer);
  return Find(project, id)->file_name;
}

formats::ExportReport Exports::Write(const Caller& caller, const base::ProjectId& project, const std::string& id,
                                     const std::function<void(std::span<const std::byte>)>& write) {
  workspace_.Open(caller, project, Role::kEngineer);
  const auto prepared = Find(project, id);
  const auto sink = formats::MakeZipSink(write);
  return formats::WriteExport(prepared->request, *prepared->source, *sink, workspace_.Parts().data / "staging");
}

void Exports::Run(jobs::Context& context) {
  const auto id = std::string(boost::json::parse(context.Self().parameters).at("export").as_string());
  const auto prepared = Find(context.Self().project, id);
  const auto& folder = *prepared->choices.folder;
  const auto [parent, name] = Divide(folder.path);
  const auto root = workspace_.Parts().media_roots.at(folder.root);
  const auto sink = formats::MakeFolderSink(root, parent, name);
  const auto report = formats::WriteExport(prepared->request, *prepared->source, *sink,
                                           workspace_.Parts().data / "staging", [&](std::uint64_t done) {
                                             context.Report(done, prepared->samples, "samples", "Writing");
                                             return !context.Stop().stop_requested();
                                           });
  context.SetResult(boost::json::serialize(boost::json::object{{"samples", report.samples},
                                                               {"files", report.files},
                                                               {"bytes", report.bytes},
                                                               {"left_out", report.left_out_count}}));
}

}  // namespace burnish::app
