#include "app/search_index.hpp"

#include <spdlog/spdlog.h>

#include "store/vectors/index_builder.hpp"

namespace burnish::app {
namespace {

constexpr std::string_view kKind = "search-index";
constexpr std::string_view kTitle = "Making search fast";
// Made again when one in so many embeddings is not in it.
constexpr std::size_t kMostUnindexed = 20;

std::filesystem::path FileOf(const OpenProject& project) {
  return project.ArtifactFolder() / store::PackFileName("index", project.EmbeddingRecipe(), "ivf");
}

void Use(OpenProject& project, std::size_t exact_up_to) {
  auto opened = store::VectorIndex::Open(FileOf(project), *project.Embeddings());
  if (!opened.problem.empty()) spdlog::warn("search index of {}: {}", project.Id().Text(), opened.problem);
  project.UseIndex(std::move(opened.index), exact_up_to);
}

}  // namespace

SearchIndex::SearchIndex(Workspace& workspace, std::size_t exact_up_to)
    : workspace_(workspace), exact_up_to_(exact_up_to) {
  jobs::Kind kind;
  kind.name = kKind;
  kind.heavy = true;
  kind.run = [this](jobs::Context& context) { Run(context); };
  workspace_.Parts().jobs.Register(std::move(kind));
}

void SearchIndex::Restore(OpenProject& project) {
  if (project.Embeddings()) Use(project, exact_up_to_);
}

void SearchIndex::Follow(OpenProject& project) {
  const auto vectors = project.Vectors();
  if (!vectors || vectors->Present() <= exact_up_to_ || vectors->Unindexed() * kMostUnindexed <= vectors->Present())
    return;
  workspace_.Parts().jobs.Submit({.kind = std::string(kKind),
                                  .project = project.Id(),
                                  .person = {},
                                  .key = std::string(kKind),
                                  .title = std::string(kTitle)});
}

void SearchIndex::Run(jobs::Context& context) {
  const auto project = workspace_.OpenForServer(context.Self().project);
  const auto embeddings = project->Embeddings();
  if (!embeddings) return;
  math::RunControl control;
  control.stop = context.Stop();
  control.progress = [&](double share) {
    context.Report(static_cast<std::uint64_t>(share * 100), 100, "%", std::string(kTitle));
  };
  store::BuildIndex(*embeddings, embeddings->Rows(), 0, control)->Write(FileOf(*project));
  Use(*project, exact_up_to_);
  project->RefreshVectors();
}

}  // namespace burnish::app
