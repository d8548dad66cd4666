#include "app/open_project.hpp"

#include <roaring/roaring.h>

#include "app/workspace.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "store/catalog/stored_sets.hpp"

namespace burnish::app {
namespace {

// Made by which code and parameters; another recipe is another file.
constexpr std::string_view kThumbnailRecipe = "jpeg82-v1";
constexpr std::string_view kQualityRecipe = "v1";
constexpr std::size_t kChangesAtOnce = 500;
constexpr std::size_t kRankingsKept = 8;

std::filesystem::path MakeFolder(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
  return folder;
}

store::ProjectTruth TruthOf(const Services& services, const base::ProjectId& project) {
  store::ProjectTruth truth;
  truth.project = project;
  truth.read_changes = [&services, project](model::SequenceNumber after, std::size_t limit) {
    return services.log.ReadChanges(project, after, services.log.Head(project), std::min(limit, kChangesAtOnce));
  };
  truth.head = [&services, project] { return services.log.Head(project); };
  truth.batch_file = [&services](const std::string& batch) { return services.blobs.LocalPath(batch); };
  truth.batch_folder = services.blobs.LocalFolder();
  return truth;
}

std::unique_ptr<store::Pack> OpenThumbnails(const std::filesystem::path& folder, int side) {
  return std::make_unique<store::Pack>(folder /
                                       store::PackFileName("thumbnail-" + std::to_string(side), kThumbnailRecipe));
}

}  // namespace

OpenProject::OpenProject(const Services& services, base::ProjectId project)
    : services_(services), id_(std::move(project)), folder_(MakeFolder(services.data / "projects" / id_.Text())) {
  // First: it reads the columns on a thread of its own while the packs are opened here.
  store::ProjectViewOptions options;
  options.file = folder_ / "columns.duckdb";
  view_ = std::make_unique<store::ProjectView>(TruthOf(services, id_), options);
  const auto artifacts = MakeFolder(ArtifactFolder());
  small_thumbnails_ = OpenThumbnails(artifacts, kSmallThumbnail);
  large_thumbnails_ = OpenThumbnails(artifacts, kLargeThumbnail);
  quality_ = std::make_unique<store::FixedPack>(artifacts / store::PackFileName("quality", kQualityRecipe, "fixed"),
                                                sizeof(QualityRecord));
  if (services.embedder != nullptr) {
    const embed::Model& model = services.embedder->GetModel();
    dimensions_ = model.dimensions;
    // A recipe names everything that the vectors depend on; a file can only be named by its digest.
    recipe_ = model.name + "-" + base::DigestHex(model.recipe).substr(0, 16);
    embeddings_ = std::make_shared<store::FixedPack>(artifacts / store::PackFileName("embedding", recipe_, "fixed"),
                                                     static_cast<std::uint32_t>(dimensions_) * sizeof(base::Half));
  }
}

OpenProject::~OpenProject() = default;

store::FilterSources OpenProject::FilterSources() {
  store::FilterSources sources;
  sources.stored_set = [this](const base::StoredSetId& set) {
    const auto found =
        services_.catalog.Read([&](store::Reader& reader) { return store::FindStoredSet(reader, id_, set); });
    if (!found)
      throw base::Error(base::ErrorCode::kNotFound, "This selection is no longer kept. Select the samples again.",
                        set.Text());
    const std::string bytes = services_.blobs.Get(found->blob);
    const std::unique_ptr<roaring_bitmap_t, void (*)(const roaring_bitmap_t*)> bitmap(
        roaring_bitmap_portable_deserialize_safe(bytes.data(), bytes.size()),
        [](const roaring_bitmap_t* owned) { roaring_bitmap_free(owned); });
    if (!bitmap) throw base::Error(base::ErrorCode::kInternal, "The stored selection cannot be read.", set.Text());
    std::vector<model::Ordinal> ordinals(roaring_bitmap_get_cardinality(bitmap.get()));
    roaring_bitmap_to_uint32_array(bitmap.get(), ordinals.data());
    return ordinals;
  };
  sources.similar = [this](std::span<const model::Ordinal> to, std::uint32_t count, const store::Bitset& candidates) {
    const auto vectors = Vectors();
    if (!vectors)
      throw base::Error(base::ErrorCode::kConflict,
                        "Similar samples cannot be found before the embeddings are made. Try again once they are.",
                        "similar");
    return vectors->Similar(to, count, candidates);
  };
  {
    const std::scoped_lock lock(mutex_);
    sources.similar_generation = vectors_generation_;
  }
  sources.changed_in = [this](model::SequenceNumber after, model::SequenceNumber upto) {
    return view_->ChangedIn(after, upto);
  };
  return sources;
}

std::shared_ptr<const store::VectorSpace> OpenProject::Vectors() const {
  const std::scoped_lock lock(mutex_);
  return vectors_;
}

void OpenProject::RefreshVectors() {
  if (!embeddings_) return;
  std::shared_ptr<const store::VectorIndex> index;
  std::size_t exact_up_to = 0;
  {
    const std::scoped_lock lock(mutex_);
    index = index_;
    exact_up_to = exact_up_to_;
  }
  auto space = std::make_shared<const store::VectorSpace>(
      "default", embeddings_, static_cast<std::uint32_t>(dimensions_), *Latest(), std::move(index), exact_up_to);
  const std::scoped_lock lock(mutex_);
  ++vectors_generation_;
  vectors_ = space->Present() == 0 ? nullptr : std::move(space);
}

void OpenProject::UseIndex(std::shared_ptr<const store::VectorIndex> index, std::size_t exact_up_to) {
  const std::scoped_lock lock(mutex_);
  index_ = std::move(index);
  exact_up_to_ = exact_up_to;
}

base::FileDescriptor OpenProject::OpenMedia(const model::Media& media) const {
  if (media.location.root.empty()) {
    const auto file = services_.blobs.LocalPath(media.location.path);
    return base::OpenBeneath(file.parent_path(), file.filename().string());
  }
  std::filesystem::path root;
  {
    const std::scoped_lock lock(mutex_);
    if (!roots_.contains(media.location.root)) {
      const auto roots =
          services_.catalog.Read([&](store::Reader& reader) { return store::ListMediaRoots(reader, id_); });
      for (const auto& known : roots) roots_[known.name] = known.path;
    }
    root = roots_[media.location.root];
  }
  return base::OpenBeneath(root, media.location.path);
}

void OpenProject::KeepModelInputs(std::shared_ptr<const ModelInputs> inputs) {
  const std::scoped_lock lock(mutex_);
  model_inputs_.swap(inputs);
}

std::shared_ptr<const ModelInputs> OpenProject::FindModelInputs() const {
  const std::scoped_lock lock(mutex_);
  return model_inputs_;
}

void OpenProject::KeepNearPairs(std::shared_ptr<const NearPairs> pairs) {
  const std::scoped_lock lock(mutex_);
  near_pairs_.swap(pairs);
}

std::shared_ptr<const NearPairs> OpenProject::FindNearPairs() const {
  const std::scoped_lock lock(mutex_);
  return near_pairs_;
}

void OpenProject::KeepRanking(std::shared_ptr<const Ranking> ranking) {
  const std::scoped_lock lock(mutex_);
  const std::uint64_t generation = ranking->columns->generation;
  rankings_[generation] = std::move(ranking);
  if (rankings_.size() > kRankingsKept) rankings_.erase(rankings_.begin());
}

std::shared_ptr<const Ranking> OpenProject::FindRanking(std::uint64_t generation) const {
  const std::scoped_lock lock(mutex_);
  const auto found = rankings_.find(generation);
  return found == rankings_.end() ? nullptr : found->second;
}

void OpenProject::SetState(const std::string& view, ViewState state) {
  const std::scoped_lock lock(mutex_);
  states_[view] = std::move(state);
}

ViewState OpenProject::StateOf(const std::string& view) const {
  const std::scoped_lock lock(mutex_);
  const auto found = states_.find(view);
  return found == states_.end() ? ViewState{} : found->second;
}

}  // namespace burnish::app
