#include "math/logistic.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "math/random.hpp"

namespace burnish::math {
namespace {

using testing::ElementsAre;
using testing::FloatNear;

struct Data {
  Matrix rows;
  std::vector<std::uint16_t> labels;
};

// Clouds around one centre per class that overlap.
Data Clouds(std::size_t count, std::size_t width, std::size_t classes, std::uint64_t seed) {
  Data data{Matrix(count, width), {}};
  Stream stream(seed);
  for (std::size_t i = 0; i < count; ++i) {
    const auto label = stream.Below(static_cast<std::uint32_t>(classes));
    data.labels.push_back(static_cast<std::uint16_t>(label));
    Stream centre(99, label);
    for (float& value : data.rows.Row(i)) {
      value = static_cast<float>(3 + 0.6 * (centre.Unit() - 0.5) + 2 * (stream.Unit() - 0.5));
    }
  }
  return data;
}

LogisticOptions Exactly() {
  LogisticOptions options;
  options.tolerance = 1e-7;
  return options;
}

// The largest entry of the gradient by central differences: small at an optimum.
double SlopeAt(LogisticModel model, const Data& data, double c) {
  double largest = 0;
  for (std::vector<float>* values : {&model.weights, &model.intercepts}) {
    for (std::size_t i = 0; i < values->size(); i += 7) {
      const float kept = (*values)[i];
      (*values)[i] = kept + 1e-2F;
      const double above = LogisticObjective(model, data.rows, data.labels, c);
      (*values)[i] = kept - 1e-2F;
      const double below = LogisticObjective(model, data.rows, data.labels, c);
      (*values)[i] = kept;
      largest = std::max(largest, std::abs(above - below) / 2e-2);
    }
  }
  return largest;
}

TEST(LogisticTest, ReachesTheOptimumForTwoAndManyClassesAndStrengths) {
  for (const std::size_t classes : {2U, 3U, 10U, 20U}) {
    const auto data = Clouds(300, 12, classes, classes);
    for (const double c : {0.01, 1.0, 100.0}) {
      auto options = Exactly();
      options.c = c;
      const auto model = FitLogistic(data.rows, data.labels, classes, options);
      EXPECT_TRUE(model.converged) << classes << " classes, C " << c << ", " << model.iterations << " iterations";
      EXPECT_LT(SlopeAt(model, data, c), 1e-3 * c * 300) << classes << " classes, C " << c;
      EXPECT_NEAR(model.objective / LogisticObjective(model, data.rows, data.labels, c), 1.0, 1e-6);
    }
  }
}

TEST(LogisticTest, TwoPointsHaveAKnownAnswer) {
  // scikit-learn's LogisticRegression(C=1) on x = -1, 1: coef_ 0.6749, intercept_ 0.
  Matrix rows(2, 1);
  rows.values = {-1, 1};
  const std::vector<std::uint16_t> labels = {0, 1};
  const auto model = FitLogistic(rows, labels, 2, Exactly());
  EXPECT_NEAR(model.weights[1] - model.weights[0], 0.6748, 2e-4);
  EXPECT_NEAR(model.intercepts[1] - model.intercepts[0], 0, 1e-5);
  EXPECT_NEAR(PredictProbabilities(model, rows).Row(1)[1], 1 / (1 + std::exp(-0.6748)), 1e-4);
}

TEST(LogisticTest, SameBitsAtAnyNumberOfThreads) {
  const auto data = Clouds(1500, 20, 4, 1);
  RunControl one;
  one.threads = 1;
  const auto alone = FitLogistic(data.rows, data.labels, 4, {}, one);
  const auto together = FitLogistic(data.rows, data.labels, 4, {});
  EXPECT_EQ(alone.weights, together.weights);
  EXPECT_EQ(alone.intercepts, together.intercepts);
}

TEST(LogisticTest, AWarmStartSavesIterationsAndReachesTheSameOptimum) {
  auto data = Clouds(2000, 16, 5, 2);
  const auto before = FitLogistic(data.rows, data.labels, 5, Exactly());
  data.labels[3] = static_cast<std::uint16_t>((data.labels[3] + 1) % 5);
  const auto cold = FitLogistic(data.rows, data.labels, 5, Exactly());
  const auto warm = FitLogistic(data.rows, data.labels, 5, Exactly(), {}, &before);
  EXPECT_LE(warm.iterations, cold.iterations);
  EXPECT_NEAR(warm.objective / cold.objective, 1, 1e-6);
}

TEST(LogisticTest, KeptRowsGiveTheSameBitsAsAFitAnewAfterOtherLabelsAndStrengths) {
  auto data = Clouds(900, 12, 4, 8);
  std::vector<std::uint8_t> folds(900);
  for (std::size_t i = 0; i < folds.size(); ++i) folds[i] = static_cast<std::uint8_t>(i % 3);
  const LogisticRows kept(data.rows);
  LogisticOptions weak;
  weak.c = 0.01;
  kept.Fit(data.labels, 4, {});
  std::vector<std::uint16_t> two(900);
  for (std::size_t i = 0; i < two.size(); ++i) two[i] = data.labels[i] % 2;
  kept.Fit(two, 2, weak);
  for (std::size_t i = 0; i < 90; ++i) data.labels[i * 10] = static_cast<std::uint16_t>((data.labels[i * 10] + 1) % 4);
  for (const LogisticOptions& options : {weak, LogisticOptions{}}) {
    EXPECT_EQ(kept.Fit(data.labels, 4, options).weights, FitLogistic(data.rows, data.labels, 4, options).weights);
    const auto again = kept.FitFolds(data.labels, 4, folds, 3, options);
    const auto anew = CrossFitLogistic(data.rows, data.labels, 4, folds, 3, options);
    EXPECT_EQ(again.model.intercepts, anew.model.intercepts);
    EXPECT_EQ(again.out_of_fold.values, anew.out_of_fold.values);
  }
}

TEST(LogisticTest, TheDefaultToleranceIsWithinAMillionthOfTheOptimum) {
  for (const std::size_t rows : {400U, 3000U}) {  // nearly parted classes, and mixed ones
    auto data = Clouds(rows, 120, 6, rows);
    for (const double c : {0.01, 1.0, 30.0}) {
      LogisticOptions options;
      options.c = c;
      auto exactly = Exactly();
      exactly.c = c;
      const auto best = FitLogistic(data.rows, data.labels, 6, exactly);
      const double least = LogisticObjective(best, data.rows, data.labels, c);
      const auto model = FitLogistic(data.rows, data.labels, 6, options);
      EXPECT_LT(LogisticObjective(model, data.rows, data.labels, c) / least - 1, 1e-6) << rows << " rows, C " << c;
      auto moved = data.labels;
      for (std::size_t i = 0; i < 10; ++i) moved[i] = static_cast<std::uint16_t>((moved[i] + 1) % 6);
      const auto warm = FitLogistic(data.rows, data.labels, 6, options, {}, &model);
      EXPECT_LT(LogisticObjective(warm, data.rows, data.labels, c) / least - 1, 1e-6) << rows << " rows, C " << c;
      const auto refit = FitLogistic(data.rows, moved, 6, options, {}, &best);
      const auto anew = FitLogistic(data.rows, moved, 6, exactly);
      EXPECT_LT(LogisticObjective(refit, data.rows, moved, c) / LogisticObjective(anew, data.rows, moved, c) - 1, 1e-6);
    }
  }
}

TEST(LogisticTest, ClassesWithoutRowsGetProbabilityZero) {
  auto data = Clouds(200, 4, 3, 3);
  for (auto& label : data.labels) label = static_cast<std::uint16_t>(label * 2 + 1);  // 1, 3, 5 of 7
  const auto model = FitLogistic(data.rows, data.labels, 7, {});
  EXPECT_THAT(model.absent, ElementsAre(true, false, true, false, true, false, true));
  const auto probabilities = PredictProbabilities(model, data.rows);
  for (std::size_t i = 0; i < 200; ++i) {
    const auto row = probabilities.Row(i);
    ASSERT_EQ(row[0] + row[2] + row[4] + row[6], 0.0F);
    ASSERT_NEAR(row[1] + row[3] + row[5], 1.0F, 1e-6);
  }
}

TEST(LogisticTest, OneClassIsAlwaysTheAnswer) {
  auto data = Clouds(5, 4, 3, 3);
  const std::vector<std::uint16_t> labels(5, 2);
  const auto model = FitLogistic(data.rows, labels, 3, {});
  EXPECT_THAT(PredictProbabilities(model, data.rows).Row(4), ElementsAre(0, 0, 1));
}

TEST(LogisticTest, FewerRowsThanColumnsIsNoProblem) {
  const auto data = Clouds(10, 200, 3, 4);
  auto options = Exactly();
  const auto model = FitLogistic(data.rows, data.labels, 3, options);
  EXPECT_TRUE(model.converged);
}

TEST(LogisticTest, OutOfFoldPredictionsAreThoseOfAModelThatNeverSawTheRow) {
  const auto data = Clouds(240, 6, 3, 5);
  std::vector<std::uint8_t> folds(240);
  for (std::size_t i = 0; i < folds.size(); ++i) folds[i] = static_cast<std::uint8_t>(i % 4);
  folds[7] = kNoFold;
  const auto fit = CrossFitLogistic(data.rows, data.labels, 3, folds, 4, Exactly());
  ASSERT_EQ(fit.fold_models.size(), 4U);

  Data rest{Matrix(0, 6), {}};
  for (std::size_t i = 0; i < 240; ++i) {
    if (folds[i] == 2) continue;
    rest.rows.values.insert(rest.rows.values.end(), data.rows.Row(i).begin(), data.rows.Row(i).end());
    ++rest.rows.rows;
    rest.labels.push_back(data.labels[i]);
  }
  const auto alone = FitLogistic(rest.rows, rest.labels, 3, Exactly());
  const auto expected = PredictProbabilities(alone, data.rows);
  for (std::size_t i = 2; i < 240; i += 4) {
    for (std::size_t k = 0; k < 3; ++k) ASSERT_NEAR(fit.out_of_fold.Row(i)[k], expected.Row(i)[k], 1e-4);
  }
  const auto all = PredictProbabilities(fit.model, data.rows);
  EXPECT_EQ(fit.out_of_fold.Row(7)[0], all.Row(7)[0]);
}

TEST(LogisticTest, RefusesWhatItCannotLearnFrom) {
  auto data = Clouds(5, 2, 2, 6);
  EXPECT_THROW(FitLogistic(MatrixView{}, {}, 2, {}), base::Error);
  EXPECT_THROW(FitLogistic(data.rows, std::vector<std::uint16_t>(5, 2), 2, {}), base::Error);
  EXPECT_THROW(FitLogistic(data.rows, std::vector<std::uint16_t>(4, 0), 2, {}), base::Error);
  data.rows.values[1] = std::numeric_limits<float>::infinity();
  EXPECT_THROW(FitLogistic(data.rows, data.labels, 2, {}), base::Error);
}

TEST(LogisticTest, StopsWhenAsked) {
  const auto data = Clouds(50, 3, 2, 7);
  std::stop_source source;
  source.request_stop();
  RunControl control;
  control.stop = source.get_token();
  EXPECT_THROW(FitLogistic(data.rows, data.labels, 2, {}, control), base::Error);
}

}  // namespace
}  // namespace burnish::math
