#include <clocale>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/sandbox.hpp"
#include "formats/frames.hpp"
#include "formats/limits.hpp"
#include "formats/parse/archive_parser.hpp"
#include "formats/parse/byte_source.hpp"
#include "formats/parse/csv_parser.hpp"
#include "formats/parse/idx_parser.hpp"
#include "formats/parse/parquet_parser.hpp"
#include "formats/reader_child.hpp"
#include "media/encode.hpp"

namespace burnish::formats {
namespace {

constexpr int kInput = 3;
constexpr int kOutput = 4;
constexpr int kLabels = 5;
// The input by a name that DuckDB can open; the sandbox allows this one file.
constexpr const char* kInputPath = "/proc/self/fd/3";

class FramedTable final : public TableSink {
 public:
  explicit FramedTable(FrameWriter& frames) : frames_(frames) {}
  bool Header(TableHeader&& header) override { return frames_.Header(header), true; }
  bool TakeRow(Row&& row) override { return frames_.TakeRow(row), true; }
  void Problem(ProblemCode code, std::uint64_t line, std::string_view thing) override {
    frames_.Problem(code, line, thing);
  }

 private:
  FrameWriter& frames_;
};

class FramedIdx final : public IdxSink {
 public:
  FramedIdx(FrameWriter& frames, Pictures pictures) : frames_(frames), pictures_(pictures) {}
  bool TakeItem(std::uint32_t index, int label, int width, int height, int channels,
                std::span<const std::uint8_t> pixels) override {
    std::vector<std::byte> png;
    if (pictures_ == Pictures::kWith) png = media::EncodeRaw(width, height, channels, pixels);
    frames_.Begin(FrameType::kItem);
    frames_.U32(index);
    frames_.U32(static_cast<std::uint32_t>(label));
    frames_.Bytes({reinterpret_cast<const char*>(png.data()), png.size()});
    frames_.End();
    return true;
  }
  void Problem(ProblemCode code, std::uint64_t line, std::string_view thing) override {
    frames_.Problem(code, line, thing);
  }

 private:
  FrameWriter& frames_;
  Pictures pictures_;
};

class FramedArchive final : public ArchiveSink {
 public:
  explicit FramedArchive(FrameWriter& frames) : frames_(frames) {}
  bool BeginFile(std::string_view path) override { return Put(FrameType::kBegin, path); }
  bool Data(std::span<const std::byte> bytes) override {
    return Put(FrameType::kData, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  bool EndFile() override { return Put(FrameType::kEnd, {}); }
  void Problem(ProblemCode code, std::uint64_t line, std::string_view thing) override {
    frames_.Problem(code, line, thing);
  }

 private:
  bool Put(FrameType type, std::string_view bytes) {
    frames_.Begin(type);
    frames_.Raw(bytes);
    frames_.End();
    return true;
  }
  FrameWriter& frames_;
};

void Serve(const std::string& task, const std::optional<duck::Session>& parquet, FrameWriter& frames) {
  const auto pictures = task.ends_with("-bare") ? Pictures::kWithout : Pictures::kWith;
  if (task == "csv") {
    FramedTable sink(frames);
    DescriptorSource source(kInput);
    ParseCsv(source, sink);
  } else if (parquet) {
    FramedTable sink(frames);
    ParseParquet(*parquet, kInputPath, pictures, sink);
  } else if (task == "archive") {
    FramedArchive sink(frames);
    ParseArchive(kInput, sink);
  } else {
    FramedIdx sink(frames, pictures);
    DescriptorSource images(kInput);
    DescriptorSource labels(kLabels);
    ParseIdx(images, task.starts_with("idx-labeled") ? &labels : nullptr, sink);
  }
}

}  // namespace

int ReaderMain(const std::string& task) {
  std::setlocale(LC_CTYPE, "C.UTF-8");  // libarchive converts entry names by the locale
  base::SandboxPolicy policy;
  std::optional<duck::Session> parquet;
  if (task.starts_with("parquet")) {
    parquet.emplace(OpenParquetSession(kInputPath));
    policy.readable = {kInputPath};
  }
  policy.memory_bytes = kReaderMemoryBytes;
  policy.cpu_seconds = kReaderCpuSeconds;
  base::EnterSandbox(policy);
  FrameWriter frames(kOutput);
  Serve(task, parquet, frames);
  frames.Begin(FrameType::kDone);
  frames.End();
  frames.Flush();
  return 0;
}

}  // namespace burnish::formats
