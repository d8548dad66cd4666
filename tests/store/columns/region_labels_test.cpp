#include "store/columns/region_labels.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <set>

#include "base/error.hpp"
#include "base/files.hpp"
#include "model/filter_json.hpp"
#include "store/columns/columns_file.hpp"
#include "store/columns/facets.hpp"
#include "store/columns/test_project.hpp"

namespace burnish::store {
namespace {

using Rows = std::vector<std::vector<RegionLabel>>;

RegionLabel Of(model::ClassId id, float confidence = kMissingFloat) {
  return {id, confidence, {0.1F, 0.2F, 0.3F, 0.4F}};
}

std::filesystem::path Written(const std::filesystem::path& file, const Rows& rows) {
  RegionWriter writer(file);
  for (const auto& labels : rows) writer.Append(labels);
  EXPECT_EQ(writer.Rows(), rows.size());
  writer.Finish();
  return file;
}

Rows RandomRows(unsigned seed, std::size_t count, unsigned classes) {
  std::mt19937 engine(seed);
  Rows rows(count);
  for (auto& labels : rows) {
    labels.resize(engine() % 5);
    for (RegionLabel& label : labels) {
      label = Of(static_cast<model::ClassId>(engine() % classes));
      if (engine() % 4 != 0) label.confidence = static_cast<float>(engine() % 101) / 100;
    }
  }
  return rows;
}

// Row i of `rows` for sample i, as the import of a batch of region labels does it.
void Label(TestProject& project, const Rows& rows) {
  const auto imports = project.Now()->imports.size();
  const std::string name = "regions-" + std::to_string(imports);
  Written(project.Folder() / name, rows);
  model::Change change;
  change.kind = model::ChangeKind::kImport;
  change.imported = model::ImportedRange{base::ImportId("import-" + std::to_string(imports)),
                                         static_cast<model::Ordinal>(project.Now()->Size()), 0, name};
  model::AspectDelta delta{{model::AspectKind::kRegions, 0}, {}, {}, {}};
  const std::uint32_t first = project.Now()->region_table ? project.Now()->region_table->Rows() : 0;
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    delta.ordinals.push_back(i);
    delta.before.push_back(project.Now()->regions[i]);
    delta.after.push_back(first + i + 1);
  }
  change.delta.aspects.push_back(std::move(delta));
  project.Append(std::move(change));
}

std::vector<SampleRow> Samples(std::size_t count) {
  std::vector<SampleRow> rows;
  for (std::size_t i = 0; i < count; ++i)
    rows.push_back(Row(std::to_string(i) + ".png", i % 2 == 0 ? model::Split::kTrain : model::Split::kTest));
  return rows;
}

std::vector<model::Ordinal> Found(const TestProject& project, const std::string& filter) {
  return Evaluate(model::ParseFilter(filter), *project.Now()).Ordinals();
}

// "Wheel 2/3, Door 1/1; none 1": samples and labels of each class that the filter leaves.
std::string Counted(const TestProject& project, const std::string& filter = R"({"all":[]})") {
  FacetQuery query;
  query.only = {"region_class"};
  query.filter = model::ParseFilter(filter);
  std::string text;
  const Facets facets = ComputeFacets(*project.Now(), query);
  for (const FacetValue& value : facets.facets.at(0).values) {
    if (value.missing) {
      text += "; none " + std::to_string(value.now);
    } else {
      text += (text.empty() ? "" : ", ") + value.value + " " + std::to_string(value.now) + "/" +
              std::to_string(value.labels_now.value());
    }
  }
  return text;
}

TestProject& Cars(TestProject& project) {
  project.AddClasses({"Wheel", "Door"});
  project.Import({}, Samples(4));
  Label(project, {{Of(0, 0.9F), Of(0, 0.2F)}, {Of(0, 0.5F), Of(1)}, {}, {Of(1, 1.0F)}});
  return project;
}

TEST(RegionLabelsTest, CountsSamplesAndLabelsOfEachClass) {
  TestProject project;
  EXPECT_EQ(Counted(Cars(project)), "Wheel 2/3, Door 2/2; none 1");
  EXPECT_EQ(Counted(project, R"({"split":["train"]})"), "Wheel 1/2, Door 0/0; none 1");
  // Most match: the one that does not is counted.
  EXPECT_EQ(Counted(project, R"({"not":{"path":"0.png"}})"), "Door 2/2, Wheel 1/1; none 1");
  // Its own clause does not narrow the facet.
  EXPECT_EQ(Counted(project, R"({"all":[{"region":{"class":["Door"]}},{"split":["test"]}]})"),
            "Door 2/2, Wheel 1/1; none 0");
}

TEST(RegionLabelsTest, FiltersByOneRegionThatIsBothOfTheClassAndInTheRange) {
  TestProject project;
  Cars(project);
  using Ordinals = std::vector<model::Ordinal>;
  EXPECT_EQ(Found(project, R"({"region":{}})"), (Ordinals{0, 1, 3}));
  EXPECT_EQ(Found(project, R"({"region":{"class":["Wheel"]}})"), (Ordinals{0, 1}));
  EXPECT_EQ(Found(project, R"({"region":{"class":["Door"],"confidence":[0.5,null]}})"), (Ordinals{3}));
  EXPECT_EQ(Found(project, R"({"region":{"confidence":[null,0.5]}})"), (Ordinals{0, 1}));
  EXPECT_EQ(Found(project, R"({"region":{"missing":true}})"), (Ordinals{2}));
  EXPECT_EQ(Found(project, R"({"region":{"class":["Door"],"missing":true}})"), (Ordinals{1, 2, 3}));
  EXPECT_THROW(Found(project, R"({"region":{"set":"somebody's"}})"), base::Error);
}

TEST(RegionLabelsTest, ALaterBatchTakesThePlaceOfTheEarlierAndLeavesAgain) {
  TestProject project;
  Cars(project);
  const std::string before = Counted(project);
  Label(project, {{Of(1)}, {}});
  EXPECT_EQ(Counted(project), "Door 2/2; none 2");
  const auto changes = project.Changes();
  const SnapshotPtr past = StateAt(*project.Now(), std::span(&changes.back(), 1), project.Now()->as_of - 1);
  EXPECT_EQ(past->region_table->Rows(), 4U);
  model::Change undo;
  undo.kind = model::ChangeKind::kUndo;
  undo.delta = model::Inverse(changes.back().delta);
  project.Append(std::move(undo));
  EXPECT_EQ(Counted(project), before);
}

TEST(RegionLabelsTest, ManyRowsCountAsOneByOne) {
  for (const unsigned classes : {3U, 700U}) {
    TestProject project;
    const std::size_t samples = 70'000;  // more than one block, and enough for two threads
    const Rows rows = RandomRows(classes, samples, classes);
    const RegionBatch batch(Written(project.Folder() / "regions", rows));
    ASSERT_EQ(batch.Rows(), samples);
    RegionTable table;
    table.Append(std::shared_ptr<const RegionBatch>(&batch, [](const RegionBatch*) {}));
    Column<std::uint32_t> codes;
    ColumnEditor editor(codes);
    Bitset among(samples);
    RegionCounts expected{std::vector<std::uint32_t>(classes + 1, 0), std::vector<std::uint64_t>(classes, 0)};
    RegionTest test{std::vector<bool>(classes, false), model::Range{0.5, std::nullopt}};
    test.classes[1] = test.classes[2] = true;
    Bitset matching(samples);
    for (std::size_t i = 0; i < samples; ++i) {
      const std::size_t row = samples - 1 - i;
      editor.Append(static_cast<std::uint32_t>(row + 1));
      const auto passes = [&](const RegionLabel& label) {
        return test.classes[label.class_id] && label.confidence >= 0.5F;
      };
      if (std::any_of(rows[row].begin(), rows[row].end(), passes)) matching.Set(i);
      if (i % 3 == 0) continue;
      among.Set(i);
      std::set<model::ClassId> seen;
      for (const RegionLabel& label : rows[row]) {
        ++expected.labels[label.class_id];
        if (seen.insert(label.class_id).second) ++expected.samples[label.class_id];
      }
      if (rows[row].empty()) ++expected.samples.back();
    }
    const RegionCounts counts = CountRegions(table, codes, CountedRows(among), classes);
    EXPECT_EQ(counts.samples, expected.samples);
    EXPECT_EQ(counts.labels, expected.labels);
    EXPECT_EQ(MatchRegions(table, codes, samples, test), matching);
  }
}

TEST(RegionLabelsTest, AreTheSameFromTheFileAndInTheDigest) {
  TestProject project;
  const std::string bare = Digest(*Cars(project).Past().at(2));
  EXPECT_NE(Digest(*project.Now()), bare);
  duck::DatabaseOptions options;
  options.file = project.File();
  options.folders = {project.Folder()};
  ColumnsFile file(base::ProjectId("project"), options);
  file.Apply(project.Changes(), project.BatchFile());
  Snapshot read = *file.Load();
  EXPECT_EQ(Digest(read), Digest(*project.Now()));
  OpenRegionTable(read, project.Opener());
  EXPECT_EQ(read.region_table->Rows(), 4U);
}

TEST(RegionLabelsTest, AViewBringsThemBackAfterAStart) {
  TestProject project;
  Cars(project);
  for (int life = 0; life < 2; ++life) {
    ProjectView view(project.Truth(), project.Options());
    const SnapshotPtr now = view.AtLeast(project.Now()->as_of, std::chrono::seconds(20));
    ASSERT_TRUE(now->region_table);
    EXPECT_EQ(Digest(*now), Digest(*project.Now()));
    view.WaitForFile(now->as_of, std::chrono::seconds(20));
  }
}

TEST(RegionLabelsTest, ADamagedBatchIsRefused) {
  TemporaryFolder folder;
  const auto file = Written(folder.Path() / "regions", RandomRows(1, 300, 4));
  const std::string whole = base::ReadFile(file);
  EXPECT_TRUE(RegionBatch::IsOne(file));
  EXPECT_FALSE(RegionBatch::IsOne(folder.Path() / "nothing"));
  EXPECT_THROW(RegionBatch(folder.Path() / "nothing"), base::Error);
  const auto refused = [&](const std::string& bytes) {
    const auto damaged = folder.Path() / "damaged";
    std::ofstream(damaged, std::ios::binary) << bytes;
    try {
      RegionBatch batch(damaged);
      return false;
    } catch (const base::Error& error) {
      return error.Code() == base::ErrorCode::kUnavailable;
    }
  };
  std::mt19937 engine(7);
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(refused(whole.substr(0, engine() % whole.size())));
  const std::size_t offsets_and_classes = 64 + 301 * sizeof(std::uint32_t);
  for (int i = 0; i < 200; ++i) {
    std::string flipped = whole;
    const bool footer = i % 2 == 0;
    const std::size_t at = footer ? whole.size() - 1 - engine() % 56 : 64 + engine() % (offsets_and_classes - 64);
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (engine() % 8)));
    EXPECT_TRUE(refused(flipped)) << at;
  }
}

}  // namespace
}  // namespace burnish::store
