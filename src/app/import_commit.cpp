#include "app/import_commit.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <set>
#include <thread>

#include "app/edit_outcome.hpp"
#include "app/import_check.hpp"
#include "app/import_source.hpp"
#include "app/model_inputs.hpp"
#include "app/prepare.hpp"
#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "formats/stage.hpp"
#include "insight/folds.hpp"
#include "store/catalog/fields.hpp"
#include "store/catalog/projects.hpp"
#include "store/columns/batch.hpp"

namespace burnish::app {
namespace {

using base::Error;
using base::ErrorCode;

constexpr int kMostTries = 5;  // when somebody adds a class meanwhile
constexpr std::uint64_t kSplitSeed = 1;
constexpr std::size_t kSavers = 4;  // threads that wait for the disk while blobs are published

// A sample on its way in.
struct Item {
  std::string path;
  std::size_t file = formats::kNoFile;
  std::string picture;  // of a table's picture: its file in staging
  std::optional<std::string> class_name;
  std::optional<model::Split> split;
  media::DecodeCode code = media::DecodeCode::kUnreadable;
  base::ContentHash content;
  std::uint64_t bytes = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::string blob;  // of what is not left in place

  bool Good() const { return code == media::DecodeCode::kOk; }
};

class Commit {
 public:
  Commit(Workspace& workspace, const formats::Reader& reader, ImportSession& session, const ReadyImport& ready,
         jobs::Context& job)
      : services_(workspace.Parts()),
        workspace_(workspace),
        project_(*workspace.OpenForServer(session.project)),
        reader_(reader),
        session_(session),
        ready_(ready),
        job_(job),
        started_(services_.clock.Now()),
        problems_(ready.found) {}

  ImportReport Run(const base::OperationId& operation, const ImportEnding& ending) {
    ReadItems();
    Decode();
    for (int tries = 1;; ++tries) {
      Reconcile();
      ChooseSplits();
      SaveMedia();
      try {
        return Append(operation, ending);
      } catch (const store::ConflictError& conflict) {
        if (!conflict.StaleIds() || tries == kMostTries) throw;
      }
    }
  }

 private:
  std::filesystem::path Staged(const std::string& name) const { return session_.staging.Path() / name; }

  void ReadItems() {
    formats::Problems problems;  // of the rows: known since the check
    formats::ReadSamples(
        *ready_.files, ready_.mapping, reader_, formats::Pictures::kWith,
        [&](formats::StagedSample&& sample) {
          Item item;
          item.path = std::move(sample.path);
          item.file = sample.file;
          item.class_name = std::move(sample.class_name);
          item.split = sample.split;
          if (item.file == formats::kNoFile) item.picture = KeepPicture(sample.bytes);
          items_.push_back(std::move(item));
          if (items_.size() % 256 == 0) {
            job_.Report(items_.size(), 0, "rows", "Reading rows");
            job_.ThrowIfStopped();
          }
          return true;
        },
        problems);
    if (problems.Blocking()) throw Error(ErrorCode::kInvalidArgument, problems.Groups().front().Sentence());
  }

  std::string KeepPicture(std::span<const std::byte> bytes) {
    std::array<char, 32> name{};
    std::snprintf(name.data(), name.size(), "picture-%08zu", items_.size());
    const base::FileDescriptor file(
        ::open(Staged(name.data()).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
    while (!bytes.empty()) {
      const auto count = ::write(file.Get(), bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw Error(ErrorCode::kStorageFull, "There is no room on the server's disk for this import.");
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return name.data();
  }

  base::FileDescriptor OpenItem(const Item& item) const {
    return item.file != formats::kNoFile ? ready_.files->Open(item.file)
                                         : base::OpenBeneath(session_.staging.Path(), item.picture);
  }

  // The one decode. What it gives for the eyes is kept at once, by content; what it gives for the model until that has
  // run.
  void Decode() {
    const auto wants = WantsOf(services_, true);
    if (wants.model_input) {
      const auto side = static_cast<std::size_t>(wants.model_input->size);
      inputs_ = std::make_shared<ModelInputs>(session_.staging.Path(), side * side * 3);
    }
    std::vector<base::FileDescriptor> open(items_.size());
    std::atomic<std::uint64_t> done = 0;
    std::mutex reporting;
    services_.decoders.DecodeEach(
        items_.size(), wants,
        [&](std::size_t i) {
          try {
            open[i] = OpenItem(items_[i]);
            return media::DecodeInput::File(open[i].Get());
          } catch (const Error&) {
            return media::DecodeInput{};
          }
        },
        [&](std::size_t i, media::Decoded decoded) {
          if (open[i].Valid()) TakeDecoded(items_[i], std::move(decoded));
          open[i] = base::FileDescriptor();
          const auto count = ++done;
          const std::unique_lock lock(reporting, std::try_to_lock);
          if (lock) job_.Report(count, items_.size(), "pictures", "Reading pictures");
        },
        [&] { return job_.Stop().stop_requested(); });
    job_.ThrowIfStopped();
    project_.Thumbnails(kSmallThumbnail).Sync();
    project_.Thumbnails(kLargeThumbnail).Sync();
    project_.Quality().Sync();
    for (const auto& item : items_) {
      if (!item.Good()) problems_.Add(ProblemOf(item.code), item.path);
    }
    BURNISH_FAILPOINT("import.decoded");
  }

  void TakeDecoded(Item& item, media::Decoded decoded) {
    item.code = decoded.code;
    if (!decoded.Ok() || !decoded.content_hash) return;
    item.content = *decoded.content_hash;
    item.bytes = decoded.bytes;
    item.width = static_cast<std::uint32_t>(decoded.width);
    item.height = static_cast<std::uint32_t>(decoded.height);
    KeepDecoded(project_, item.content, decoded);
    // What is smaller than the model's input is sooner decoded again than written and read.
    const auto pixels = static_cast<std::size_t>(item.width) * item.height;
    if (inputs_ && pixels * 3 >= decoded.model_input.size() && !project_.Embeddings()->Has(item.content)) {
      inputs_->Keep(item.content, std::move(decoded.model_input));
    }
  }

  void Reconcile() {
    snapshot_ = project_.View().AtLeast(services_.log.Head(session_.project));
    std::vector<formats::IncomingSample> incoming;
    good_.clear();
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (!items_[i].Good()) continue;
      good_.push_back(i);
      incoming.push_back({items_[i].path, items_[i].content, items_[i].class_name});
    }
    all_ = formats::Reconcile(KnownSamples(*snapshot_, ready_.source), incoming);
  }

  bool IsNew(std::size_t at) const { return all_.samples[at].fate == formats::Fate::kNew; }
  bool Replaces(std::size_t at) const {
    return all_.samples[at].fate == formats::Fate::kContentDiffers && ready_.choices.replace_content;
  }

  // For new samples to which the source gives no split.
  void ChooseSplits() {
    const auto plan = ready_.choices.split_plan;
    std::vector<std::size_t> open;
    std::vector<base::ContentHash> contents;
    std::vector<model::ClassId> labels;
    ImportClasses classes(snapshot_->ontology);
    for (std::size_t at = 0; at < good_.size(); ++at) {
      auto& item = items_[good_[at]];
      if (item.split || !IsNew(at)) continue;
      // Unlabeled samples teach nothing and test nothing yet.
      if (plan == SplitPlan::kAllPool || !item.class_name)
        item.split = model::Split::kPool;
      else if (plan != SplitPlan::kStratified)
        item.split = model::Split::kTrain;
      else {
        open.push_back(good_[at]);
        contents.push_back(item.content);
        labels.push_back(classes.For(*item.class_name));
      }
    }
    if (open.empty()) return;
    const auto& shares = ready_.choices.split_shares;
    const auto splits = insight::SuggestSplit(contents, labels, {shares[0], shares[1], shares[2]}, kSplitSeed);
    for (std::size_t i = 0; i < open.size(); ++i) items_[open[i]].split = splits[i];
  }

  // Uploads and pictures of tables move into the blob store. From here on it is short work, and not cancelled.
  void SaveMedia() {
    std::vector<std::size_t> wanted;
    for (std::size_t at = 0; at < good_.size(); ++at) {
      const auto& item = items_[good_[at]];
      const bool in_place = item.file != formats::kNoFile && ready_.files->Place(item.file);
      if (!in_place && item.blob.empty() && (IsNew(at) || Replaces(at))) wanted.push_back(good_[at]);
    }
    std::atomic<std::size_t> next = 0;
    std::exception_ptr failed;
    std::mutex mutex;  // guards failed and the report
    const auto save = [&] {
      for (std::size_t i = next++; i < wanted.size(); i = next++) {
        try {
          auto& item = items_[wanted[i]];
          item.blob =
              services_.blobs.PutFile(item.picture.empty() ? *ready_.files->Staged(item.file) : Staged(item.picture));
        } catch (...) {
          const std::scoped_lock lock(mutex);
          failed = std::current_exception();
          next = wanted.size();
        }
        const std::unique_lock lock(mutex, std::try_to_lock);
        if (lock) job_.Report(i + 1, wanted.size(), "pictures", "Saving");
      }
    };
    {
      std::vector<std::jthread> savers;
      for (std::size_t i = 0; i < std::min(kSavers, wanted.size()); ++i) savers.emplace_back(save);
    }
    if (failed) std::rethrow_exception(failed);
    BURNISH_FAILPOINT("import.media_saved");
  }

  model::Media MediaOf(const Item& item) const {
    model::Media media;
    media.location = item.blob.empty() ? *ready_.files->Place(item.file) : model::MediaLocation{"", item.blob};
    media.content = item.content;
    media.bytes = item.bytes;
    media.width = item.width;
    media.height = item.height;
    return media;
  }

  // Reads the rows once more for their fields, which do not fit in memory for a million samples, and writes the batch:
  // new samples first, then new media of samples that are there.
  std::string WriteBatch(ImportClasses& classes, std::uint32_t& added, model::AspectDelta& media) {
    const auto file = Staged("batch.parquet");
    std::map<std::string_view, std::size_t> by_path;
    for (std::size_t at = 0; at < good_.size(); ++at) {
      if (IsNew(at)) by_path.emplace(items_[good_[at]].path, at);
    }
    {
      store::BatchWriter writer(formats::FieldsOf(ready_.mapping), session_.staging.Path());
      formats::Problems ignored;
      formats::ReadSamples(
          *ready_.files, ready_.mapping, reader_, formats::Pictures::kWithout,
          [&](formats::StagedSample&& sample) {
            const auto found = by_path.find(sample.path);
            if (found == by_path.end()) return true;
            const auto& item = items_[good_[found->second]];
            by_path.erase(found);
            store::SampleRow row{ready_.source,       item.path,
                                 MediaOf(item),       item.split.value_or(model::Split::kPool),
                                 model::kNoLabelCode, std::move(sample.fields),
                                 std::nullopt};
            if (item.class_name) row.label = model::PackLabel(classes.For(*item.class_name), model::LabelState::kSet);
            writer.Append(row);
            ++added;
            return true;
          },
          ignored);
      if (!by_path.empty())
        throw Error(ErrorCode::kConflict, "The source changed while it was imported; check it again.",
                    std::string(by_path.begin()->first));
      AddReplacements(writer, added, media);
      if (writer.Rows() == 0) return {};
      writer.Finish(file);
    }
    BURNISH_FAILPOINT("import.batch_written");
    return services_.blobs.PutFile(file);
  }

  void AddReplacements(store::BatchWriter& writer, std::uint32_t added, model::AspectDelta& media) {
    std::map<model::Ordinal, std::size_t> by_ordinal;
    for (std::size_t at = 0; at < good_.size(); ++at) {
      if (Replaces(at)) by_ordinal.emplace(*all_.samples[at].ordinal, good_[at]);
    }
    auto index = static_cast<std::uint32_t>(snapshot_->media_content.Size()) + added;
    for (const auto& [ordinal, item] : by_ordinal) {
      store::SampleRow row{
          ready_.source, items_[item].path, MediaOf(items_[item]), model::Split::kPool, model::kNoLabelCode, {},
          ordinal};
      row.fields.resize(formats::FieldsOf(ready_.mapping).size());
      writer.Append(row);
      media.ordinals.push_back(ordinal);
      media.before.push_back(snapshot_->media[ordinal]);
      media.after.push_back(index++);
    }
  }

  // Truth is filled where it is empty; where it differs it stays, unless the person chose otherwise.
  model::AspectDelta LabelDelta(ImportClasses& classes) const {
    std::map<model::Ordinal, std::uint32_t> wanted;
    for (std::size_t at = 0; at < good_.size(); ++at) {
      const auto& result = all_.samples[at];
      if (!result.fills_label && !(result.label_differs && ready_.choices.replace_labels)) continue;
      wanted[*result.ordinal] = model::PackLabel(classes.For(*items_[good_[at]].class_name), model::LabelState::kSet);
    }
    model::AspectDelta delta;
    delta.aspect.kind = model::AspectKind::kLabel;
    for (const auto& [ordinal, code] : wanted) {
      delta.ordinals.push_back(ordinal);
      delta.before.push_back(snapshot_->labels[ordinal]);
      delta.after.push_back(code);
    }
    return delta;
  }

  ImportReport Append(const base::OperationId& operation, const ImportEnding& ending) {
    job_.Report(0, 0, "", "Committing");
    ImportClasses classes(snapshot_->ontology);
    std::uint32_t added = 0;
    model::AspectDelta media;
    media.aspect.kind = model::AspectKind::kMedia;
    store::AppendRequest request;
    request.import.emplace();
    request.import->import = session_.id;
    request.import->batch = WriteBatch(classes, added, media);
    request.import->count = added;
    request.import->classes = classes.Used();
    if (auto labels = LabelDelta(classes); !labels.ordinals.empty()) request.delta.aspects.push_back(std::move(labels));
    if (!media.ordinals.empty()) request.delta.aspects.push_back(std::move(media));
    request.delta.classes = classes.Edits();
    ImportReport report = Report(added);
    if (request.import->batch.empty() && request.delta.Empty()) {
      services_.catalog.Write([&](store::Writer& writer) { ending(writer, report); });
      return report;
    }
    request.project = session_.project;
    request.operation = operation;
    request.author = session_.author;
    request.kind = model::ChangeKind::kImport;
    request.summary = "Imported " + Counted(added, "sample", "samples") + " from " + ready_.source;
    request.base = snapshot_->as_of;
    request.digest = RequestDigest({session_.id.Text()});
    request.also = [&](store::Writer& writer, const store::AppendResult& result) {
      const auto fields = formats::FieldsOf(ready_.mapping);
      store::RegisterFields(writer, session_.project, fields);
      RegisterRoot(writer);
      report.sequence = result.sequence;
      ending(writer, report);
    };
    BURNISH_FAILPOINT("import.before_append");
    const auto result = services_.log.Append(request);
    BURNISH_FAILPOINT("import.after_append");
    report.sequence = result.sequence;
    project_.KeepModelInputs(std::move(inputs_));
    workspace_.Committed(session_.project, result);
    return report;
  }

  void RegisterRoot(store::Writer& writer) const {
    std::set<std::string> roots;
    for (const auto at : good_) {
      if (items_[at].blob.empty()) roots.insert(ready_.files->Place(items_[at].file)->root);
    }
    for (const auto& root : roots)
      store::AddMediaRoot(writer, session_.project, {root, FindRoot(services_, root).path.string()});
  }

  ImportReport Report(std::uint32_t added) const {
    ImportReport report;
    report.samples = added;
    report.problems = problems_.Groups();
    report.left_out = LeftOut(report.problems);
    report.seconds = static_cast<double>(services_.clock.Now() - started_) / 1e6;
    report.difference = {all_.added,       all_.unchanged,  all_.content_differs, all_.label_differs,
                         all_.fills_label, all_.duplicates, all_.missing.size()};
    return report;
  }

  const Services& services_;
  Workspace& workspace_;
  OpenProject& project_;
  const formats::Reader& reader_;
  ImportSession& session_;
  const ReadyImport& ready_;
  jobs::Context& job_;
  base::Micros started_;
  store::SnapshotPtr snapshot_;
  std::vector<Item> items_;
  std::shared_ptr<ModelInputs> inputs_;  // null without an embedding model
  std::vector<std::size_t> good_;        // items that could be decoded
  formats::Reconciliation all_;          // beside good_
  formats::Problems problems_;
};

}  // namespace

std::uint64_t LeftOut(const std::vector<formats::ProblemGroup>& problems) {
  std::uint64_t count = 0;
  for (const auto& group : problems)
    count += formats::SeverityOf(group.code) == formats::Severity::kLeftOut ? group.count : 0;
  return count;
}

model::ClassId ImportClasses::For(const std::string& name) {
  if (const auto known = ids_.find(name); known != ids_.end()) return known->second;
  model::Class after;
  if (const auto* present = ontology_.FindByName(name); present != nullptr) {
    after = *present;
    if (present->retired) {
      after.retired = false;
      edits_.push_back({*present, after});
      ontology_.Put(after);
    }
  } else {
    after.id = static_cast<model::ClassId>(ontology_.Classes().size());
    after.name = name;
    edits_.push_back({std::nullopt, after});
    ontology_.Put(after);
  }
  return ids_.emplace(name, after.id).first->second;
}

std::vector<model::ClassId> ImportClasses::Used() const {
  std::set<model::ClassId> used;
  for (const auto& [name, id] : ids_) used.insert(id);
  return {used.begin(), used.end()};
}

ImportReport CommitSamples(Workspace& workspace, const formats::Reader& reader, ImportSession& session,
                           const ReadyImport& ready, const base::OperationId& operation, const ImportEnding& ending,
                           jobs::Context& job) {
  return Commit(workspace, reader, session, ready, job).Run(operation, ending);
}

}  // namespace burnish::app
