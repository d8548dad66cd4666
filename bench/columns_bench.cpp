// 1 M samples with twelve fields: what the sidebar, an edit and a sort cost in memory, beside the same questions in DuckDB.
// Run: build/release/bench/columns_bench [samples]
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>

#include "store/columns/columns_file.hpp"
#include "store/columns/facets.hpp"
#include "store/columns/results.hpp"

namespace {

using namespace burnish;
using namespace burnish::store;
using Clock = std::chrono::steady_clock;

template <class Work>
double Best(int times, Work&& work) {
  double best = 1e18;
  for (int i = 0; i < times; ++i) {
    const auto start = Clock::now();
    work();
    best = std::min(best, std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  return best;
}

// Generated rows: no media, sizes and fields by a seed.
BatchSource Generated(std::size_t samples) {
  BatchSource source;
  for (int i = 0; i < 12; ++i) source.fields.push_back({"field " + std::to_string(i), i % 3 == 2 ? model::FieldType::kNumber : model::FieldType::kText});
  source.next = [samples, made = std::size_t{0}, engine = std::mt19937(1), fields = source.fields](std::vector<SampleRow>& rows) mutable {
    if (made == samples) return false;
    rows.resize(std::min<std::size_t>(2'048, samples - made));
    for (SampleRow& row : rows) {
      row.source = "generated";
      row.path = "folder/" + std::to_string(made) + ".jpg";
      row.media.location = {"generated", row.path};
      row.media.content = base::HashContent(std::as_bytes(std::span(row.path)));
      row.media.bytes = engine() % 100'000;
      row.media.width = 64 + engine() % 64;
      row.media.height = 64;
      row.split = static_cast<model::Split>(engine() % 4);
      row.label = model::PackLabel(static_cast<model::ClassId>(engine() % 100), model::LabelState::kSet);
      row.fields.resize(fields.size());
      for (std::size_t f = 0; f < fields.size(); ++f) {
        row.fields[f] = {false, static_cast<double>(engine() % 10'000), {}};
        if (fields[f].type == model::FieldType::kText) row.fields[f].text = "value " + std::to_string(engine() % (f < 4 ? 10 : 1'000));
      }
      ++made;
    }
    return true;
  };
  return source;
}

model::Change Edit(const Snapshot& snapshot, std::size_t count) {
  model::Change change;
  change.sequence = snapshot.as_of + 1;
  model::AspectDelta delta{{model::AspectKind::kLabel, 0}, {}, {}, {}};
  const std::size_t step = snapshot.Size() / count;
  for (std::size_t i = 0; i < count; ++i) {
    const auto ordinal = static_cast<model::Ordinal>(i * step);
    delta.ordinals.push_back(ordinal);
    delta.before.push_back(snapshot.labels[ordinal]);
    delta.after.push_back(model::PackLabel(static_cast<model::ClassId>((snapshot.ClassOf(ordinal) + 1) % 100), model::LabelState::kSet));
  }
  change.delta.aspects.push_back(std::move(delta));
  return change;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t samples = argc > 1 ? std::stoul(argv[1]) : 1'000'000;
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "burnish-columns-bench";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  model::Change import;
  import.sequence = 1;
  import.imported = model::ImportedRange{base::ImportId("i"), 0, static_cast<std::uint32_t>(samples), "batch"};
  for (model::ClassId i = 0; i < 100; ++i) import.delta.classes.push_back({std::nullopt, {i, "class " + std::to_string(i), false, std::nullopt}});
  const auto open = [&](const std::string&) { return Generated(samples); };

  SnapshotPtr snapshot;
  std::printf("%zu samples, 12 fields\n", samples);
  std::printf("  %-46s %9.1f ms\n", "import into memory", Best(1, [&] { snapshot = ApplyChange(*EmptySnapshot(base::ProjectId("bench")), import, open); }));
  RunColumns run;
  run.run = base::RunId("probe");
  for (std::size_t i = 0; i < samples; ++i) {
    run.predicted.push_back(static_cast<model::ClassId>(i % 100));
    run.confidence.push_back(static_cast<float>(i * 7 % 1'000) / 1'000);
    run.margin.push_back(static_cast<float>(i * 3 % 1'000) / 1'000);
  }
  snapshot = WithRun(*snapshot, run);

  FacetQuery query;
  query.run = "probe";
  std::printf("  %-46s %9.1f ms\n", "sidebar, no filter, first time", Best(1, [&] { ComputeFacets(*snapshot, query); }));
  std::printf("  %-46s %9.1f ms\n", "sidebar, no filter", Best(5, [&] { ComputeFacets(*snapshot, query); }));
  query.filter = {model::AllOf{{{model::SplitIs{{model::Split::kTest}}}, {model::FieldIn{"field 0", {"value 3", "value 4"}, {}}}}}};
  std::printf("  %-46s %9.1f ms\n", "sidebar under two clauses", Best(5, [&] { ComputeFacets(*snapshot, query); }));
  std::printf("  %-46s %9.1f ms\n", "filter and sort by confidence",
              Best(5, [&] { ComputeResult(snapshot, {query.filter, {model::SortKey::kConfidence, true, ""}, "probe"}); }));
  std::printf("  %-46s %9.1f ms\n", "everything sorted by confidence", Best(5, [&] { ComputeResult(snapshot, {{}, {model::SortKey::kConfidence, true, ""}, "probe"}); }));
  const model::Change one = Edit(*snapshot, 1);
  const model::Change many = Edit(*snapshot, samples / 10);
  std::printf("  %-46s %9.2f ms\n", "one edit", Best(9, [&] { ApplyChange(*snapshot, one); }));
  std::printf("  %-46s %9.1f ms\n", "edit of a tenth of all samples", Best(5, [&] { ApplyChange(*snapshot, many); }));
  std::printf("  %-46s %9.1f ms\n", "digest", Best(1, [&] { Digest(*snapshot); }));

  duck::DatabaseOptions options;
  options.file = folder / "columns.duckdb";
  options.memory_bytes = 2ULL << 30U;
  ColumnsFile file(base::ProjectId("bench"), options);
  std::printf("  %-46s %9.1f ms\n", "import into the DuckDB file", Best(1, [&] { file.Apply({import}, open); }));
  std::printf("  %-46s %9.1f ms\n", "edit of a tenth, DuckDB file", Best(1, [&] { file.Apply({many}, open); }));
  std::printf("  %-46s %9.1f ms\n", "load the DuckDB file", Best(2, [&] { file.Load(); }));
  duck::Session& session = file.Connection();
  double sidebar = 0;
  for (int i = 0; i < 12; ++i) {
    const std::string column = "f_" + std::to_string(i);
    sidebar += Best(3, [&] { session.Run("SELECT " + column + ", count(*) FROM samples WHERE split = 2 AND f_0 IN ('value 3', 'value 4') GROUP BY 1"); });
  }
  std::printf("  %-46s %9.1f ms\n", "DuckDB: the twelve fields under two clauses", sidebar);
  std::filesystem::remove_all(folder);
  return 0;
}
