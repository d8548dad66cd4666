#include "app/imports.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "app/edit_outcome.hpp"
#include "app/import_check.hpp"
#include "app/import_commit.hpp"
#include "app/import_report.hpp"
#include "app/import_session.hpp"
#include "app/import_source.hpp"
#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "formats/limits.hpp"
#include "formats/text.hpp"
#include "store/catalog/operations.hpp"

namespace burnish::app {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kCheckKind = "import-check";
constexpr std::string_view kCommitKind = "import";
constexpr std::string_view kInterrupted =
    "The server stopped before this import was finished; nothing was changed. Start it again.";
constexpr std::size_t kMaxSourceName = 255;

std::string Parameters(const base::ImportId& import) {
  return boost::json::serialize(boost::json::object{{"import", import.Text()}});
}
base::ImportId ImportOf(const jobs::Job& job) {
  return base::ImportId(std::string(boost::json::parse(job.parameters).at("import").as_string()));
}

Error NoSuchImport(const base::ImportId& import) {
  return {ErrorCode::kNotFound, "There is no such import in this project.", import.Text()};
}

void CheckSourceForm(const Services& services, const ImportSource& source) {
  if (const auto* upload = std::get_if<UploadSource>(&source)) {
    const auto& name = upload->name;
    if (name.empty() || name.size() > kMaxSourceName || !formats::IsUtf8(name) || formats::HasControl(name)) {
      throw Error(ErrorCode::kInvalidArgument, "The name of the upload is empty, too long or has control characters.",
                  "name");
    }
    return;
  }
  const auto& folder = std::get<FolderSource>(source);
  FindRoot(services, folder.root);
  formats::ProblemCode why{};
  if (!folder.path.empty() && formats::CleanPath(folder.path, why) != folder.path) {
    throw Error(ErrorCode::kNotFound,
                "There is no folder \"" + formats::Printable(folder.path) + "\" in \"" + folder.root + "\".", "path");
  }
}

// Is one of these at work for the project?
bool IsBusy(const std::string& state) { return state == "checking" || state == "importing"; }

}  // namespace

Imports::Imports(Workspace& workspace, formats::ReaderOptions reader)
    : workspace_(workspace), reader_(std::move(reader)) {
  const auto add = [&](std::string_view name, void (Imports::*run)(jobs::Context&)) {
    jobs::Kind kind;
    kind.name = name;
    kind.priority = jobs::Priority::kPerson;
    kind.after_crash = jobs::Kind::AfterCrash::kFail;
    kind.interrupted = kInterrupted;
    kind.run = [this, run](jobs::Context& context) { (this->*run)(context); };
    workspace_.Parts().jobs.Register(std::move(kind));
  };
  add(kCheckKind, &Imports::RunCheck);
  add(kCommitKind, &Imports::RunCommit);
}

Imports::~Imports() = default;

std::vector<std::string> Imports::ListRoots(const Caller& caller) {
  Require(caller, Role::kEngineer);
  std::vector<std::string> names;
  for (const auto& [name, path] : workspace_.Parts().media_roots) names.push_back(name);
  return names;
}

FolderListing Imports::ListFolder(const Caller& caller, const std::string& root, const std::string& path) {
  Require(caller, Role::kEngineer);
  return ListFolderOf(FindRoot(workspace_.Parts(), root), path);
}

std::vector<ImportView> Imports::List(const Caller& caller, const base::ProjectId& project) {
  workspace_.Open(caller, project, Role::kEngineer);
  const auto records =
      workspace_.Parts().catalog.Read([&](store::Reader& reader) { return store::ListImports(reader, project); });
  std::vector<ImportView> views;
  for (const auto& record : records) {
    const auto session = FindSession(record.id);
    views.push_back(session ? ViewOf(*session) : ViewOf(project, record));
  }
  return views;
}

ImportView Imports::Create(const Caller& caller, const base::ProjectId& project, const base::OperationId& operation,
                           const ImportSource& source) {
  workspace_.Open(caller, project, Role::kEngineer);
  const Services& services = workspace_.Parts();
  CheckSourceForm(services, source);
  const store::OperationKey key{project, caller.person, operation, RequestDigest({"import", SourceToText(source)})};
  const base::ImportId fresh(base::NewIdText(services.random));
  const auto id = services.catalog.Write([&](store::Writer& writer) {
    if (const auto before = store::FindOperation(writer, key)) return base::ImportId(*before);
    store::ImportRecord record;
    record.id = fresh;
    record.author = caller.person;
    record.source = SourceToText(source);
    store::CreateImport(writer, project, record);
    store::RememberOperation(writer, key, fresh.Text());
    return fresh;
  });
  if (id != fresh) return Get(caller, project, id);
  auto session = std::make_shared<ImportSession>(id, project, caller.person, source, services.clock.Now(),
                                                 services.data / "staging");
  const std::scoped_lock lock(mutex_);
  sessions_[id] = session;
  return ViewOf(*session);
}

ImportView Imports::Get(const Caller& caller, const base::ProjectId& project, const base::ImportId& import) {
  workspace_.Open(caller, project, Role::kEngineer);
  const auto session = FindSession(import);
  if (session && session->project == project) return ViewOf(*session);
  const auto record = workspace_.Parts().catalog.Read(
      [&](store::Reader& reader) { return store::FindImport(reader, project, import); });
  if (!record) throw NoSuchImport(import);
  return ViewOf(project, *record);
}

ImportView Imports::AddFile(const Caller& caller, const base::ProjectId& project, const base::ImportId& import,
                            const std::string& path, const std::filesystem::path& received) {
  const auto session = NeedSession(caller, project, import);
  if (!std::holds_alternative<UploadSource>(session->source)) {
    throw Error(ErrorCode::kConflict, "This import reads a folder of the server; files cannot be added to it.",
                import.Text());
  }
  const std::scoped_lock lock(session->mutex);
  if (IsBusy(session->state))
    throw Error(ErrorCode::kConflict, "This import is being read; wait until that is done.", import.Text());
  if (session->uploads.size() >= formats::kMaxFiles)
    throw Error(ErrorCode::kTooLarge, "An import takes 5,000,000 files at most.", "path");
  const std::string stored = "upload-" + std::to_string(session->uploads_begun++);
  const auto bytes = std::filesystem::file_size(received);
  std::filesystem::rename(received, session->staging.Path() / stored);
  const auto same = std::find_if(session->uploads.begin(), session->uploads.end(),
                                 [&](const auto& file) { return file.path == path; });
  if (same != session->uploads.end()) {
    std::filesystem::remove(session->staging.Path() / same->stored);
    *same = {path, stored, bytes};
  } else {
    session->uploads.push_back({path, stored, bytes});
  }
  session->unpacked.reset();
  session->checked = nullptr;
  session->ready = nullptr;
  session->state = "open";
  ImportView view;
  view.id = import;
  view.state = session->state;
  view.files = session->uploads.size();
  for (const auto& file : session->uploads) view.bytes += file.bytes;
  return view;
}

ImportView Imports::Check(const Caller& caller, const base::ProjectId& project, const base::ImportId& import,
                          const ImportChoices& choices) {
  const auto session = NeedSession(caller, project, import);
  {
    const std::scoped_lock lock(session->mutex);
    if (session->state == "importing")
      throw Error(ErrorCode::kConflict, "This import is running already.", import.Text());
    session->choices = choices;
    session->state = "checking";
    session->checked = nullptr;
    session->ready = nullptr;
    session->failure.clear();
    session->job.reset();
  }
  jobs::Submission submission;
  submission.kind = kCheckKind;
  submission.project = project;
  submission.person = caller.person;
  submission.key = import.Text();
  submission.supersede = true;
  submission.title = "Looking at " + SourceName(session->source);
  submission.parameters = Parameters(import);
  const auto job = workspace_.Parts().jobs.Submit(submission);
  {
    const std::scoped_lock lock(session->mutex);
    session->job = job;
  }
  return ViewOf(*session);
}

formats::ProblemGroup Imports::FindProblem(const Caller& caller, const base::ProjectId& project,
                                           const base::ImportId& import, const std::string& code) {
  const auto view = Get(caller, project, import);
  const auto groups = view.report ? view.report->problems
                      : view.plan ? view.plan->problems.Groups()
                                  : std::vector<formats::ProblemGroup>{};
  for (const auto& group : groups) {
    if (formats::CodeName(group.code) == code) return group;
  }
  throw Error(ErrorCode::kNotFound, "This import has no such problem.", "code");
}

ImportView Imports::Commit(const Caller& caller, const base::ProjectId& project, const base::ImportId& import,
                           const base::OperationId& operation) {
  workspace_.Open(caller, project, Role::kEngineer);
  const auto session = FindSession(import);
  if (!session || session->project != project) return Get(caller, project, import);  // ended: a retry sees how
  bool repeated = false;
  {
    const std::scoped_lock all(mutex_);
    const std::scoped_lock lock(session->mutex);
    repeated = session->operation == operation && session->state == "importing";
    const bool ended = session->state == "importing" && session->job && EndedEarly(project, *session->job);
    if (!repeated && ((session->state != "checked" && !ended) || !session->ready)) {
      throw Error(ErrorCode::kConflict, "This import cannot start yet: check it first, and solve what stops it.",
                  import.Text());
    }
    for (const auto& [id, other] : sessions_) {
      if (id == import || other->project != project) continue;
      const std::scoped_lock others(other->mutex);
      const bool others_ended = other->job && EndedEarly(project, *other->job);
      if (other->state == "importing" && !others_ended)
        throw Error(ErrorCode::kConflict, "Another import of this project is running; wait until it is done.",
                    id.Text());
    }
    if (!repeated) {
      session->state = "importing";
      session->operation = operation;
      session->failure.clear();
      session->job.reset();
    }
  }
  if (repeated) return ViewOf(*session);
  try {
    StartCommit(caller, *session);
  } catch (...) {
    // Nothing runs: the person may try again, and other imports are not held up.
    const std::scoped_lock lock(session->mutex);
    session->state = "checked";
    throw;
  }
  return ViewOf(*session);
}

void Imports::StartCommit(const Caller& caller, ImportSession& session) {
  Remember(session, store::ImportState::kRunning, "{}");
  jobs::Submission submission;
  submission.kind = kCommitKind;
  submission.project = session.project;
  submission.person = caller.person;
  submission.title = "Importing " + SourceName(session.source);
  submission.parameters = Parameters(session.id);
  const auto job = workspace_.Parts().jobs.Submit(submission);
  const std::scoped_lock lock(session.mutex);
  session.job = job;
}

void Imports::Cancel(const Caller& caller, const base::ProjectId& project, const base::ImportId& import) {
  const auto view = Get(caller, project, import);
  if (view.state == "done")
    throw Error(ErrorCode::kConflict, "This import is done; undo it from the history instead.", import.Text());
  const auto session = FindSession(import);
  if (!session) return;
  std::optional<base::JobId> job;
  {
    const std::scoped_lock lock(session->mutex);
    job = session->job;
  }
  if (job) workspace_.Parts().jobs.Cancel(project, *job);
  Remember(*session, store::ImportState::kCancelled, "{}");
  {
    const std::scoped_lock lock(session->mutex);
    session->state = "cancelled";
  }
  Forget(import);
}

void Imports::RunCheck(jobs::Context& context) {
  const auto session = FindSession(ImportOf(context.Self()));
  if (!session) throw Error(ErrorCode::kCancelled, "This import is no longer there.");
  ImportChoices choices;
  {
    const std::scoped_lock lock(session->mutex);
    choices = session->choices;
  }
  const auto end = [&](const std::string& state, const std::string& failure) {
    const std::scoped_lock lock(session->mutex);
    session->state = state;
    session->failure = failure;
  };
  try {
    auto result = CheckSource(workspace_.Parts(), reader_, *workspace_.OpenForServer(session->project), *session,
                              choices, context);
    const std::scoped_lock lock(session->mutex);
    session->checked = std::move(result.checked);
    session->ready = std::move(result.ready);
    session->state = "checked";
  } catch (const Error& error) {
    if (error.Code() != ErrorCode::kCancelled) end("open", error.what());
    throw;
  } catch (...) {
    end("open", "Something went wrong while reading the source. Try again.");
    throw;
  }
}

void Imports::RunCommit(jobs::Context& context) {
  const auto session = FindSession(ImportOf(context.Self()));
  if (!session) throw Error(ErrorCode::kCancelled, "This import is no longer there.");
  std::shared_ptr<const ReadyImport> ready;
  {
    const std::scoped_lock lock(session->mutex);
    ready = session->ready;
  }
  // Done in the transaction of the change, or not at all.
  const ImportEnding ending = [&](store::Writer& writer, const ImportReport& report) {
    store::ImportRecord record;
    record.id = session->id;
    record.author = session->author;
    record.state = store::ImportState::kDone;
    record.source = SourceToText(session->source);
    record.report = ReportToText(report);
    record.sequence = report.sequence;
    store::UpdateImport(writer, session->project, record);
    BURNISH_FAILPOINT("import.ended");
  };
  const bool samples = ready->table == formats::kNoFile;
  try {
    const auto report =
        samples ? CommitSamples(workspace_, reader_, *session, *ready, session->operation, ending, context)
                : CommitPredictions(workspace_, reader_, *session, *ready, session->operation, ending, context);
    context.SetResult(ReportToText(report));
    {
      const std::scoped_lock lock(session->mutex);
      session->state = "done";
      session->report = report;
    }
    Forget(session->id);
  } catch (const Error& error) {
    EndCommit(*session, error.Code() == ErrorCode::kCancelled, error.what());
    throw;
  } catch (...) {
    EndCommit(*session, false, "Something went wrong while importing; nothing was changed. Try again.");
    throw;
  }
}

// What failed can be tried again from the check on; what was cancelled is gone.
void Imports::EndCommit(ImportSession& session, bool cancelled, const std::string& failure) {
  Remember(session, cancelled ? store::ImportState::kCancelled : store::ImportState::kPreview, "{}");
  {
    const std::scoped_lock lock(session.mutex);
    session.state = cancelled ? "cancelled" : "checked";
    session.failure = cancelled ? "" : failure;
  }
  if (cancelled) Forget(session.id);
}

Imports::SessionPtr Imports::FindSession(const base::ImportId& import) const {
  const std::scoped_lock lock(mutex_);
  const auto found = sessions_.find(import);
  return found == sessions_.end() ? nullptr : found->second;
}

Imports::SessionPtr Imports::NeedSession(const Caller& caller, const base::ProjectId& project,
                                         const base::ImportId& import) {
  const auto view = Get(caller, project, import);
  auto session = FindSession(import);
  if (!session)
    throw Error(ErrorCode::kConflict, "This import has ended (" + view.state + "). Begin a new one.", import.Text());
  return session;
}

bool Imports::EndedEarly(const base::ProjectId& project, const base::JobId& job) const {
  const auto found = workspace_.Parts().jobs.Find(project, job);
  return found && found->Ended();
}

void Imports::Forget(const base::ImportId& import) {
  SessionPtr gone;  // its staging folder is removed outside the lock
  const std::scoped_lock lock(mutex_);
  const auto found = sessions_.find(import);
  if (found == sessions_.end()) return;
  gone = std::move(found->second);
  sessions_.erase(found);
}

void Imports::Remember(const ImportSession& session, store::ImportState state, const std::string& report) {
  store::ImportRecord record;
  record.id = session.id;
  record.author = session.author;
  record.state = state;
  record.source = SourceToText(session.source);
  record.report = report;
  workspace_.Parts().catalog.Write(
      [&](store::Writer& writer) { store::UpdateImport(writer, session.project, record); });
}

ImportView Imports::ViewOf(const ImportSession& session) const {
  ImportView view;
  view.id = session.id;
  view.source_kind = std::holds_alternative<UploadSource>(session.source) ? "upload" : "folder";
  view.source_name = SourceName(session.source);
  view.created_at = session.created;
  // The job is looked up under the same lock: it leaves its result in the session before it ends, so
  // a job that has ended while the session still says "busy" left no result.
  const std::scoped_lock lock(session.mutex);
  view.state = session.state;
  view.files = session.uploads.size();
  for (const auto& file : session.uploads) view.bytes += file.bytes;
  view.plan = session.checked;
  if (session.ready && session.ready->files && session.uploads.empty()) {
    view.files = session.ready->files->Files().size();
    for (const auto& file : session.ready->files->Files()) view.bytes += file.bytes;
  }
  view.report = session.report;
  view.failure = session.failure;
  if (session.job) view.job = workspace_.Parts().jobs.Find(session.project, *session.job);
  // A job that was cancelled before it began, or while it looked, left the session as it was before.
  if (view.job && view.job->Ended() && view.state == "checking") view.state = "open";
  if (view.job && view.job->Ended() && view.state == "importing") view.state = "checked";
  return view;
}

ImportView Imports::ViewOf(const base::ProjectId&, const store::ImportRecord& record) const {
  ImportView view;
  view.id = record.id;
  const auto source = SourceFromText(record.source);
  view.source_kind = std::holds_alternative<UploadSource>(source) ? "upload" : "folder";
  view.source_name = SourceName(source);
  view.created_at = record.created;
  view.report = ReportFromText(record.report);
  switch (record.state) {
    case store::ImportState::kDone:
      view.state = "done";
      break;
    case store::ImportState::kCancelled:
      view.state = "cancelled";
      break;
    case store::ImportState::kPreview:
    case store::ImportState::kRunning:
    case store::ImportState::kFailed:
      // Its session went with an earlier run of the server.
      view.state = "failed";
      view.failure = kInterrupted;
      break;
  }
  return view;
}

}  // namespace burnish::app
