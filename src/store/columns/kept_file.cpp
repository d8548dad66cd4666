#include "store/columns/kept_file.hpp"

#include <chrono>
#include <cstdio>
#include <optional>
#include <utility>

#include "base/child_process.hpp"
#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "base/log.hpp"

namespace burnish::store {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t kReadAtOnce = 256;       // changes read from the log in one piece
constexpr std::size_t kChangesAtOnce = 4'096;  // written in one transaction, or a piece more
constexpr std::size_t kValuesAtOnce = 1'000'000;
constexpr int kRebuildsPerLife = 3;  // by itself; after that a person is needed
// Against a probe that hangs: one that nobody waits for may have to give way for long.
constexpr std::chrono::minutes kProbeDeadline{5};
constexpr std::chrono::minutes kIdleProbeDeadline{120};
constexpr milliseconds kProbePause{20};  // between looks at whether its answer is still wanted

fs::path WalOf(const fs::path& file) { return file.string() + ".wal"; }

// Renames a file that cannot be used, so that it can be looked at; keeps two.
void SetAside(const fs::path& file) {
  std::error_code ignored;
  const fs::path newest = file.string() + ".broken-1";
  const fs::path oldest = file.string() + ".broken-2";
  fs::rename(newest, oldest, ignored);
  fs::rename(WalOf(newest), WalOf(oldest), ignored);
  std::error_code failure;
  if (fs::exists(file, ignored)) fs::rename(file, newest, failure);
  if (failure) fs::remove_all(file, ignored);
  failure.clear();
  if (fs::exists(WalOf(file), ignored)) fs::rename(WalOf(file), WalOf(newest), failure);
  if (failure) fs::remove_all(WalOf(file), ignored);
}

}  // namespace

KeptFile::KeptFile(const ProjectTruth& truth, const ProjectViewOptions& options, Callbacks callbacks)
    : truth_(truth), options_(options), callbacks_(std::move(callbacks)) {}

void KeptFile::Open(const std::function<void(SnapshotPtr)>& loaded) {
  std::unique_lock lock(mutex_);
  if (file_) return;  // made anew before this thread came to it
  if (fs::exists(options_.file)) {
    try {
      lock.unlock();  // meanwhile people are answered from the log
      const bool looked = CheckInChild(loaded != nullptr);
      lock.lock();
      if (!looked || file_) return;
      BURNISH_FAILPOINT("columns.load.before");
      auto file = std::make_unique<ColumnsFile>(truth_.project, DatabaseOptions());
      CheckAgainstLog(truth_, file->Meta().applied, file->Meta().operation);
      if (loaded) loaded(file->Load());
      file_ = std::move(file);
      return callbacks_.advanced(file_->Meta().applied);
    } catch (const std::exception& error) {
      if (!lock) lock.lock();
      if (file_) return;
      spdlog::warn("columns of project {}: {} They are set aside and made anew.", truth_.project.Text(), error.what());
      SetAside(options_.file);
    }
  }
  OpenNew();
}

void KeptFile::Write() {
  if (callbacks_.remaking() || callbacks_.stopping()) return;
  const std::lock_guard lock(mutex_);
  try {
    if (!file_) OpenNew();
    WriteLocked();
    failures_ = 0;
  } catch (const base::Error& error) {
    if (error.Code() != base::ErrorCode::kStorageFull && ++failures_ >= 2 && rebuilds_ < kRebuildsPerLife) {
      ++rebuilds_;
      failures_ = 0;
      spdlog::warn("columns of project {}: {} They are set aside and made anew.", truth_.project.Text(), error.what());
      file_.reset();
      OpenNew();
    }
    throw;
  }
}

void KeptFile::Remake() {
  const std::lock_guard lock(mutex_);
  file_.reset();
  OpenNew();
  WriteLocked();
}

model::SequenceNumber KeptFile::Ask(const std::function<void(ColumnsFile&)>& use) {
  if (callbacks_.remaking()) return 0;
  const std::lock_guard lock(mutex_);
  if (!file_) return 0;
  try {
    use(*file_);
    return file_->Meta().applied;
  } catch (const base::Error& error) {
    if (rebuilds_ < kRebuildsPerLife) {
      ++rebuilds_;
      spdlog::warn("columns of project {}: {} They are set aside and made anew.", truth_.project.Text(), error.what());
      file_.reset();
      SetAside(options_.file);
      callbacks_.set_aside();
    }
    return 0;
  }
}

void KeptFile::KeepDigest(model::SequenceNumber sequence, const std::function<std::string()>& digest) {
  const std::lock_guard lock(mutex_);
  if (file_ && file_->Meta().applied == sequence && file_->Meta().digest_at != sequence) file_->KeepDigest(digest());
}

// Whatever stands in the way is set aside.
void KeptFile::OpenNew() {
  std::error_code ignored;
  if (fs::exists(options_.file, ignored) || fs::exists(WalOf(options_.file), ignored)) SetAside(options_.file);
  file_ = std::make_unique<ColumnsFile>(truth_.project, DatabaseOptions());
  BURNISH_FAILPOINT("columns.made");
  callbacks_.advanced(0);
}

// Up to what there is now: while people go on editing it would never end, nor leave them the processor.
void KeptFile::WriteLocked() {
  const model::SequenceNumber head = truth_.head();
  while (!callbacks_.stopping() && file_->Meta().applied < head) {
    const std::vector<model::Change> changes = ChangesBetween(file_->Meta().applied, head);
    if (changes.empty()) return;
    file_->Apply(changes, truth_.batch_file);
    callbacks_.advanced(file_->Meta().applied);
  }
}

// What one transaction takes of these.
std::vector<model::Change> KeptFile::ChangesBetween(model::SequenceNumber after, model::SequenceNumber head) const {
  std::vector<model::Change> changes;
  std::size_t values = 0;
  while (after < head && changes.size() < kChangesAtOnce && values < kValuesAtOnce) {
    std::vector<model::Change> piece = truth_.read_changes(after, kReadAtOnce);
    if (piece.empty()) break;
    after = piece.back().sequence;
    for (model::Change& change : piece) {
      for (const model::AspectDelta& delta : change.delta.aspects) values += delta.ordinals.size();
      changes.push_back(std::move(change));
    }
  }
  return changes;
}

// False when nobody wants to know any more. Throws when the file cannot be trusted.
bool KeptFile::CheckInChild(bool people_wait) const {
  base::ChildSpec spec;
  spec.name = "probe-columns";
  spec.program = options_.probe_program;
  spec.arguments = {"probe-columns", options_.file.string()};
  spec.deadline = people_wait ? kProbeDeadline : kIdleProbeDeadline;
  spec.only_idle = !people_wait;
  auto child = base::ChildProcess::Start(std::move(spec));
  std::optional<base::ChildExit> exit;
  while (!(exit = child.WaitFor(kProbePause))) {
    if (callbacks_.remaking() || callbacks_.stopping()) return false;
  }
  if (!exit->Ok())
    throw base::Error(base::ErrorCode::kUnavailable,
                      "The columns cannot be trusted: the probe " + exit->Describe() + ".");
  return true;
}

duck::DatabaseOptions KeptFile::DatabaseOptions() const {
  duck::DatabaseOptions options;
  options.file = options_.file;
  options.folders = {fs::absolute(truth_.batch_folder)};
  options.memory_bytes = options_.memory_bytes;
  options.threads = options_.threads;
  return options;
}

void CheckAgainstLog(const ProjectTruth& truth, model::SequenceNumber applied, const std::string& operation) {
  if (applied == 0) return;
  const std::vector<model::Change> last = truth.read_changes(applied - 1, 1);
  if (last.empty()) throw base::Error(base::ErrorCode::kUnavailable, "The columns are ahead of the log.");
  if (last[0].operation.Text() != operation)
    throw base::Error(base::ErrorCode::kUnavailable, "The columns follow another log.");
}

int ProbeColumns(const fs::path& file) {
  try {
    duck::DatabaseOptions options;
    options.file = file;
    ColumnsFile columns(base::ProjectId(), options);
    const std::string digest = Digest(*columns.Load());
    const ColumnsMeta& meta = columns.Meta();
    if (meta.digest_at == meta.applied && !meta.digest.empty() && meta.digest != digest) {
      std::fputs("the digest is not the one kept\n", stderr);
      return 3;
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}

}  // namespace burnish::store
