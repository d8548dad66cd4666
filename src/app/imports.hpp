#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/workspace.hpp"
#include "formats/plan.hpp"
#include "formats/problem.hpp"
#include "formats/reader_child.hpp"
#include "store/catalog/imports.hpp"

namespace burnish::app {

// A folder, table or archive of the server, below a media root; left where it is (archives are unpacked).
struct FolderSource {
  std::string root;
  std::string path;
};
// Files that the person brings; `name` is what they chose.
struct UploadSource {
  std::string name;
};
using ImportSource = std::variant<FolderSource, UploadSource>;

enum class ImportContent : std::uint8_t { kSamples, kPredictions };
inline constexpr std::array<std::string_view, 2> kImportContentNames = {"samples", "predictions"};
// For samples to which the source gives no split.
enum class SplitPlan : std::uint8_t { kAsGiven, kStratified, kAllTrain, kAllPool };
inline constexpr std::array<std::string_view, 4> kSplitPlanNames = {"as_given", "stratified", "all_train", "all_pool"};

// What a person chose for one column; what is absent stays as guessed.
struct ColumnChoice {
  formats::Role role = formats::Role::kIgnore;
  std::optional<model::FieldType> type;
  std::optional<std::string> class_name;  // of kProbability
};

struct ImportChoices {
  std::optional<formats::FormatId> format;
  std::optional<ImportContent> content;
  std::map<std::string, ColumnChoice> columns;  // by name
  std::optional<std::string> media_base;  // folder of the source (or, for a table on the server, of its media root)
  std::string run_name;                   // of predictions
  SplitPlan split_plan = SplitPlan::kAsGiven;
  std::array<double, 3> split_shares = {0.7, 0, 0.3};  // train, validation, test
  bool replace_content = false;                        // where the same path has other content
  bool replace_labels = false;                         // where the source says another class than truth
  bool add_unknown_classes = true;                     // predictions: else their rows are left out
  bool normalize = false;                              // predictions
  // For values of the class column that mean another class; not in the API, for sources that give numbers (IDX).
  std::map<std::string, std::optional<std::string>> class_values;
};

struct ImportColumn {
  std::string name;
  ColumnChoice choice;
  std::vector<std::string> examples;
};
struct ImportPreviewRow {
  std::string path;
  std::string class_name;  // empty: none
  std::string split;
  std::map<std::string, std::string> values;
  std::string thumbnail;  // JPEG or PNG bytes; empty: none
};
struct ImportClass {
  std::string name;
  std::uint64_t count = 0;
  bool known = false;  // the project has it already
};
// How the source differs from what the project has of it.
struct ImportDifference {
  std::uint64_t added = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t changed_content = 0;
  std::uint64_t changed_labels = 0;
  std::uint64_t filled_labels = 0;  // truth has none yet: taken
  std::uint64_t duplicates = 0;
  std::uint64_t missing = 0;
};

// What the check found, with the mapping that is in force.
struct CheckedImport {
  formats::FormatId format = formats::FormatId::kFolder;
  std::vector<formats::FormatId> formats;  // likeliest first
  ImportContent content = ImportContent::kSamples;
  std::string sentence;
  std::uint64_t samples = 0;
  std::vector<ImportColumn> columns;
  std::vector<ImportPreviewRow> rows;
  std::vector<ImportClass> classes;
  std::map<std::string, std::uint64_t> splits;
  formats::Problems problems;
  std::optional<ImportDifference> difference;  // nothing: a project without samples
  ImportChoices choices;
  std::string media_base;
  bool can_commit = false;
};

// What came of it; stays for ever.
struct ImportReport {
  std::uint64_t samples = 0;
  std::uint64_t predictions = 0;
  std::uint64_t left_out = 0;
  std::optional<base::SequenceNumber> sequence;
  double seconds = 0;
  std::vector<formats::ProblemGroup> problems;
  ImportDifference difference;
};

struct ImportView {
  base::ImportId id;
  std::string state;  // open, checking, checked, importing, done, failed, cancelled
  std::string source_kind;
  std::string source_name;
  base::Micros created_at = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::optional<jobs::Job> job;
  std::shared_ptr<const CheckedImport> plan;
  std::optional<ImportReport> report;
  std::string failure;  // a sentence
};

struct FolderListing {
  std::string path;
  std::vector<std::string> folders;
  std::vector<std::string> files;  // tables, archives, IDX
  std::uint64_t image_count = 0;
};

struct ImportSession;

// Bringing samples and model results into a project: begin, upload, check, commit. Nothing is written to the project
// before the commit, which is one change. A preview lives as long as the server; the report of a commit for ever.
class Imports {
 public:
  // Registers the jobs' kinds: make it before the scheduler starts.
  Imports(Workspace& workspace, formats::ReaderOptions reader = {});
  ~Imports();
  Imports(const Imports&) = delete;
  Imports& operator=(const Imports&) = delete;

  std::vector<std::string> ListRoots(const Caller& caller);
  // Throws kNotFound for an unknown root or a folder that is not below it.
  FolderListing ListFolder(const Caller& caller, const std::string& root, const std::string& path);

  std::vector<ImportView> List(const Caller& caller, const base::ProjectId& project);  // newest first
  ImportView Create(const Caller& caller, const base::ProjectId& project, const base::OperationId& operation,
                    const ImportSource& source);
  ImportView Get(const Caller& caller, const base::ProjectId& project, const base::ImportId& import);
  // Takes over `received`, a file on the data folder's file system. The same path again replaces it.
  ImportView AddFile(const Caller& caller, const base::ProjectId& project, const base::ImportId& import,
                     const std::string& path, const std::filesystem::path& received);
  // Starts the check; Get shows the plan when its job is done.
  ImportView Check(const Caller& caller, const base::ProjectId& project, const base::ImportId& import,
                   const ImportChoices& choices);
  // Every name behind one problem. Throws kNotFound when there is no such problem.
  formats::ProblemGroup FindProblem(const Caller& caller, const base::ProjectId& project, const base::ImportId& import,
                                    const std::string& code);
  // Imports what was checked, as a job. A retry returns the import as it is by now. Throws kConflict before a check,
  // with a blocking problem, or while another import of the project runs.
  ImportView Commit(const Caller& caller, const base::ProjectId& project, const base::ImportId& import,
                    const base::OperationId& operation);
  // Stops what runs and removes what was staged. Throws kConflict for one that is done: undo takes it back.
  void Cancel(const Caller& caller, const base::ProjectId& project, const base::ImportId& import);

 private:
  using SessionPtr = std::shared_ptr<ImportSession>;
  SessionPtr FindSession(const base::ImportId& import) const;
  SessionPtr NeedSession(const Caller& caller, const base::ProjectId& project, const base::ImportId& import);
  ImportView ViewOf(const ImportSession& session) const;
  ImportView ViewOf(const base::ProjectId& project, const store::ImportRecord& record) const;
  void RunCheck(jobs::Context& context);
  void RunCommit(jobs::Context& context);
  void StartCommit(const Caller& caller, ImportSession& session);
  void EndCommit(ImportSession& session, bool cancelled, const std::string& failure);
  bool EndedEarly(const base::ProjectId& project, const base::JobId& job) const;
  void Forget(const base::ImportId& import);
  void Remember(const ImportSession& session, store::ImportState state, const std::string& report);

  Workspace& workspace_;
  formats::Reader reader_;
  mutable std::mutex mutex_;  // guards sessions_
  std::map<base::ImportId, SessionPtr> sessions_;
};

}  // namespace burnish::app
