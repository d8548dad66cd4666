#include "app/edit_outcome.hpp"
#include "app/import_check.hpp"
#include "app/import_commit.hpp"
#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "store/catalog/model_runs.hpp"
#include "store/columns/batch.hpp"

namespace burnish::app {
namespace {

constexpr int kMostTries = 5;
constexpr std::uint64_t kReportEvery = 1'000;

struct Written {
  std::uint64_t rows = 0;
  std::string blob;
  std::vector<model::ClassEdit> edits;
};

// The table as a blob of predictions, its classes as ids of the snapshot.
Written WriteRows(const Services& services, const formats::Reader& reader, const ImportSession& session,
                  const ReadyImport& ready, const store::SnapshotPtr& snapshot, jobs::Context& job) {
  formats::Problems ignored;
  const auto finder = FinderOf(snapshot);
  const auto classes = ClassNames(*snapshot);
  // A first reading tells which classes are added: the batch names them before its rows.
  const auto all = formats::ReadPredictions(
      *ready.files, ready.table, ready.predictions, classes, finder, reader,
      [&](formats::PredictionRow&&) { return !job.Stop().stop_requested(); }, ignored);
  job.ThrowIfStopped();
  ImportClasses ids(snapshot->ontology);
  std::vector<model::ClassId> by_index;
  for (const auto& name : all.classes) {
    // A retired class may well be predicted; only new ones touch the ontology.
    const auto* known = snapshot->ontology.FindByName(name);
    by_index.push_back(known != nullptr ? known->id : ids.For(name));
  }
  Written written;
  written.edits = ids.Edits();
  const auto file = session.staging.Path() / "predictions.parquet";
  store::PredictionWriter writer(by_index, session.staging.Path());
  formats::ReadPredictions(
      *ready.files, ready.table, ready.predictions, classes, finder, reader,
      [&](formats::PredictionRow&& row) {
        store::PredictionRow out;
        out.ordinal = row.sample;
        out.predicted = by_index.at(row.class_index);
        if (row.confidence) out.confidence = *row.confidence;
        out.probabilities = std::move(row.probabilities);
        if (!out.probabilities.empty()) out.probabilities.resize(by_index.size());
        writer.Append(out);
        if (++written.rows % kReportEvery == 0)
          job.Report(written.rows, all.rows, "predictions", "Reading predictions");
        return !job.Stop().stop_requested();
      },
      ignored);
  job.ThrowIfStopped();
  writer.Finish(file);
  written.blob = services.blobs.PutFile(file);
  return written;
}

store::ModelRun RunOf(const Services& services, const ReadyImport& ready, const std::string& blob) {
  store::ModelRun run;
  run.id = base::RunId(base::NewIdText(services.random));
  run.name = ready.choices.run_name.empty() ? ready.files->Files()[ready.table].path : ready.choices.run_name;
  run.kind = store::RunKind::kImported;
  run.status = store::RunStatus::kReady;
  run.artifact = blob;
  return run;
}

}  // namespace

ImportReport CommitPredictions(Workspace& workspace, const formats::Reader& reader, ImportSession& session,
                               const ReadyImport& ready, const base::OperationId& operation, const ImportEnding& ending,
                               jobs::Context& job) {
  const Services& services = workspace.Parts();
  const auto project = workspace.OpenForServer(session.project);
  const auto started = services.clock.Now();
  for (int tries = 1;; ++tries) {
    const auto snapshot = project->View().AtLeast(services.log.Head(session.project));
    const auto written = WriteRows(services, reader, session, ready, snapshot, job);
    const auto run = RunOf(services, ready, written.blob);
    ImportReport report;
    report.predictions = written.rows;
    report.problems = ready.found.Groups();
    report.left_out = LeftOut(report.problems);
    report.seconds = static_cast<double>(services.clock.Now() - started) / 1e6;

    store::AppendRequest request;
    request.project = session.project;
    request.operation = operation;
    request.author = session.author;
    request.kind = model::ChangeKind::kModelRun;
    request.summary = "Imported the model run " + run.name + ": " + Counted(written.rows, "prediction", "predictions");
    request.base = snapshot->as_of;
    request.digest = RequestDigest({session.id.Text()});
    request.delta.classes = written.edits;
    request.run = run.id;
    request.also = [&](store::Writer& writer, const store::AppendResult& result) {
      store::CreateModelRun(writer, session.project, run);
      report.sequence = result.sequence;
      ending(writer, report);
    };
    try {
      BURNISH_FAILPOINT("import.before_append_run");
      const auto result = services.log.Append(request);
      report.sequence = result.sequence;
      workspace.Committed(session.project, result);
      return report;
    } catch (const store::ConflictError& conflict) {
      if (!conflict.StaleIds() || tries == kMostTries) throw;
    }
  }
}

}  // namespace burnish::app
