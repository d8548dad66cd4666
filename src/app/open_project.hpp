#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "base/ids.hpp"
#include "model/sample.hpp"
#include "store/artifacts/fixed_pack.hpp"
#include "store/artifacts/pack.hpp"
#include "store/columns/project_view.hpp"
#include "store/columns/results.hpp"
#include "store/vectors/vector_space.hpp"

namespace burnish::app {

class ModelInputs;
struct NearPairs;
struct Services;

// How far one derived view is, for the person who waits for it.
struct ViewState {
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  bool ready = false;
  std::uint64_t generation = 0;
  std::string sentence;  // why it is not ready, or never will be as things stand
};

// Suspected wrong labels, best first, with what their neighbours say.
struct Ranking {
  std::shared_ptr<const store::SuspectColumns> columns;
  std::vector<float>
      agreement;  // beside columns->ranking: share of the nearest labeled train samples with the given label
};

// Longest sides of the two thumbnails that each photograph has.
inline constexpr int kSmallThumbnail = 160;
inline constexpr int kLargeThumbnail = 320;

// Measured on the pixels; one record of the quality pack. Little-endian, as everything on disk.
struct QualityRecord {
  float brightness = 0;
  float contrast = 0;
  float sharpness = 0;
  float colourfulness = 0;
  float entropy = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t unused = 0;
  std::uint64_t perceptual_hash = 0;
};
static_assert(sizeof(QualityRecord) == 40);

// One project while the server runs: its view, artifacts and results. Any thread may call.
class OpenProject {
 public:
  OpenProject(const Services& services, base::ProjectId project);
  ~OpenProject();
  OpenProject(const OpenProject&) = delete;
  OpenProject& operator=(const OpenProject&) = delete;

  const base::ProjectId& Id() const noexcept { return id_; }
  // The project's own folder below the data folder; artifacts of its own go to Folder() / "artifacts".
  const std::filesystem::path& Folder() const noexcept { return folder_; }
  std::filesystem::path ArtifactFolder() const { return folder_ / "artifacts"; }

  store::ProjectView& View() noexcept { return *view_; }
  store::SnapshotPtr Latest() const { return view_->Latest(); }
  store::ResultCache& Results() noexcept { return results_; }
  // What filters need beyond the snapshot: similarity, stored sets, the log.
  store::FilterSources FilterSources();

  store::Pack& Thumbnails(int side) { return side <= kSmallThumbnail ? *small_thumbnails_ : *large_thumbnails_; }
  store::FixedPack& Quality() { return *quality_; }
  // Null without an embedding model.
  std::shared_ptr<store::FixedPack> Embeddings() const { return embeddings_; }
  int EmbeddingDimensions() const noexcept { return dimensions_; }
  const std::string& EmbeddingRecipe() const noexcept { return recipe_; }
  // The embeddings of the latest snapshot's samples; null before the first. A new object after RefreshVectors.
  std::shared_ptr<const store::VectorSpace> Vectors() const;
  void RefreshVectors();
  // What searches among more than `exact_up_to` embeddings use from the next RefreshVectors on; null: nothing.
  void UseIndex(std::shared_ptr<const store::VectorIndex> index, std::size_t exact_up_to);

  // What the last import left for the embedding model; null for nothing.
  void KeepModelInputs(std::shared_ptr<const ModelInputs> inputs);
  std::shared_ptr<const ModelInputs> FindModelInputs() const;

  // Which contents were compared for near duplicates, and the pairs found; null before the first.
  void KeepNearPairs(std::shared_ptr<const NearPairs> pairs);
  std::shared_ptr<const NearPairs> FindNearPairs() const;

  // The bytes of a medium where it lies. Throws kNotFound when it is gone; does not check its hash.
  base::FileDescriptor OpenMedia(const model::Media& media) const;

  // A ranking of suspected wrong labels that somebody may be walking; the newest few are kept.
  void KeepRanking(std::shared_ptr<const Ranking> ranking);
  // Null when it is no longer kept.
  std::shared_ptr<const Ranking> FindRanking(std::uint64_t generation) const;

  void SetState(const std::string& view, ViewState state);
  ViewState StateOf(const std::string& view) const;

 private:
  const Services& services_;
  base::ProjectId id_;
  std::filesystem::path folder_;
  std::unique_ptr<store::Pack> small_thumbnails_;
  std::unique_ptr<store::Pack> large_thumbnails_;
  std::unique_ptr<store::FixedPack> quality_;
  std::shared_ptr<store::FixedPack> embeddings_;
  int dimensions_ = 0;
  std::string recipe_;
  store::ResultCache results_;
  mutable std::mutex mutex_;  // guards what follows, up to roots_
  std::uint64_t vectors_generation_ = 0;
  std::shared_ptr<const store::VectorSpace> vectors_;
  std::shared_ptr<const store::VectorIndex> index_;
  std::size_t exact_up_to_ = store::VectorSpace::kExactUpTo;
  std::shared_ptr<const ModelInputs> model_inputs_;
  std::shared_ptr<const NearPairs> near_pairs_;
  std::map<std::uint64_t, std::shared_ptr<const Ranking>> rankings_;  // by generation
  std::map<std::string, ViewState> states_;
  mutable std::map<std::string, std::filesystem::path> roots_;
  std::unique_ptr<store::ProjectView> view_;  // last: its threads use what stands above
};

}  // namespace burnish::app
