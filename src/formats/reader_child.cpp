#include "formats/reader_child.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <unordered_set>

#include "base/child_process.hpp"
#include "base/error.hpp"
#include "formats/frames.hpp"
#include "formats/limits.hpp"

namespace burnish::formats {
namespace {

using base::Error;
using base::ErrorCode;
using base::FileDescriptor;

constexpr int kNice = 15;  // as the decoders: the server answers people first

// A child at work, and its answer.
class Conversation {
 public:
  Conversation(const ReaderOptions& options, const std::string& task, std::vector<base::PassedDescriptor> descriptors,
               std::string name)
      : name_(std::move(name)) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
      throw Error(ErrorCode::kUnavailable, "The reader process cannot be started.");
    answer_ = FileDescriptor(ends[0]);
    const FileDescriptor write_end(ends[1]);
    descriptors.push_back({write_end.Get(), 4});
    base::ChildSpec spec;
    spec.name = "reader";
    spec.program = options.program;
    spec.arguments = options.arguments;
    spec.arguments.push_back(task);
    spec.descriptors = std::move(descriptors);
    spec.nice = kNice;
    child_.emplace(base::ChildProcess::Start(std::move(spec)));
    frames_.emplace(answer_.Get(), kReaderSilence);
  }

  // `take` handles what is not a problem; it returns false to stop early.
  template <class Take>
  void Hear(Problems& problems, const Take& take) {
    while (true) {
      std::optional<Frame> frame;
      try {
        frame = frames_->Next();
        if (frame->type == FrameType::kDone) return;
        if (frame->type == FrameType::kProblem) {
          NoteProblem(FrameCursor(frame->payload), problems);
          continue;
        }
      } catch (const Error& error) {
        return Stopped(error, problems);
      }
      if (!take(*frame)) return;
    }
  }

  // The child is wrong or gone: nothing that it said after its last good frame counts.
  void Stopped(const Error& error, Problems& problems) {
    child_->Kill();
    spdlog::warn("The reader of \"{}\" {}: {}", name_, child_->Wait().Describe(), error.what());
    problems.Add(ProblemCode::kReaderStopped, name_);
  }

 private:
  void NoteProblem(FrameCursor cursor, Problems& problems) const {
    const auto code = cursor.U8();
    const auto line = cursor.U64();
    const auto thing = cursor.Bytes();
    cursor.ExpectEnd();
    if (code > static_cast<std::uint8_t>(ProblemCode::kReaderStopped))
      throw Error(ErrorCode::kInvalidArgument, "An unknown problem.");
    const std::string where = line == 0 ? name_ : "line " + std::to_string(line) + " of " + name_;
    problems.Add(static_cast<ProblemCode>(code), thing.empty() ? std::string_view(where) : thing);
  }

  std::string name_;
  FileDescriptor answer_;
  std::optional<FrameReader> frames_;
  std::optional<base::ChildProcess> child_;
};

// Unpacked entries, written under names of our own; taken back unless kept.
class StagingWriter {
 public:
  explicit StagingWriter(std::filesystem::path folder) : folder_(std::move(folder)) {}
  ~StagingWriter() {
    if (!kept_) RemoveAll();
  }
  StagingWriter(const StagingWriter&) = delete;
  StagingWriter& operator=(const StagingWriter&) = delete;

  void Begin(std::string_view path) {
    std::array<char, 32> stored{};
    std::snprintf(stored.data(), stored.size(), "entry-%08zu", files_.size());
    file_ = FileDescriptor(
        ::open((folder_ / stored.data()).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file_.Valid()) ThrowDisk();
    files_.push_back({std::string(path), stored.data(), 0});
  }

  void Write(std::string_view bytes) {
    files_.back().bytes += bytes.size();
    written_ += bytes.size();
    while (!bytes.empty()) {
      const auto count = ::write(file_.Get(), bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) ThrowDisk();
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  void End() { file_ = FileDescriptor(); }
  bool Open() const { return file_.Valid(); }
  std::uint64_t Written() const noexcept { return written_; }

  std::vector<StagedFile> Keep() {
    kept_ = true;
    return std::move(files_);
  }

 private:
  [[noreturn]] static void ThrowDisk() {
    if (errno == ENOSPC || errno == EDQUOT)
      throw Error(ErrorCode::kStorageFull, "There is no room on the server's disk to unpack the archive.");
    throw Error(ErrorCode::kUnavailable, "The server's disk refuses what the archive holds.");
  }

  void RemoveAll() noexcept {
    std::error_code ignored;
    for (const auto& file : files_) std::filesystem::remove(folder_ / file.stored, ignored);
  }

  std::filesystem::path folder_;
  FileDescriptor file_;
  std::vector<StagedFile> files_;
  std::uint64_t written_ = 0;
  bool kept_ = false;
};

const char* TaskName(TableKind kind, Pictures pictures) {
  if (kind == TableKind::kCsv) return "csv";
  return pictures == Pictures::kWith ? "parquet" : "parquet-bare";
}

[[noreturn]] void OutOfOrder() { throw Error(ErrorCode::kInvalidArgument, "The reader's answer is out of order."); }

IdxItem ReadItem(FrameCursor cursor) {
  IdxItem item;
  item.index = cursor.U32();
  item.label = static_cast<int>(cursor.U32());
  const auto png = cursor.Bytes();
  cursor.ExpectEnd();
  if (item.label < -1 || item.label > 255) OutOfOrder();
  const auto* start = reinterpret_cast<const std::byte*>(png.data());
  item.png.assign(start, start + png.size());
  return item;
}

}  // namespace

Reader::Reader(ReaderOptions options) : options_(std::move(options)) {}

void Reader::ReadTable(TableKind kind, const FileDescriptor& file, const std::string& name, Pictures pictures,
                       const std::function<bool(const TableHeader&)>& header, const RowSink& row,
                       Problems& problems) const {
  Conversation talk(options_, TaskName(kind, pictures), {{file.Get(), 3}}, name);
  std::size_t columns = 0;
  talk.Hear(problems, [&](const Frame& frame) {
    std::optional<TableHeader> head;
    std::optional<Row> value;
    try {
      if (frame.type == FrameType::kHeader && columns == 0)
        head = ReadHeader(FrameCursor(frame.payload));
      else if (frame.type == FrameType::kRow && columns != 0)
        value = ReadRow(FrameCursor(frame.payload), columns);
      else
        OutOfOrder();
    } catch (const Error& error) {
      talk.Stopped(error, problems);
      return false;
    }
    if (!head) return row(*std::move(value));
    columns = head->columns.size();
    return header(*head);
  });
}

void Reader::ReadIdx(const IdxInput& input, const std::string& name, Pictures pictures,
                     const std::function<bool(IdxItem&&)>& item, Problems& problems) const {
  std::vector<base::PassedDescriptor> descriptors = {{input.images.Get(), 3}};
  if (input.labels.Valid()) descriptors.push_back({input.labels.Get(), 5});
  const std::string task =
      std::string("idx") + (input.labels.Valid() ? "-labeled" : "") + (pictures == Pictures::kWith ? "" : "-bare");
  Conversation talk(options_, task, std::move(descriptors), name);
  talk.Hear(problems, [&](const Frame& frame) {
    std::optional<IdxItem> value;
    try {
      if (frame.type != FrameType::kItem) OutOfOrder();
      value = ReadItem(FrameCursor(frame.payload));
    } catch (const Error& error) {
      talk.Stopped(error, problems);
      return false;
    }
    return item(*std::move(value));
  });
}

std::vector<StagedFile> Reader::Unpack(const FileDescriptor& archive, const std::string& name,
                                       const std::filesystem::path& staging, Problems& problems,
                                       const std::function<bool(std::uint64_t)>& progress) const {
  Conversation talk(options_, "archive", {{archive.Get(), 3}}, name);
  StagingWriter writer(staging);
  std::unordered_set<std::string> seen;
  bool doubled = false;
  Problems found;
  talk.Hear(found, [&](const Frame& frame) {
    if (frame.type == FrameType::kBegin && !writer.Open() && !doubled) {
      ProblemCode why{};
      const auto clean = CleanPath(frame.payload, why);
      doubled = !clean || !seen.insert(*clean).second;
      if (doubled)
        found.Add(clean ? ProblemCode::kEntryDuplicate : why, frame.payload);
      else
        writer.Begin(frame.payload);
    } else if (frame.type == FrameType::kData && (writer.Open() || doubled)) {
      if (!doubled) writer.Write(frame.payload);
    } else if (frame.type == FrameType::kEnd && (writer.Open() || doubled)) {
      if (!doubled) writer.End();
      doubled = false;
      if (progress && !progress(writer.Written())) throw Error(ErrorCode::kCancelled, "Unpacking was cancelled.");
    } else {
      talk.Stopped(Error(ErrorCode::kInvalidArgument, "out of order"), found);
      return false;
    }
    return true;
  });
  problems.Add(found);
  if (found.Blocking()) return {};
  return writer.Keep();
}

}  // namespace burnish::formats
