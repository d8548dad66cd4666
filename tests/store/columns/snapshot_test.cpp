#include "store/columns/snapshot.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/files.hpp"
#include "store/columns/test_project.hpp"

namespace burnish::store {
namespace {

constexpr model::Aspect kLabel{model::AspectKind::kLabel, 0};
constexpr model::Aspect kSplit{model::AspectKind::kSplit, 0};

TEST(SnapshotTest, AnEditCopiesOnlyTheChunkItTouches) {
  TestProject project;
  project.AddClasses({"Shirt"});
  std::vector<SampleRow> rows;
  for (std::size_t i = 0; i < 2 * kChunkRows + 10; ++i) rows.push_back(Row(std::to_string(i)));
  project.Import({}, rows);
  const SnapshotPtr before = project.Now();
  project.Set(kLabel, {static_cast<model::Ordinal>(kChunkRows + 5)}, Labeled(0));
  const SnapshotPtr after = project.Now();
  EXPECT_EQ(before->labels.ChunkIdentity(0), after->labels.ChunkIdentity(0));
  EXPECT_NE(before->labels.ChunkIdentity(1), after->labels.ChunkIdentity(1));
  EXPECT_EQ(before->labels.ChunkIdentity(2), after->labels.ChunkIdentity(2));
  EXPECT_EQ(before->splits.ChunkIdentity(1), after->splits.ChunkIdentity(1));
  EXPECT_EQ(before->ClassOf(kChunkRows + 5), model::kNoClass);
  EXPECT_EQ(after->ClassOf(kChunkRows + 5), 0);
  EXPECT_EQ(after->label_revisions[kChunkRows + 5], after->as_of);
}

TEST(SnapshotTest, EveryEarlierStateComesBackFromDeltas) {
  for (unsigned seed = 0; seed < 8; ++seed) {
    TestProject project;
    FillAtRandom(project, seed, 70, 25);
    std::vector<model::Change> changes = project.Changes();
    std::reverse(changes.begin(), changes.end());
    for (std::size_t target = 0; target < project.Past().size(); ++target) {
      const SnapshotPtr then = StateAt(*project.Now(), changes, target);
      EXPECT_EQ(then->Size(), project.Past()[target]->Size());
      EXPECT_EQ(ContentDigest(*then), ContentDigest(*project.Past()[target]))
          << "seed " << seed << ", change " << target;
    }
  }
}

TEST(SnapshotTest, ALaterFieldIsMissingForEarlierSamples) {
  TestProject project;
  project.Import({{"site", model::FieldType::kText}},
                 {Row("a", model::Split::kTrain, model::kNoLabelCode, {Text("Hamburg")})});
  project.Import({{"age", model::FieldType::kNumber}, {"site", model::FieldType::kText}},
                 {Row("b", model::Split::kTrain, model::kNoLabelCode, {Number(3), Text("Kiel")})});
  const Snapshot& now = *project.Now();
  EXPECT_TRUE(now.ValueOf(*now.FindField("age"), 0).missing);
  EXPECT_EQ(now.ValueOf(*now.FindField("age"), 1).number, 3);
  EXPECT_EQ(now.ValueOf(*now.FindField("site"), 1).text, "Kiel");
}

TEST(SnapshotTest, AChangedFileGetsItsNewMediaAndKeepsTheOldOnesForHistory) {
  TestProject project;
  project.Import({}, {Row("a"), Row("b")});
  SampleRow changed = Row("b");
  changed.media.bytes = 77;
  changed.replaces = 1;
  project.Import({}, {Row("c"), changed});
  EXPECT_EQ(project.Now()->Size(), 3U);
  EXPECT_EQ(project.Now()->MediaOf(1).bytes, 77U);
  EXPECT_EQ(project.Past()[1]->MediaOf(1).bytes, 1'000U);
  EXPECT_EQ(project.Now()->MediaOf(2).location.path, "c");
}

TEST(SnapshotTest, ADeltaThatDoesNotFitIsRefused) {
  TestProject project;
  project.Import({}, {Row("a")});
  model::Change change;
  change.sequence = project.Now()->as_of + 1;
  change.delta.aspects = {{kSplit, {0}, {static_cast<std::uint32_t>(model::Split::kTest)}, {3}}};
  EXPECT_THROW(ApplyChange(*project.Now(), change), base::Error);  // it was train
  change.delta.aspects = {{kSplit, {5}, {0}, {3}}};
  EXPECT_THROW(ApplyChange(*project.Now(), change), base::Error);  // no such sample
  change.delta.aspects = {{kSplit, {0}, {0}, {3}}};
  change.sequence += 1;
  EXPECT_THROW(ApplyChange(*project.Now(), change), base::Error);  // a gap
}

TEST(SnapshotTest, ByteEqualSamplesAreDuplicatesUntilOneIsWithdrawn) {
  TestProject project;
  SampleRow twin = Row("b");
  twin.media.content = Row("a").media.content;
  project.Import({}, {Row("a"), twin, Row("c")});
  EXPECT_EQ(project.Now()->Duplicates().Ordinals(), (std::vector<model::Ordinal>{0, 1}));
  EXPECT_EQ(project.Now()->Repeats().Ordinals(), (std::vector<model::Ordinal>{1}));
  EXPECT_EQ(project.Now()->DuplicatesOf(1), (std::vector<model::Ordinal>{0, 1}));
  EXPECT_TRUE(project.Now()->DuplicatesOf(2).empty());
  project.Set({model::AspectKind::kWithdrawn, 0}, {0}, 1);
  EXPECT_FALSE(project.Now()->Duplicates().Any());
}

TEST(SnapshotTest, AttachmentsAreNotInTheDigest) {
  TestProject project;
  project.Import({}, {Row("a"), Row("b")});
  RunColumns run;
  run.run = base::RunId("probe");
  run.predicted = {0};
  QualityColumns quality;
  AppendQuality(quality, std::vector<QualityRow>{{}, {.5F, .1F, 9, 2, 7, 42, true}});
  const SnapshotPtr with = WithRun(*WithQuality(*project.Now(), quality), run);
  EXPECT_EQ(Digest(*with), Digest(*project.Now()));
  EXPECT_EQ(with->quality->brightness[1], .5F);
  EXPECT_EQ(with->FindRun("probe")->Predicted(1), model::kNoClass);
}

TEST(BatchTest, AnythingAFieldCanHoldComesBack) {
  const TemporaryFolder folder;
  const std::vector<model::Field> fields = {{"site'; DROP TABLE x; --", model::FieldType::kText},
                                            {"שלום \"q\"", model::FieldType::kNumber},
                                            {std::string(120, 'n'), model::FieldType::kTime},
                                            {"f_0", model::FieldType::kBoolean}};
  const std::string long_text(10'000, 'x');
  {
    BatchWriter writer(fields, folder.Path());
    writer.Append(Row("a'\"\n.jpg", model::Split::kTest, Labeled(3, model::LabelState::kConfirmed),
                      {Text(long_text), Number(-0.5), Missing(), Number(1)}));
    writer.Append(Row("", model::Split::kPool, model::kNoLabelCode, {Text(""), Missing(), Number(1.7e15), Missing()}));
    writer.Finish(folder.Path() / "b'atch");
  }
  BatchSource source = OpenBatch(folder.Path() / "b'atch");
  EXPECT_EQ(source.fields, fields);
  std::vector<SampleRow> rows;
  ASSERT_TRUE(source.next(rows));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].path, "a'\"\n.jpg");
  EXPECT_EQ(rows[0].label, Labeled(3, model::LabelState::kConfirmed));
  EXPECT_EQ(rows[0].fields[0].text, long_text);
  EXPECT_EQ(rows[0].fields[1].number, -0.5);
  EXPECT_TRUE(rows[0].fields[2].missing);
  EXPECT_FALSE(rows[1].fields[0].missing);
  EXPECT_EQ(rows[1].fields[0].text, "");
  EXPECT_FALSE(source.next(rows));
}

TEST(BatchTest, PredictionsComeBackWithTheirMargins) {
  const TemporaryFolder folder;
  {
    PredictionWriter writer({4, 7}, folder.Path());
    writer.Append({2, 7, .75F, {.25F, .75F}});
    writer.Append({0, 4, kMissingFloat, {}});
    writer.Finish(folder.Path() / "run.parquet");
  }
  const PredictionBatch batch = ReadPredictions(folder.Path() / "run.parquet");
  EXPECT_EQ(batch.classes, (std::vector<model::ClassId>{4, 7}));
  const RunColumns run = ToRunColumns(batch, base::RunId("r"), "r");
  EXPECT_EQ(run.Predicted(0), 4);
  EXPECT_EQ(run.Predicted(1), model::kNoClass);
  EXPECT_FLOAT_EQ(run.Margin(2), .5F);
  EXPECT_TRUE(std::isnan(run.Confidence(0)));
}

TEST(BatchTest, WhatIsNoBatchIsRefused) {
  const TemporaryFolder folder;
  EXPECT_THROW(OpenBatch(folder.Path() / "none"), base::Error);
  base::WriteFileDurably(folder.Path() / "text", std::as_bytes(std::span("hello")));
  EXPECT_THROW(OpenBatch(folder.Path() / "text"), base::Error);
}

}  // namespace
}  // namespace burnish::store
