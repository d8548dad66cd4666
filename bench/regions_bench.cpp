// Labels on regions: how many samples, and how many labels, there are of each class under a filter, beside the same
// statement in DuckDB alone. Every answer is compared; one JSON object a line goes to stdout.
// Run: regions_bench [samples [labels per sample]]
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/generated.hpp"
#include "store/columns/batch.hpp"
#include "store/columns/duck.hpp"
#include "store/columns/facets.hpp"

namespace {

using namespace burnish;
using namespace burnish::store;
using namespace burnish::bench;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kPairs = 6;

double Milliseconds(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

void Expect(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error("the answers differ: " + what);
}

std::string List(const std::vector<double>& values) {
  std::string text;
  for (const double value : values) text += (text.empty() ? "" : ", ") + std::to_string(value);
  return "[" + text + "]";
}

using CountsByClass = std::map<std::string, std::uint64_t>;

struct Answer {
  CountsByClass samples;
  CountsByClass labels;
  bool operator==(const Answer&) const = default;
};

// Two tables in a file of DuckDB's, the labels in order of their samples.
class Peer {
 public:
  explicit Peer(const std::filesystem::path& folder) : session_(Options(folder)) {
    session_.Run("CREATE TABLE samples (ordinal UINTEGER, split UTINYINT)");
    session_.Run(
        "CREATE TABLE labels (ordinal UINTEGER, class UTINYINT, confidence FLOAT, x FLOAT, y FLOAT, w FLOAT, h FLOAT)");
    samples_ = std::make_unique<duck::Appender>(session_, "samples");
    labels_ = std::make_unique<duck::Appender>(session_, "labels");
  }

  void Sample(std::size_t ordinal, std::uint8_t split) {
    samples_->U32(static_cast<std::uint32_t>(ordinal)).U8(split).EndRow();
  }

  void Label(std::size_t ordinal, const RegionLabel& label) {
    labels_->U32(static_cast<std::uint32_t>(ordinal)).U8(static_cast<std::uint8_t>(label.class_id));
    labels_->F32(label.confidence).F32(label.box[0]).F32(label.box[1]).F32(label.box[2]).F32(label.box[3]).EndRow();
  }

  void Finish() {
    samples_->Close();
    labels_->Close();
    session_.Run("CHECKPOINT");
  }

  Answer Ask(const std::string& with_split) {
    const std::string where = with_split.empty() ? "" : " JOIN samples s USING (ordinal) WHERE s.split " + with_split;
    Answer answer;
    duck::Rows rows = session_.Query(
        "SELECT CAST(l.class AS VARCHAR), count(DISTINCT l.ordinal), count(*) FROM labels l" + where + " GROUP BY 1");
    while (rows.Next()) {
      for (std::size_t i = 0; i < rows.Size(); ++i) {
        const std::string name = "class " + std::string(rows.Text(0, i));
        answer.samples[name] = static_cast<std::uint64_t>(rows.Values<std::int64_t>(1)[i]);
        answer.labels[name] = static_cast<std::uint64_t>(rows.Values<std::int64_t>(2)[i]);
      }
    }
    return answer;
  }

  // What is asked of it in the timed row: the samples only.
  void AskDistinct(const std::string& with_split) {
    const std::string where = with_split.empty() ? "" : " JOIN samples s USING (ordinal) WHERE s.split " + with_split;
    duck::Rows rows = session_.Query("SELECT l.class, count(DISTINCT l.ordinal) FROM labels l" + where + " GROUP BY 1");
    while (rows.Next()) {
    }
  }

 private:
  static duck::DatabaseOptions Options(const std::filesystem::path& folder) {
    duck::DatabaseOptions options;
    options.file = folder / "alone.duckdb";
    options.folders = {folder};
    options.scratch = folder / "spill";
    options.memory_bytes = 8ULL << 30U;
    return options;
  }

  duck::Session session_;
  std::unique_ptr<duck::Appender> samples_;
  std::unique_ptr<duck::Appender> labels_;
};

SnapshotPtr MakeBoth(const std::filesystem::path& folder, std::size_t samples, std::size_t each, Peer& peer) {
  const auto open = [&](const std::string& name) { return OpenBatch(folder / name); };
  {
    BatchSource source = Generated(samples);
    BatchWriter writer(source.fields, folder);
    std::vector<SampleRow> rows;
    std::size_t made = 0;
    while (source.next(rows)) {
      for (const SampleRow& row : rows) {
        writer.Append(row);
        peer.Sample(made++, static_cast<std::uint8_t>(row.split));
      }
    }
    writer.Finish(folder / "batch");
  }
  model::Change imported;
  imported.sequence = 1;
  imported.imported = model::ImportedRange{base::ImportId("first"), 0, static_cast<std::uint32_t>(samples), "batch"};
  imported.delta.classes = GeneratedClasses();
  SnapshotPtr now = ApplyChange(*EmptySnapshot(base::ProjectId("project")), imported, open);
  WriteGeneratedRegions(folder / "regions", samples, each,
                        [&](std::size_t sample, const RegionLabel& label) { peer.Label(sample, label); });
  peer.Finish();
  model::Change labeled;
  labeled.sequence = 2;
  labeled.imported =
      model::ImportedRange{base::ImportId("regions"), static_cast<model::Ordinal>(samples), 0, "regions"};
  labeled.delta.aspects.push_back(FirstRegions(samples));
  return ApplyChange(*now, labeled, open);
}

Answer AnswerOf(const Facets& facets) {
  Answer answer;
  for (const FacetValue& value : facets.facets.at(0).values) {
    if (value.missing || value.now == 0) continue;
    answer.samples[value.value] = value.now;
    answer.labels[value.value] = *value.labels_now;
  }
  return answer;
}

void Compare(const Snapshot& now, Peer& peer, const char* what, const std::vector<model::Split>& splits,
             const std::string& with_split) {
  FacetQuery query;
  query.only = {"region_class"};
  query.limit = 1'000;
  if (!splits.empty()) query.filter = {model::SplitIs{splits}};
  Facets facets = ComputeFacets(now, query);
  Expect(AnswerOf(facets) == peer.Ask(with_split), what);
  std::vector<double> ours, theirs;
  for (std::size_t pair = 0; pair < kPairs; ++pair) {
    ours.push_back(Milliseconds([&] { facets = ComputeFacets(now, query); }));
    theirs.push_back(Milliseconds([&] { peer.AskDistinct(with_split); }));
  }
  std::printf(R"({"what": "%s", "check": "samples and labels of each class equal", "ours_ms": %s, "peer_ms": %s})"
              "\n",
              what, List(ours).c_str(), List(theirs).c_str());
  std::fflush(stdout);
}

void Run(const std::filesystem::path& folder, std::size_t samples, std::size_t each) {
  Peer peer(folder);
  const SnapshotPtr now = MakeBoth(folder, samples, each, peer);
  Compare(*now, peer, "distinct samples by class, a quarter of the samples", {model::Split::kTrain}, "= 0");
  Compare(*now, peer, "distinct samples by class, half of the samples",
          {model::Split::kTrain, model::Split::kValidation}, "IN (0, 1)");
  Compare(*now, peer, "distinct samples by class, all samples (from counts that are kept)", {}, "");
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t samples = argc > 1 ? std::stoul(argv[1]) : 1'000'000;
  const std::size_t each = argc > 2 ? std::stoul(argv[2]) : 50;
  std::string folder = (std::filesystem::temp_directory_path() / "burnish-regions-bench-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  int status = 0;
  try {
    Run(folder, samples, each);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    status = 1;
  }
  std::filesystem::remove_all(folder);
  return status;
}
