#include "app/probe.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "store/catalog/model_runs.hpp"
#include "store/catalog/versions.hpp"

namespace burnish::app {
namespace {

constexpr std::string_view kKind = "probe";
constexpr std::chrono::milliseconds kAfterLastEdit{1'200};
constexpr std::chrono::milliseconds kAtMost{8'000};

void KeepInCatalog(const Services& services, const base::ProjectId& project, const base::RunId& id,
                   const std::string& name, base::SequenceNumber trained_on, const std::string& key) {
  services.catalog.Write([&](store::Writer& writer) {
    store::ModelRun run;
    run.id = id;
    run.name = name;
    run.kind = store::RunKind::kProbe;
    run.status = store::RunStatus::kReady;
    run.trained_on = trained_on;
    run.artifact = key;
    if (store::FindModelRun(writer, project, id)) {
      store::UpdateModelRun(writer, project, run);
    } else {
      store::CreateModelRun(writer, project, run);
    }
  });
}

}  // namespace

std::vector<Baseline> BaselinesOf(const Services& services, const OpenProject& project) {
  std::vector<Baseline> baselines;
  const auto versions =
      services.catalog.Read([&](store::Reader& reader) { return store::ListVersions(reader, project.Id()); });
  for (const store::Version& version : versions) baselines.push_back({version.name, version.sequence});
  const auto snapshot = project.Latest();
  if (!snapshot->imports.empty()) baselines.push_back({"import", snapshot->imports.back().sequence});
  return baselines;
}

base::RunId KeptRunOf(base::SequenceNumber sequence) { return base::RunId("probe-" + std::to_string(sequence)); }

Probe::Probe(Workspace& workspace) : workspace_(workspace) {
  jobs::Kind kind;
  kind.name = kKind;
  kind.priority = jobs::Priority::kSoon;
  kind.heavy = true;
  kind.run = [this](jobs::Context& context) { Run(context); };
  workspace_.Parts().jobs.Register(std::move(kind));
}

void Probe::Follow(OpenProject& project) { Submit(project, kAfterLastEdit); }
void Probe::FollowEmbeddings(OpenProject& project) { Submit(project, {}); }

void Probe::Submit(const OpenProject& project, std::chrono::milliseconds delay) {
  workspace_.Parts().jobs.Submit({.kind = std::string(kKind),
                                  .project = project.Id(),
                                  .person = {},
                                  .key = std::string(kKind),
                                  .title = "Training the probe",
                                  .delay = delay,
                                  .at_most = kAtMost});
}

void Probe::Run(jobs::Context& context) {
  const auto project = workspace_.OpenForServer(context.Self().project);
  // With half of the embeddings it would learn something else, and a baseline is learnt once. What follows the last
  // embedding calls again.
  if (const ViewState embeddings = project->StateOf("embeddings"); !embeddings.ready) {
    const std::string why = embeddings.sentence.empty() ? "The probe follows the embeddings." : embeddings.sentence;
    for (const char* view : {"probe", "suspects"}) project->SetState(view, {0, 1, false, 0, why});
    return;
  }
  math::RunControl control;
  control.stop = context.Stop();
  control.progress = [&](double share) {
    context.Report(static_cast<std::uint64_t>(share * 100), 100, "%", "Training the probe");
  };
  LearnPresent(*project, control.Part(0, 0.6));
  LearnBaselines(*project, control.Part(0.6, 1));
}

void Probe::LearnPresent(OpenProject& project, const math::RunControl& control) {
  const auto snapshot = project.Latest();
  const auto vectors = project.Vectors();
  const ProbeInputs inputs = CollectProbeInputs(*snapshot, vectors.get());
  if (!inputs.obstacle.empty()) {
    project.View().Attach(
        [](const store::Snapshot& latest) { return store::WithoutRun(latest, base::RunId(std::string(kProbeRun))); });
    for (const char* view : {"probe", "suspects"})
      project.SetState(view, {0, 1, false, snapshot->as_of, inputs.obstacle});
    workspace_.AnnounceReady(project.Id(), "probe", snapshot->as_of);
    return;
  }
  const ProbeResult result = TrainOrLoadProbe(project, *snapshot, *vectors, inputs, kept_, control);
  bool changed = false;
  {
    const std::scoped_lock lock(mutex_);
    changed = present_[project.Id()] != result.key;
    present_[project.Id()] = result.key;
  }
  if (changed) {
    // Never twice the same for two different probes, even of one state (embeddings that were lost and made again).
    const store::RunColumns* last = project.Latest()->FindRun(std::string(kProbeRun));
    const std::uint64_t generation = std::max(snapshot->as_of, last == nullptr ? 0 : last->generation + 1);
    const auto neighbours = NeighboursOf(project, *snapshot, *vectors, inputs, control);
    const auto suspects =
        std::make_shared<const store::SuspectColumns>(RankSuspects(*snapshot, inputs, result, *neighbours, generation));
    project.KeepRanking(
        std::make_shared<const Ranking>(Ranking{suspects, AgreementOf(*neighbours, inputs, suspects->ranking)}));
    auto run = RunColumnsOf(result, base::RunId(std::string(kProbeRun)), std::string(kProbeRun), generation);
    project.View().Attach(
        [&](const store::Snapshot& latest) { return store::WithSuspects(*store::WithRun(latest, run), *suspects); });
    KeepInCatalog(workspace_.Parts(), project.Id(), base::RunId(std::string(kProbeRun)), std::string(kProbeRun),
                  snapshot->as_of, result.key);
  }
  for (const char* view : {"probe", "suspects"}) project.SetState(view, {1, 1, true, snapshot->as_of, {}});
  workspace_.AnnounceReady(project.Id(), "probe", snapshot->as_of);
}

std::shared_ptr<const math::Neighbours> Probe::NeighboursOf(const OpenProject& project, const store::Snapshot& snapshot,
                                                            const store::VectorSpace& vectors,
                                                            const ProbeInputs& inputs,
                                                            const math::RunControl& control) {
  const std::string key = NeighboursKey(project, snapshot, inputs);
  {
    const std::scoped_lock lock(mutex_);
    const auto found = remembered_.find(project.Id());
    if (found != remembered_.end() && found->second.key == key) return found->second.neighbours;
  }
  auto neighbours = std::make_shared<const math::Neighbours>(TrainNeighbours(snapshot, vectors, inputs, control));
  const std::scoped_lock lock(mutex_);
  remembered_[project.Id()] = {key, neighbours};
  return neighbours;
}

void Probe::LearnBaselines(OpenProject& project, const math::RunControl& control) {
  const auto vectors = project.Vectors();
  if (!vectors) return;
  for (const Baseline& baseline : BaselinesOf(workspace_.Parts(), project)) {
    control.ThrowIfStopped();
    const base::RunId id = KeptRunOf(baseline.sequence);
    if (project.Latest()->FindRun(id.Text()) != nullptr) continue;
    const auto then = project.View().At(baseline.sequence);
    const ProbeInputs inputs = CollectProbeInputs(*then, vectors.get());
    if (!inputs.obstacle.empty()) continue;
    const ProbeResult result = TrainOrLoadProbe(project, *then, *vectors, inputs, kept_, control);
    const std::string name = baseline.name == "import" ? "probe at import" : "probe at version " + baseline.name;
    project.View().Attach([&](const store::Snapshot& latest) {
      return store::WithRun(latest, RunColumnsOf(result, id, name, baseline.sequence));
    });
    KeepInCatalog(workspace_.Parts(), project.Id(), id, name, baseline.sequence, result.key);
  }
  workspace_.AnnounceReady(project.Id(), "impact", project.Latest()->as_of);
}

}  // namespace burnish::app
