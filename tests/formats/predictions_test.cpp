#include "formats/predictions.hpp"

#include <gtest/gtest.h>

#include "formats/support.hpp"

namespace burnish::formats {
namespace {

const std::vector<std::string> kClasses = {"cat", "dog", "owl"};

std::optional<std::uint32_t> FindSample(std::string_view path) {
  if (path.size() == 5 && path.ends_with(".png") && path[0] >= '0' && path[0] <= '9')
    return static_cast<std::uint32_t>(path[0] - '0');
  return std::nullopt;
}

struct Outcome {
  PredictionPlan plan;
  std::string rows;
  std::string problems;
  std::vector<std::string> classes;
};

Outcome Read(const std::string& table, const std::function<void(PredictionMapping&)>& change = {}) {
  TestFolder folder;
  folder.Write("run.csv", table);
  const auto files = folder.Files();
  Outcome outcome;
  outcome.plan = InspectPredictions(*files, 0, kClasses, FindSample, Reader());
  PredictionMapping mapping;
  mapping.columns = outcome.plan.mapping;
  if (change) change(mapping);
  Problems problems = outcome.plan.problems;
  outcome.classes =
      ReadPredictions(
          *files, 0, mapping, kClasses, FindSample, Reader(),
          [&](PredictionRow&& row) {
            outcome.rows += std::to_string(row.sample) + "=" + std::to_string(row.class_index);
            if (row.confidence) outcome.rows += " " + std::to_string(*row.confidence).substr(0, 5);
            outcome.rows += row.probabilities.empty() ? "\n" : " of " + std::to_string(row.probabilities.size()) + "\n";
            return true;
          },
          problems)
          .classes;
  outcome.problems = Describe(problems);
  return outcome;
}

TEST(PredictionsTest, ClassWithAndWithoutConfidence) {
  EXPECT_EQ(Read("path,predicted,confidence\n1.png,cat,0.75\n2.png,owl,\n").rows, "1=0 0.750\n2=2\n");
  EXPECT_EQ(Read("file;label\n1.png;dog\n").rows, "1=1\n");
}

TEST(PredictionsTest, OneProbabilityForEachClass) {
  const auto outcome = Read("path,cat,prob_dog,p(owl)\n1.png,0.2,0.7,0.1\n2.png,1,0,0\n");
  EXPECT_EQ(outcome.rows, "1=1 0.700 of 3\n2=0 1.000 of 3\n");
  EXPECT_EQ(outcome.problems, "");
}

TEST(PredictionsTest, EachBadRowIsNamed) {
  const auto outcome = Read(
      "path,cat,dog,owl\n1.png,0.2,0.7,0.1\nx.png,1,0,0\n2.png,nan,0.5,0.5\n3.png,-0.1,0.6,0.5\n4.png,0.5,0.4,0\n5.png,"
      "1,,0\n1.png,1,0,0\n6.png,0.3334,0.3333,0.3333\n");
  EXPECT_EQ(outcome.rows, "1=1 0.700 of 3\n6=0 0.333 of 3\n");
  EXPECT_EQ(outcome.problems,
            "unknown_sample: x.png is no sample of this project.\n"
            "not_a_number: 2 rows have probabilities that are not numbers: 2.png, 5.png.\n"
            "probability_range: 3.png has a probability below 0 or above 1.\n"
            "probability_sum: The probabilities of 4.png do not sum to 1.\n"
            "duplicate_prediction: 1.png has two predictions; the first is taken.\n");
}

TEST(PredictionsTest, SumsCanBeNormalised) {
  const auto normalise = [](PredictionMapping& mapping) { mapping.normalize = true; };
  EXPECT_EQ(Read("path,cat,dog,owl\n1.png,2,6,0\n2.png,0,0,0\n", normalise).rows, "1=1 0.750 of 3\n");
}

TEST(PredictionsTest, AnUnknownClassIsLeftOutMappedOrAdded) {
  const std::string table = "path,class\n1.png,cat\n2.png,wolf\n";
  const auto left_out = Read(table);
  EXPECT_EQ(left_out.rows, "1=0\n");
  EXPECT_EQ(left_out.problems, "unknown_class: wolf is no class of this project.\n");
  ASSERT_EQ(left_out.plan.unknown_classes.size(), 1U);
  EXPECT_EQ(Read(table,
                 [](auto& mapping) {
                   mapping.unknown_classes["wolf"] = {ClassChoice::Kind::kMap, "dog"};
                 })
                .rows,
            "1=0\n2=1\n");
  const auto added = Read(table, [](auto& mapping) {
    mapping.unknown_classes["wolf"] = {ClassChoice::Kind::kAdd, ""};
  });
  EXPECT_EQ(added.rows, "1=0\n2=3\n");
  EXPECT_EQ(added.classes.back(), "wolf");
}

TEST(PredictionsTest, TablesWithoutWhatIsNeeded) {
  EXPECT_EQ(Read("path,colour\n1.png,red\n").problems,
            "no_prediction_columns: run.csv has neither a class column nor a probability for each class.\n");
  EXPECT_EQ(Read("name,class\nx,cat\n").problems, "no_path_column: No column of run.csv holds paths of pictures.\n");
  EXPECT_EQ(Read("path,class\nx.png,cat\n").problems,
            "nothing_to_import: There is nothing to import in run.csv: no picture and no table with "
            "pictures.\nunknown_sample: x.png is no sample of this project.\n");
}

}  // namespace
}  // namespace burnish::formats
