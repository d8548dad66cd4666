// Generated samples with twelve fields: the sidebar under a filter, one edit and an edit of a tenth, beside the same
// statements in DuckDB alone. Answers are compared before anything is timed; one JSON object a line goes to stdout.
// Run: columns_bench [samples]
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "bench/generated.hpp"
#include "store/blobs/blob_store.hpp"
#include "store/catalog/accounts.hpp"
#include "store/catalog/catalog.hpp"
#include "store/catalog/projects.hpp"
#include "store/columns/batch.hpp"
#include "store/columns/columns_file.hpp"
#include "store/columns/facets.hpp"
#include "store/columns/results.hpp"
#include "store/log/change_log.hpp"

namespace {

using namespace burnish;
using namespace burnish::store;
using namespace burnish::bench;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kPairs = 12;

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

// `peer` may be empty: then nothing does the same.
void Report(const char* what, const char* check, const std::vector<double>& ours, const std::vector<double>& peer) {
  std::printf(R"({"what": "%s", "check": "%s", "ours_ms": %s, "peer_ms": %s})"
              "\n",
              what, check, List(ours).c_str(), List(peer).c_str());
  std::fflush(stdout);
}

// Catalog, log and snapshot as the server holds them.
class Ours {
 public:
  Ours(const std::filesystem::path& folder, std::size_t samples)
      : blobs_(OpenFolderBlobStore(folder / "blobs")), samples_(samples) {
    CatalogConfig config;
    config.sqlite = folder / "catalog.sqlite";
    catalog_ = Catalog::Open(config, clock_, random_);
    catalog_->Write([&](Writer& writer) {
      person_ = CreatePerson(writer, "Ada").id;
      project_ = CreateProject(writer, person_, "Generated").id;
    });
    log_.emplace(*catalog_, *blobs_);
    AppendRequest request = Request();
    request.kind = model::ChangeKind::kImport;
    request.import = NewImport{base::ImportId("first"), static_cast<std::uint32_t>(samples), WriteBatch(folder), {}};
    request.delta.classes = GeneratedClasses();
    Append(request, EmptySnapshot(project_));
  }

  // The next class on each sample whose ordinal `step` divides: durable, and in the snapshot.
  void RelabelEvery(std::size_t step) {
    AppendRequest request = Request();
    model::AspectDelta delta{{model::AspectKind::kLabel, 0}, {}, {}, {}};
    for (std::size_t i = 0; i < samples_; i += step) {
      const auto ordinal = static_cast<model::Ordinal>(i);
      delta.ordinals.push_back(ordinal);
      delta.before.push_back(now->labels[ordinal]);
      delta.after.push_back(model::PackLabel(static_cast<model::ClassId>((now->ClassOf(ordinal) + 1) % kClasses),
                                             model::LabelState::kSet));
    }
    request.delta.aspects.push_back(std::move(delta));
    Append(request, now);
  }

  std::filesystem::path BatchFile(const std::string& batch) const { return blobs_->LocalPath(batch); }

  SnapshotPtr now;
  model::Change imported;

 private:
  std::string WriteBatch(const std::filesystem::path& folder) {
    BatchSource source = Generated(samples_);
    BatchWriter writer(source.fields, folder);
    std::vector<SampleRow> rows;
    while (source.next(rows)) {
      for (const SampleRow& row : rows) writer.Append(row);
    }
    const auto file = folder / "batch.parquet";
    writer.Finish(file);
    return blobs_->PutFile(file);
  }

  AppendRequest Request() {
    AppendRequest request;
    request.project = project_;
    request.operation = base::OperationId("operation-" + std::to_string(++operations_));
    request.author = person_;
    request.summary = "An edit";
    request.base = now ? now->as_of : 0;
    request.digest = request.operation.Text();
    return request;
  }

  void Append(const AppendRequest& request, const SnapshotPtr& before) {
    const AppendResult done = log_->Append(request);
    const model::Change change = log_->FindChange(project_, done.sequence).value();
    now = ApplyChange(*before, change, [this](const std::string& batch) { return OpenBatch(BatchFile(batch)); });
    if (change.imported) imported = change;
  }

  base::SystemClock clock_;
  base::SystemRandom random_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<BlobStore> blobs_;
  std::optional<ChangeLog> log_;
  base::PersonId person_;
  base::ProjectId project_;
  std::size_t samples_;
  int operations_ = 0;
};

// One table in a file of DuckDB's, as somebody would keep it who has nothing else.
class Peer {
 public:
  Peer(const std::filesystem::path& folder, const std::filesystem::path& columns) : session_(Options(folder)) {
    session_.Run("ATTACH " + duck::Literal(columns.string()) + " AS source (READ_ONLY)");
    std::string fields;
    for (int i = 0; i < kFields; ++i) fields += ", f_" + std::to_string(i);
    session_.Run("CREATE TABLE flat AS SELECT s.ordinal, s.split, l.class" + fields +
                 " FROM source.samples s JOIN source.labels l USING (ordinal) ORDER BY s.ordinal");
    session_.Run("CREATE TABLE history (ordinal UINTEGER, before USMALLINT, after USMALLINT)");
    session_.Run("CREATE UNIQUE INDEX by_ordinal ON flat (ordinal)");
    session_.Run("CHECKPOINT");
  }

  using CountsByValue = std::map<std::string, std::uint64_t>;

  CountsByValue Count(const std::string& sql) {
    CountsByValue counts;
    duck::Rows rows = session_.Query(sql);
    while (rows.Next()) {
      for (std::size_t i = 0; i < rows.Size(); ++i)
        counts[std::string(rows.Text(0, i))] = static_cast<std::uint64_t>(rows.Values<std::int64_t>(1)[i]);
    }
    return counts;
  }

  void Relabel(const std::string& where) {
    duck::Transaction transaction(session_);
    session_.Run("INSERT INTO history SELECT ordinal, class, (class + 1) % 100 FROM flat WHERE " + where);
    session_.Run("UPDATE flat SET class = (class + 1) % 100 WHERE " + where);
    transaction.Commit();
  }

 private:
  static duck::DatabaseOptions Options(const std::filesystem::path& folder) {
    duck::DatabaseOptions options;
    options.file = folder / "alone.duckdb";
    options.folders = {folder};
    options.memory_bytes = 3ULL << 30U;
    return options;
  }

  duck::Session session_;
};

// One of kPairs different filters over three columns, for both sides.
struct Question {
  std::uint32_t split;
  std::string first;
  std::string second;

  explicit Question(std::size_t number)
      : split(static_cast<std::uint32_t>(number % 4)),
        first("value " + std::to_string(number % 10)),
        second("value " + std::to_string((number + 3) % 10)) {}

  FacetQuery ForUs() const {
    FacetQuery query;
    query.filter = {model::AllOf{{{model::SplitIs{{static_cast<model::Split>(split)}}},
                                  {model::FieldIn{"field 0", {first, second}, {}}},
                                  {model::FieldIn{"field 1", {first, second}, {}}}}}};
    for (int i = 0; i < kFields; ++i) query.only.push_back("field:field " + std::to_string(i));
    query.limit = 1'000;
    return query;
  }

  // A facet's own clause does not narrow it.
  std::string ForPeer(int field, const FacetHistogram* bins) const {
    std::string where = "split = " + std::to_string(split);
    for (int i = 0; i < 2; ++i) {
      if (i != field) where += " AND f_" + std::to_string(i) + " IN ('" + first + "', '" + second + "')";
    }
    const std::string column = "f_" + std::to_string(field);
    std::string key = column;
    if (bins != nullptr) {
      const std::size_t count = bins->now.size();
      const double width = (bins->edges.back() - bins->edges.front()) / static_cast<double>(count);
      key = "CAST(least(" + std::to_string(count - 1) + ", CAST(floor((" + column + " - " +
            std::to_string(bins->edges.front()) + ") / " + std::to_string(width) + ") AS INTEGER)) AS VARCHAR)";
    }
    return "SELECT " + key + ", count(*) FROM flat WHERE " + where + " GROUP BY 1";
  }
};

Peer::CountsByValue CountsOf(const Facet& facet) {
  Peer::CountsByValue counts;
  for (const FacetValue& value : facet.values) {
    if (value.now > 0) counts[value.value] = value.now;
  }
  for (std::size_t bin = 0; facet.histogram && bin < facet.histogram->now.size(); ++bin) {
    if (facet.histogram->now[bin] > 0) counts[std::to_string(bin)] = facet.histogram->now[bin];
  }
  return counts;
}

// A filter nobody asked before, with its twelve facets; each side in turn.
void CompareSidebars(const Ours& ours, Peer& peer) {
  std::vector<double> our_times;
  std::vector<double> peer_times;
  ComputeFacets(*ours.now, Question(kPairs).ForUs());  // counts of the whole project are made once
  for (std::size_t number = 0; number < kPairs; ++number) {
    const Question question(number);
    Facets facets;
    our_times.push_back(Milliseconds([&] { facets = ComputeFacets(*ours.now, question.ForUs()); }));
    Expect(facets.facets.size() == kFields, "number of facets");
    std::vector<Peer::CountsByValue> counts(kFields);
    peer_times.push_back(Milliseconds([&] {
      for (int i = 0; i < kFields; ++i)
        counts[i] =
            peer.Count(question.ForPeer(i, facets.facets[i].histogram ? &*facets.facets[i].histogram : nullptr));
    }));
    for (int i = 0; i < kFields; ++i)
      Expect(CountsOf(facets.facets[i]) == counts[i],
             "facet " + std::to_string(i) + " of filter " + std::to_string(number));
  }
  Report("filter with its twelve facets", "every count equal, every filter", our_times, peer_times);
}

void ExpectSameClasses(const Ours& ours, Peer& peer) {
  FacetQuery query;
  query.only = {"label"};
  query.limit = 1'000;
  Peer::CountsByValue counts;
  for (const auto& [name, count] : CountsOf(ComputeFacets(*ours.now, query).facets.at(0)))
    counts[name.substr(name.find(' ') + 1)] = count;
  Expect(counts == peer.Count("SELECT CAST(class AS VARCHAR), count(*) FROM flat GROUP BY 1"),
         "classes after the edits");
}

void CompareEdits(Ours& ours, Peer& peer, std::size_t step, int pairs, const char* what) {
  std::vector<double> our_times;
  std::vector<double> peer_times;
  const std::string where = "ordinal % " + std::to_string(step) + " = 0";
  const bool single = step >= ours.now->Size();
  for (int i = 0; i < pairs; ++i) {
    our_times.push_back(Milliseconds([&] { ours.RelabelEvery(step); }));
    peer_times.push_back(Milliseconds([&] { peer.Relabel(single ? "ordinal = 0" : where); }));
    ExpectSameClasses(ours, peer);
  }
  Report(what, "counts by class equal after each", our_times, peer_times);
}

void Run(const std::filesystem::path& folder, std::size_t samples) {
  std::optional<Ours> ours;
  const double import = Milliseconds([&] { ours.emplace(folder, samples); });
  Report("generate, write the batch, commit, into memory", "", {import}, {});
  const auto columns = folder / "columns.duckdb";
  {
    duck::DatabaseOptions options;
    options.file = columns;
    options.folders = {std::filesystem::absolute(folder)};
    options.memory_bytes = 3ULL << 30U;
    ColumnsFile file(ours->imported.project, options);
    const double written = Milliseconds(
        [&] { file.Apply({ours->imported}, [&ours](const std::string& batch) { return ours->BatchFile(batch); }); });
    Report("batch into the columns file", "", {written}, {});
    SnapshotPtr loaded;
    const double load = Milliseconds([&] { loaded = file.Load(); });
    Expect(Digest(*loaded) == Digest(*ours->now), "digest of the loaded file");
    Report("columns file into memory", "digest equal", {load}, {});
  }
  Peer peer(folder, columns);
  CompareSidebars(*ours, peer);
  CompareEdits(*ours, peer, samples, 15, "one edit, durable");
  CompareEdits(*ours, peer, 10, 5, "edit of a tenth, durable");
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t samples = argc > 1 ? std::stoul(argv[1]) : 1'000'000;
  std::string folder = (std::filesystem::temp_directory_path() / "burnish-columns-bench-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  int status = 0;
  try {
    Run(folder, samples);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    status = 1;
  }
  std::filesystem::remove_all(folder);
  return status;
}
