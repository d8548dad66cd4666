#include "store/columns/project_view.hpp"

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "base/error.hpp"
#include "base/log.hpp"
#include "store/columns/batch.hpp"
#include "store/columns/kept_file.hpp"
#include "store/columns/kept_memory.hpp"

namespace burnish::store {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t kReadAtOnce = 256;     // changes read from the log in one piece
constexpr milliseconds kShortestPause{500};  // between attempts to write a file that fails
constexpr milliseconds kLongestPause{30'000};
// The file follows in steps: bringing it up costs about the same for one change as for thousands, and nobody waits for
// it.
constexpr milliseconds kFilePause{1'000};
// How far the kept memory may fall behind before it is written again while the project rests, or at all. Edits are
// slower meanwhile.
constexpr model::SequenceNumber kMemoryBehind = 1'000;
constexpr model::SequenceNumber kMemoryFarBehind = 20'000;

}  // namespace

class ProjectView::Impl {
 public:
  Impl(ProjectTruth truth, ProjectViewOptions options)
      : truth_(std::move(truth)),
        options_(std::move(options)),
        memory_(truth_, options_.file.parent_path() / (options_.file.stem().string() + ".memory")),
        latest_(EmptySnapshot(truth_.project)),
        file_(truth_, options_,
              {[this] { return Remaking(); }, [this] { return Stopping(); },
               [this](model::SequenceNumber applied) { Note(applied); }, [this] { Wake(); }}),
        worker_([this] { Work(); }) {}

  ~Impl() {
    {
      const std::lock_guard lock(state_mutex_);
      stop_ = true;
    }
    state_changed_.notify_all();
    worker_.join();
  }

  SnapshotPtr Latest() const {
    const std::lock_guard lock(state_mutex_);
    return latest_;
  }

  void Apply(const model::Change& change) {
    {
      const std::lock_guard applying(apply_mutex_);
      if (loaded_) {
        try {
          const SnapshotPtr latest = Latest();
          if (change.sequence == latest->as_of + 1) {
            Publish(ApplyChange(*latest, change, Opener()));
          } else if (change.sequence > latest->as_of) {
            FollowLocked();
          }
        } catch (const std::exception& error) {
          // The edit is committed whatever becomes of the view: the worker tries again, from the log.
          spdlog::error("columns of project {}: {}", truth_.project.Text(), error.what());
        }
      }
    }
    Wake();
  }

  SnapshotPtr AtLeast(model::SequenceNumber sequence, milliseconds wait) {
    SnapshotPtr latest = Latest();
    if (latest->as_of >= sequence) return latest;
    // Nobody can have seen a change that the log does not have: waiting would be in vain.
    if (sequence > truth_.head()) {
      throw base::Error(base::ErrorCode::kInvalidArgument,
                        "The project has no change " + std::to_string(sequence) + " yet.", "sequence");
    }
    std::unique_lock lock(state_mutex_);
    const WhileWaiting waiting(*this);
    if (!state_changed_.wait_for(lock, wait, [&] { return latest_->as_of >= sequence || stop_; }) ||
        latest_->as_of < sequence) {
      throw base::Error(base::ErrorCode::kUnavailable,
                        "The project is still being prepared up to this change. Try again in a moment.");
    }
    return latest_;
  }

  SnapshotPtr At(model::SequenceNumber sequence) {
    const SnapshotPtr latest = Latest();
    if (sequence > latest->as_of) {
      throw base::Error(base::ErrorCode::kInvalidArgument,
                        "The project has no change " + std::to_string(sequence) + " yet.", std::to_string(sequence));
    }
    if (sequence == latest->as_of) return latest;
    std::vector<model::Change> changes = ReadBetween(sequence, latest->as_of);
    std::reverse(changes.begin(), changes.end());
    return StateAt(*latest, changes, sequence);
  }

  void Attach(const std::function<SnapshotPtr(const Snapshot&)>& make) {
    const std::lock_guard applying(apply_mutex_);
    Publish(make(*Latest()));
  }

  std::vector<HistoryEntry> HistoryOf(model::Ordinal ordinal) {
    const SnapshotPtr latest = Latest();
    latest->Check(ordinal);
    std::vector<HistoryEntry> entries;
    const model::SequenceNumber applied = file_.Ask([&](ColumnsFile& file) { entries = file.HistoryOf(ordinal); });
    for (const model::Change& change : ReadBetween(applied, latest->as_of)) {
      std::vector<HistoryEntry> newer = EntriesOf(change, ordinal);
      entries.insert(entries.begin(), newer.begin(), newer.end());
    }
    const model::SequenceNumber imported = latest->imports[latest->import_index[ordinal]].sequence;
    for (const model::Change& change : ReadBetween(imported - 1, imported))
      entries.push_back(EntryOf(change, {model::AspectKind::kWithdrawn, 0}, 1, 0));
    return entries;
  }

  std::vector<model::Ordinal> ChangedIn(model::SequenceNumber after, model::SequenceNumber upto) {
    std::vector<model::Ordinal> ordinals;
    const SnapshotPtr latest = Latest();
    const model::SequenceNumber applied = file_.Ask([&](ColumnsFile& file) { ordinals = file.ChangedIn(after, upto); });
    for (const model::Change& change : ReadBetween(std::max(after, applied), std::min(upto, latest->as_of))) {
      const std::vector<model::Ordinal> touched = model::TouchedSamples(change.delta);
      ordinals.insert(ordinals.end(), touched.begin(), touched.end());
      if (!change.imported) continue;
      for (model::Ordinal i = 0; i < change.imported->count; ++i) ordinals.push_back(change.imported->first + i);
    }
    std::sort(ordinals.begin(), ordinals.end());
    ordinals.erase(std::unique(ordinals.begin(), ordinals.end()), ordinals.end());
    return ordinals;
  }

  ViewProgress Progress() const {
    const std::lock_guard lock(state_mutex_);
    ViewProgress progress = progress_;
    progress.snapshot = latest_->as_of;
    return progress;
  }

  bool WaitForFile(model::SequenceNumber sequence, milliseconds wait) {
    std::unique_lock lock(state_mutex_);
    const WhileWaiting waiting(*this);
    return state_changed_.wait_for(lock, wait, [&] {
      return (progress_.file >= sequence && !progress_.rebuilding) || stop_;
    }) && !stop_;
  }

  ProjectView::Rebuilt Rebuild() {
    WaitUntilLoaded();
    const WhileRemaking remaking(*this);
    // The file and the snapshot are made side by side, both from batches and log.
    auto file = std::async(std::launch::async, [this] { file_.Remake(); });
    ProjectView::Rebuilt rebuilt = RebuildMemory();
    file.get();
    file_.KeepDigest(rebuilt.sequence, [&] { return rebuilt.after; });
    return rebuilt;
  }

  ProjectView::Rebuilt RebuildMemory() {
    ProjectView::Rebuilt rebuilt;
    SnapshotPtr fresh = EmptySnapshot(truth_.project);
    const auto advance = [&] {
      for (;;) {
        const std::vector<model::Change> changes = truth_.read_changes(fresh->as_of, kReadAtOnce);
        if (changes.empty()) return;
        for (const model::Change& change : changes) fresh = ApplyChange(*fresh, change, Opener());
      }
    };
    advance();  // the long part, while the old snapshot serves
    {
      const std::lock_guard applying(apply_mutex_);
      advance();
      if (loaded_) FollowLocked();
      const SnapshotPtr old = Latest();
      auto before = std::async(std::launch::async, [&] { return old->as_of == fresh->as_of ? Digest(*old) : ""; });
      rebuilt.after = Digest(*fresh);
      rebuilt.before = before.get();
      rebuilt.sequence = fresh->as_of;
      auto whole = std::make_shared<Snapshot>(*fresh);
      CarryAttachments(*old, *whole);
      loaded_ = true;
      Publish(std::move(whole));
    }
    if (!rebuilt.before.empty() && rebuilt.before != rebuilt.after) {
      spdlog::error("columns of project {} were not what batches and log say; they are now", truth_.project.Text());
    }
    return rebuilt;
  }

  ProjectView::FileDigest DigestOfFile() {
    ProjectView::FileDigest digest;
    file_.Ask([&](ColumnsFile& file) { digest = {file.Meta().applied, Digest(*file.Load())}; });
    return digest;
  }

 private:
  std::function<BatchSource(const std::string&)> Opener() const {
    return [this](const std::string& batch) { return OpenBatch(truth_.batch_file(batch)); };
  }

  // What an earlier life left becomes the latest.
  void TakeOver(const Snapshot& held) {
    auto whole = std::make_shared<Snapshot>(held);
    OpenRegionTable(*whole, Opener());
    const std::lock_guard applying(apply_mutex_);
    CarryAttachments(*Latest(), *whole);
    Publish(std::move(whole));
  }

  // While one lives, the file is being made anew: nobody asks it, and a probe of the old one ends.
  class WhileRemaking {
   public:
    explicit WhileRemaking(Impl& view) : view_(view) { view_.SetRebuilding(true); }
    ~WhileRemaking() { view_.SetRebuilding(false); }
    WhileRemaking(const WhileRemaking&) = delete;
    WhileRemaking& operator=(const WhileRemaking&) = delete;

   private:
    Impl& view_;
  };

  // Until there is something to compare with: memory as an earlier life left it, or the file.
  void WaitUntilLoaded() {
    std::unique_lock lock(state_mutex_);
    state_changed_.wait(lock, [this] { return progress_.ready || file_read_ || stop_; });
  }

  bool Remaking() const {
    const std::lock_guard lock(state_mutex_);
    return progress_.rebuilding;
  }

  void Publish(SnapshotPtr snapshot) {
    {
      const std::lock_guard lock(state_mutex_);
      latest_ = std::move(snapshot);
    }
    state_changed_.notify_all();
  }

  void Wake() {
    {
      const std::lock_guard lock(state_mutex_);
      wake_ = true;
    }
    state_changed_.notify_all();
  }

  // While one lives, somebody waits for the worker: only the shortest pauses, however often it fails meanwhile.
  // state_mutex_ is held where one begins and ends.
  class WhileWaiting {
   public:
    explicit WhileWaiting(Impl& view) : view_(view) {
      ++view_.waiting_;
      view_.wake_ = true;
      view_.state_changed_.notify_all();
    }
    ~WhileWaiting() { --view_.waiting_; }
    WhileWaiting(const WhileWaiting&) = delete;
    WhileWaiting& operator=(const WhileWaiting&) = delete;

   private:
    Impl& view_;
  };

  void SetRebuilding(bool rebuilding) {
    {
      const std::lock_guard lock(state_mutex_);
      progress_.rebuilding = rebuilding;
    }
    state_changed_.notify_all();
  }

  // Changes with after < sequence <= upto, ascending.
  std::vector<model::Change> ReadBetween(model::SequenceNumber after, model::SequenceNumber upto) const {
    std::vector<model::Change> changes;
    while (after < upto) {
      std::vector<model::Change> piece = truth_.read_changes(after, kReadAtOnce);
      if (piece.empty()) break;
      for (model::Change& change : piece) {
        if (change.sequence > upto) return changes;
        after = change.sequence;
        changes.push_back(std::move(change));
      }
    }
    return changes;
  }

  // Brings memory to the log's head; apply_mutex_ is held.
  void FollowLocked() {
    for (;;) {
      SnapshotPtr latest = Latest();
      const std::vector<model::Change> changes = truth_.read_changes(latest->as_of, kReadAtOnce);
      if (changes.empty()) return;
      for (const model::Change& change : changes) {
        latest = ApplyChange(*latest, change, Opener());
        Publish(latest);
        const std::lock_guard lock(state_mutex_);
        if (stop_) return;
      }
    }
  }

  void Follow() {
    const std::lock_guard applying(apply_mutex_);
    FollowLocked();
  }

  // --- the worker ---

  void Work() {
    milliseconds pause{0};
    bool rests = true;
    // Memory as an earlier life left it, when it can be trusted: then people need not wait for the file.
    const bool remembered = memory_.Load([this](const Snapshot& held) { TakeOver(held); });
    if (remembered) NoteLoaded();
    if (remembered) Guarded([this] { CatchUp(); });
    Guarded([this, remembered] {
      if (remembered) return file_.Open(nullptr);
      file_.Open([this](const SnapshotPtr& held) { TakeOver(*held); });
    });
    NoteLoaded();
    NoteFileRead();
    for (;;) {
      const bool fine = Guarded([this, rests] {
        CatchUp();
        file_.Write();
        memory_.Keep(Latest(), rests ? kMemoryBehind : kMemoryFarBehind);
      });
      pause = fine ? milliseconds(0) : std::clamp(pause * 2, kShortestPause, kLongestPause);
      std::unique_lock lock(state_mutex_);
      if (fine) progress_.problem.clear();
      const auto woken = [this] { return stop_ || wake_; };
      if (!fine) {
        // Who waits should not wait for long once the cause is gone.
        state_changed_.wait_for(lock, kShortestPause, [this] { return stop_; });
        state_changed_.wait_for(lock, pause - kShortestPause, [this] { return stop_ || waiting_ > 0; });
      } else if (const milliseconds most = LongestWait(); most.count() > 0) {
        rests = !state_changed_.wait_for(lock, most, woken);
      } else {
        state_changed_.wait(lock, woken);
        rests = false;
      }
      if (fine) state_changed_.wait_for(lock, kFilePause, [this] { return stop_ || waiting_ > 0; });
      wake_ = false;
      if (stop_) break;
    }
    Guarded([this] { Finish(); });
  }

  // Until something is to be done though nobody wakes the worker; 0: nothing will be. state_mutex_ is held.
  milliseconds LongestWait() const {
    if (!memory_.IsBehind(*latest_, kMemoryBehind)) return options_.follow_every;
    return options_.follow_every.count() > 0 ? std::min(options_.follow_every, options_.rest) : options_.rest;
  }

  void CatchUp() {
    const model::SequenceNumber head = truth_.head();
    {
      const std::lock_guard lock(state_mutex_);
      progress_.head = head;
    }
    Follow();
    MarkReady();
  }

  bool Guarded(const std::function<void()>& work) {
    try {
      work();
      return true;
    } catch (const std::exception& error) {
      spdlog::warn("columns of project {}: {}", truth_.project.Text(), error.what());
      const std::lock_guard lock(state_mutex_);
      progress_.problem = error.what();
      return false;
    }
  }

  void MarkReady() {
    {
      const std::lock_guard lock(state_mutex_);
      progress_.ready = true;
    }
    state_changed_.notify_all();
  }

  void Note(model::SequenceNumber applied) {
    {
      const std::lock_guard lock(state_mutex_);
      progress_.file = applied;
    }
    state_changed_.notify_all();
  }

  void NoteLoaded() {
    const std::lock_guard applying(apply_mutex_);
    loaded_ = true;
  }

  void NoteFileRead() {
    {
      const std::lock_guard lock(state_mutex_);
      file_read_ = true;
    }
    state_changed_.notify_all();
  }

  bool Stopping() const {
    const std::lock_guard lock(state_mutex_);
    return stop_;
  }

  void Finish() {
    const SnapshotPtr latest = Latest();
    file_.KeepDigest(latest->as_of, [&] { return Digest(*latest); });
    memory_.Keep(latest, 1);
  }

  ProjectTruth truth_;
  ProjectViewOptions options_;

  std::mutex apply_mutex_;  // makes snapshots one after the other; guards loaded_
  bool loaded_ = false;     // the file has been read, or given up: changes may be applied

  KeptMemory memory_;  // the worker's

  mutable std::mutex state_mutex_;  // guards what follows; taken last
  std::condition_variable state_changed_;
  SnapshotPtr latest_;
  ViewProgress progress_;
  bool file_read_ = false;  // or given up
  bool wake_ = false;
  std::size_t waiting_ = 0;  // for the worker
  bool stop_ = false;

  KeptFile file_;
  std::thread worker_;  // last: it uses all of the above
};

ProjectView::ProjectView(ProjectTruth truth, ProjectViewOptions options)
    : impl_(std::make_unique<Impl>(std::move(truth), std::move(options))) {}
ProjectView::~ProjectView() = default;
SnapshotPtr ProjectView::Latest() const { return impl_->Latest(); }
void ProjectView::Apply(const model::Change& change) { impl_->Apply(change); }
SnapshotPtr ProjectView::AtLeast(model::SequenceNumber sequence, milliseconds wait) {
  return impl_->AtLeast(sequence, wait);
}
SnapshotPtr ProjectView::At(model::SequenceNumber sequence) { return impl_->At(sequence); }
void ProjectView::Attach(const std::function<SnapshotPtr(const Snapshot&)>& make) { impl_->Attach(make); }
std::vector<HistoryEntry> ProjectView::HistoryOf(model::Ordinal ordinal) { return impl_->HistoryOf(ordinal); }
std::vector<model::Ordinal> ProjectView::ChangedIn(model::SequenceNumber after, model::SequenceNumber upto) {
  return impl_->ChangedIn(after, upto);
}
ViewProgress ProjectView::Progress() const { return impl_->Progress(); }
bool ProjectView::WaitForFile(model::SequenceNumber sequence, milliseconds wait) {
  return impl_->WaitForFile(sequence, wait);
}
ProjectView::Rebuilt ProjectView::Rebuild() { return impl_->Rebuild(); }
ProjectView::FileDigest ProjectView::DigestOfFile() { return impl_->DigestOfFile(); }

}  // namespace burnish::store
