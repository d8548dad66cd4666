#include "app/prepare.hpp"

#include <spdlog/spdlog.h>

#include <condition_variable>
#include <deque>
#include <thread>

#include "app/edit_outcome.hpp"
#include "app/model_inputs.hpp"
#include "base/failpoint.hpp"

namespace burnish::app {
namespace {

constexpr std::string_view kKind = "prepare";
constexpr std::size_t kBatch = 32;               // pictures that the model gets at once
constexpr std::size_t kMostWaiting = 8;          // batches between the decoders and the model
constexpr std::uint64_t kAnnounceEvery = 1'000;  // thumbnails between two words to the pages

// One photograph that lacks something; byte-equal samples share it.
struct Item {
  model::Ordinal ordinal = 0;
  base::ContentHash content;
};

struct Missing {
  std::vector<Item> pictures;    // without thumbnails or quality
  std::vector<Item> embeddings;  // without embedding
  std::uint64_t total = 0;       // different photographs
};

Missing FindMissing(OpenProject& project, const store::Snapshot& snapshot) {
  Missing missing;
  const auto embeddings = project.Embeddings();
  const store::Bitset& repeats = snapshot.Repeats();
  store::ForEachContents(snapshot, [&](model::Ordinal first, std::span<const base::ContentHash> contents) {
    const auto measured = project.Quality().RowsOf(contents);
    const auto small = project.Thumbnails(kSmallThumbnail).HasEach(contents);
    const auto large = project.Thumbnails(kLargeThumbnail).HasEach(contents);
    const auto embedded = embeddings ? embeddings->RowsOf(contents) : std::vector<std::uint32_t>();
    for (std::size_t i = 0; i < contents.size(); ++i) {
      const auto ordinal = static_cast<model::Ordinal>(first + i);
      if (snapshot.IsWithdrawn(ordinal) || repeats.Test(ordinal)) continue;
      ++missing.total;
      const bool pictured = measured[i] != store::FixedPack::kNoRow && small[i] && large[i];
      if (!pictured) missing.pictures.push_back({ordinal, contents[i]});
      if (embeddings && embedded[i] == store::FixedPack::kNoRow) missing.embeddings.push_back({ordinal, contents[i]});
    }
  });
  return missing;
}

store::QualityColumns MeasuredQuality(OpenProject& project, const store::Snapshot& snapshot) {
  store::QualityColumns quality;
  store::ForEachContents(snapshot, [&](model::Ordinal, std::span<const base::ContentHash> contents) {
    std::vector<store::QualityRow> rows(contents.size());
    const auto places = project.Quality().RowsOf(contents);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (places[i] == store::FixedPack::kNoRow) continue;
      QualityRecord record;
      std::memcpy(&record, project.Quality().Row(places[i]).data(), sizeof record);
      rows[i] = {record.brightness,
                 record.contrast,
                 record.sharpness,
                 record.colourfulness,
                 record.entropy,
                 record.perceptual_hash,
                 true};
    }
    store::AppendQuality(quality, rows);
  });
  return quality;
}

// Whether `a` was looked up after `b`: neither samples nor measurements go away.
bool Covers(const store::QualityColumns& a, const store::QualityColumns& b) {
  const auto extent = [](const store::QualityColumns& quality) {
    return std::pair(quality.brightness.Size(), quality.measured ? quality.measured->Count() : 0);
  };
  return extent(a) >= extent(b);
}

// Looked up before the view is asked for its turn, since edits wait for that.
void AttachQuality(OpenProject& project) {
  const store::QualityColumns quality = MeasuredQuality(project, *project.Latest());
  project.View().Attach([&](const store::Snapshot& latest) {
    return store::WithQuality(latest, latest.quality && Covers(*latest.quality, quality) ? *latest.quality : quality);
  });
}

void PublishStates(OpenProject& project, const Missing& missing, const std::string& without_model) {
  const std::uint64_t pictured = missing.total - missing.pictures.size();
  const bool all = missing.pictures.empty();
  const std::uint64_t generation = project.Latest()->as_of;
  project.SetState("thumbnails", {pictured, missing.total, all, generation, {}});
  project.SetState("quality", {pictured, missing.total, all, generation, {}});
  if (!without_model.empty()) {
    project.SetState("embeddings", {0, missing.total, false, 0, without_model});
  } else {
    project.SetState(
        "embeddings",
        {missing.total - missing.embeddings.size(), missing.total, missing.embeddings.empty(), generation, {}});
  }
}

// Decoded pictures on their way to the model. Bounded: decoders wait for the model, not the memory.
class InputQueue {
 public:
  struct Input {
    base::ContentHash content;
    std::vector<std::uint8_t> pixels;
  };

  void Put(Input input) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return inputs_.size() < kBatch * kMostWaiting || closed_; });
    if (closed_) return;
    inputs_.push_back(std::move(input));
    some_.notify_one();
  }
  // Up to a batch; empty once closed and drained.
  std::vector<Input> Take() {
    std::unique_lock lock(mutex_);
    some_.wait(lock, [this] { return inputs_.size() >= kBatch || closed_; });
    std::vector<Input> batch;
    while (!inputs_.empty() && batch.size() < kBatch) {
      batch.push_back(std::move(inputs_.front()));
      inputs_.pop_front();
    }
    room_.notify_all();
    return batch;
  }
  bool IsClosed() {
    const std::scoped_lock lock(mutex_);
    return closed_;
  }
  void Close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    some_.notify_all();
    room_.notify_all();
  }

 private:
  std::mutex mutex_;  // guards what follows
  std::condition_variable some_;
  std::condition_variable room_;
  std::deque<Input> inputs_;
  bool closed_ = false;
};

// Decodes `items`; what fails is logged by path and stays without artifacts (the import listed it, or the file changed
// since).
void DecodeItems(Workspace& workspace, OpenProject& project, const std::vector<Item>& items,
                 const media::DecodeWants& wants, const std::function<bool()>& stopped,
                 const std::function<void(const Item&, media::Decoded&&)>& done) {
  const auto snapshot = project.Latest();
  std::vector<base::FileDescriptor> files(items.size());
  workspace.Parts().decoders.DecodeEach(
      items.size(), wants,
      [&](std::size_t i) {
        try {
          files[i] = project.OpenMedia(snapshot->MediaOf(items[i].ordinal));
        } catch (const base::Error& error) {
          spdlog::warn("prepare: {}", error.what());
        }
        return files[i].Valid() ? media::DecodeInput::File(files[i].Get()) : media::DecodeInput{};
      },
      [&](std::size_t i, media::Decoded decoded) {
        files[i] = base::FileDescriptor();
        done(items[i], std::move(decoded));
      },
      stopped);
}

void EmbedBatch(embed::Embedder& embedder, OpenProject& project, const std::vector<InputQueue::Input>& batch,
                const std::stop_token& stop) {
  BURNISH_FAILPOINT("prepare.embed");
  std::vector<std::uint8_t> pixels;
  for (const auto& input : batch) pixels.insert(pixels.end(), input.pixels.begin(), input.pixels.end());
  const auto rows = embedder.Embed(pixels, [&stop] { return stop.stop_requested(); });
  const auto dimensions = static_cast<std::size_t>(project.EmbeddingDimensions());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto row = std::span(rows).subspan(i * dimensions, dimensions);
    project.Embeddings()->Put(batch[i].content, std::as_bytes(row));
  }
}

// A decode of other bytes than the import saw must not stand for them.
bool IsSame(const Item& item, const media::Decoded& decoded) {
  return decoded.Ok() && decoded.content_hash && *decoded.content_hash == item.content;
}

void MakePictures(jobs::Context& context, Workspace& workspace, OpenProject& project, const Missing& missing) {
  std::mutex mutex;  // guards done
  std::uint64_t done = 0;
  const std::uint64_t total = missing.pictures.size();
  const auto stopped = [&] { return context.Stop().stop_requested(); };
  DecodeItems(workspace, project, missing.pictures, WantsOf(workspace.Parts(), false), stopped,
              [&](const Item& item, media::Decoded&& decoded) {
                if (IsSame(item, decoded)) KeepDecoded(project, item.content, decoded);
                const std::scoped_lock lock(mutex);
                context.Report(++done, total, "photographs", "Making thumbnails");
                project.SetState("thumbnails", {missing.total - total + done, missing.total, false, done, {}});
                if (done % kAnnounceEvery == 0) workspace.AnnounceReady(project.Id(), "thumbnails", done);
              });
  context.ThrowIfStopped();
  project.Thumbnails(kSmallThumbnail).Sync();
  project.Thumbnails(kLargeThumbnail).Sync();
  project.Quality().Sync();
  AttachQuality(project);
  for (const char* view : {"thumbnails", "quality"}) {
    workspace.AnnounceReady(project.Id(), view, project.Latest()->as_of);
  }
}

// First what an import has left decoded; the rest is decoded.
void FeedModel(Workspace& workspace, OpenProject& project, const std::vector<Item>& wanted, InputQueue& queue,
               const std::function<bool()>& stopped) {
  const auto decoded_before = project.FindModelInputs();
  std::vector<Item> others;
  for (const Item& item : wanted) {
    if (stopped()) return;
    auto pixels = decoded_before ? decoded_before->Find(item.content) : std::vector<std::uint8_t>{};
    if (pixels.empty()) {
      others.push_back(item);
    } else {
      queue.Put({item.content, std::move(pixels)});
    }
  }
  media::DecodeWants wants;
  wants.content_hash = true;
  wants.model_input = workspace.Parts().embedder->GetModel().spec;
  DecodeItems(workspace, project, others, wants, stopped, [&](const Item& item, media::Decoded&& decoded) {
    if (IsSame(item, decoded)) queue.Put({item.content, std::move(decoded.model_input)});
  });
}

void MakeEmbeddings(jobs::Context& context, Workspace& workspace, OpenProject& project, const Missing& missing) {
  embed::Embedder& embedder = *workspace.Parts().embedder;
  InputQueue queue;
  std::exception_ptr undecoded;
  std::jthread decoders([&] {
    try {
      const auto stopped = [&] { return context.Stop().stop_requested() || queue.IsClosed(); };
      FeedModel(workspace, project, missing.embeddings, queue, stopped);
    } catch (...) {
      undecoded = std::current_exception();
    }
    queue.Close();
  });
  const std::uint64_t wanted = missing.embeddings.size();
  std::uint64_t embedded = 0;
  try {
    for (auto batch = queue.Take(); !batch.empty(); batch = queue.Take()) {
      context.GiveWay();
      EmbedBatch(embedder, project, batch, context.Stop());
      embedded += batch.size();
      context.Report(embedded, wanted, "photographs", "Making embeddings");
      project.SetState("embeddings", {missing.total - wanted + embedded, missing.total, false, embedded, {}});
    }
  } catch (...) {
    queue.Close();
    decoders.join();
    throw;
  }
  decoders.join();
  project.KeepModelInputs(nullptr);
  project.Embeddings()->Sync();
  project.RefreshVectors();
  if (undecoded) std::rethrow_exception(undecoded);
  context.ThrowIfStopped();
  std::string unread;
  if (embedded < wanted) {
    unread = Counted(wanted - embedded, "photograph could not be read", "photographs could not be read") +
             " again; the files may have moved or changed.";
  }
  project.SetState("embeddings", {missing.total - wanted + embedded, missing.total, true, project.Latest()->as_of,
                                  std::move(unread)});
  workspace.AnnounceReady(project.Id(), "embeddings", project.Latest()->as_of);
}

}  // namespace

media::DecodeWants WantsOf(const Services& services, bool with_model_input) {
  media::DecodeWants wants;
  wants.thumbnail_sides = {kSmallThumbnail, kLargeThumbnail};
  wants.content_hash = true;
  wants.perceptual_hash = true;
  wants.quality = true;
  if (with_model_input && services.embedder != nullptr) wants.model_input = services.embedder->GetModel().spec;
  return wants;
}

void KeepDecoded(OpenProject& project, const base::ContentHash& content, const media::Decoded& decoded) {
  const auto bytes_of = [](const media::Thumbnail& thumbnail) { return std::span<const std::byte>(thumbnail.bytes); };
  project.Thumbnails(kSmallThumbnail).Put(content, bytes_of(decoded.thumbnails.at(0)));
  project.Thumbnails(kLargeThumbnail).Put(content, bytes_of(decoded.thumbnails.at(1)));
  QualityRecord record;
  record.brightness = decoded.quality->brightness;
  record.contrast = decoded.quality->contrast;
  record.sharpness = decoded.quality->sharpness;
  record.colourfulness = decoded.quality->colourfulness;
  record.entropy = decoded.quality->entropy;
  record.width = static_cast<std::uint32_t>(decoded.width);
  record.height = static_cast<std::uint32_t>(decoded.height);
  record.perceptual_hash = *decoded.perceptual_hash;
  project.Quality().Put(content, std::as_bytes(std::span(&record, 1)));
}

Prepare::Prepare(Workspace& workspace, std::function<void(OpenProject&)> embedded)
    : workspace_(workspace), embedded_(std::move(embedded)) {
  jobs::Kind kind;
  kind.name = kKind;
  kind.priority = jobs::Priority::kBackground;
  kind.heavy = true;
  kind.run = [this](jobs::Context& context) { Run(context); };
  workspace_.Parts().jobs.Register(std::move(kind));
}

void Prepare::Restore(OpenProject& project) {
  AttachQuality(project);
  project.RefreshVectors();
  Follow(project);
}

void Prepare::Follow(OpenProject& project) {
  const auto snapshot = project.Latest();
  const Missing missing = FindMissing(project, *snapshot);
  // An import has measured its pictures already.
  const bool unattached = !snapshot->quality || snapshot->quality->brightness.Size() < snapshot->Size();
  if (missing.pictures.empty() && unattached && snapshot->Size() != 0) AttachQuality(project);
  const bool no_model = workspace_.Parts().embedder == nullptr;
  PublishStates(project, missing,
                no_model ? "No embedding model is installed; run ./dev setup and start the server again." : "");
  if (!missing.pictures.empty() || !missing.embeddings.empty()) Submit(project);
}

void Prepare::MakeAgain(OpenProject& project) {
  ViewState state = project.StateOf("thumbnails");
  state.ready = false;
  project.SetState("thumbnails", std::move(state));
  try {
    Submit(project);
  } catch (const base::Error& error) {  // who reads is not to be told what cannot be written
    spdlog::warn("prepare: {}", error.what());
  }
}

void Prepare::Submit(const OpenProject& project) {
  workspace_.Parts().jobs.Submit({.kind = std::string(kKind),
                                  .project = project.Id(),
                                  .person = {},
                                  .key = std::string(kKind),
                                  .title = "Making thumbnails and embeddings"});
}

void Prepare::Run(jobs::Context& context) {
  const auto project = workspace_.OpenForServer(context.Self().project);
  Missing missing = FindMissing(*project, *project->Latest());
  // Thumbnails first: they are what a person looks at while the rest is made.
  if (!missing.pictures.empty()) MakePictures(context, workspace_, *project, missing);
  missing.pictures.clear();
  PublishStates(*project, missing, project->StateOf("embeddings").sentence);
  if (workspace_.Parts().embedder == nullptr || missing.embeddings.empty()) return;
  MakeEmbeddings(context, workspace_, *project, missing);
  embedded_(*project);
}

}  // namespace burnish::app
