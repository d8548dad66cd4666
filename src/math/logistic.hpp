#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "math/matrix.hpp"
#include "math/parallel.hpp"

namespace burnish::math {

struct LogisticOptions {
  // Inverse strength of the penalty, as scikit-learn's C.
  double c = 1.0;
  // Stops when a step promises less than some 4e-3 of this, relative to the objective; when no entry of the gradient of
  // objective / (C * rows) exceeds this (scikit-learn's gtol is 1e-4) and a step promises less than 4e-8; or where the
  // rounding of f32 hides any step.
  double tolerance = 1e-5;
  int max_iterations = 500;
};

// Multinomial logistic regression: P(class k | x) = softmax(x . weights[k] + intercepts[k]).
struct LogisticModel {
  std::size_t classes = 0;
  std::size_t width = 0;
  std::vector<float> weights;     // classes x width
  std::vector<float> intercepts;  // classes
  double objective = 0;
  int iterations = 0;
  bool converged = false;
  // Classes that no row had: probability 0 for every row, weights 0.
  std::vector<bool> absent;
};

// Minimises C * sum of log-losses + 1/2 ||W||^2, intercepts free: the optimum of scikit-learn's
// LogisticRegression(C, solver="lbfgs"). With two classes scikit-learn fits one vector w; that is this
// with ||W||^2 doubled, and is what happens here.
//
// L-BFGS, preconditioned with the Hessian of equally probable classes (preconditioner.hpp); f32 kernels, f64 sums.
// `labels[i]` in [0, classes); throws kInvalidArgument otherwise, when there are no rows, or a value is not finite.
// One class present: a model that always answers it. `warm_start`: same classes and width; saves
// iterations and reaches the same optimum within the tolerance, not the same bits.
//
// Standardise first where columns differ in scale (matrix.hpp): nothing is standardised here.
LogisticModel FitLogistic(MatrixView rows, std::span<const std::uint16_t> labels, std::size_t classes,
                          const LogisticOptions& options, const RunControl& control = {},
                          const LogisticModel* warm_start = nullptr);

// rows x classes; each row sums to 1 (f64 sums, f32 results).
Matrix PredictProbabilities(const LogisticModel& model, MatrixView rows, const RunControl& control = {});

// The penalised objective of `model` on these rows, in f64 throughout: for checks.
double LogisticObjective(const LogisticModel& model, MatrixView rows, std::span<const std::uint16_t> labels, double c);

// Fold of a row that takes part in no fold: it trains every fold's model and gets no prediction of its own.
inline constexpr std::uint8_t kNoFold = 0xFF;

struct CrossFit {
  LogisticModel model;  // fitted on all rows
  Matrix out_of_fold;   // rows x classes: each row by the model that did not see its fold (kNoFold: by `model`)
  std::vector<LogisticModel> fold_models;
};

class Preconditioner;

// Rows to fit on again and again under changing labels, with what no label moves: their centre, their Gram matrix and
// its factor. A fit is the same, bit for bit, as one on the same rows anew. Any thread may call.
class LogisticRows {
 public:
  // Throws as FitLogistic.
  explicit LogisticRows(MatrixView rows, const RunControl& control = {});

  LogisticModel Fit(std::span<const std::uint16_t> labels, std::size_t classes, const LogisticOptions& options,
                    const RunControl& control = {}, const LogisticModel* warm_start = nullptr) const;
  // The fit on all rows and one per fold on the rest. Fold fits start at the fit of all. Folds are 0 .. fold_count - 1.
  CrossFit FitFolds(std::span<const std::uint16_t> labels, std::size_t classes, std::span<const std::uint8_t> folds,
                    std::size_t fold_count, const LogisticOptions& options, const RunControl& control = {}) const;

  // At most held in memory.
  std::size_t Bytes() const;

 private:
  static constexpr std::size_t kMostFactors = 3;  // one for each strength of penalty and number of classes

  LogisticModel FitOn(std::span<const std::uint16_t> labels, std::size_t classes,
                      std::span<const std::uint8_t> included, const LogisticOptions& options, const RunControl& control,
                      const LogisticModel* warm_start) const;
  std::shared_ptr<const Preconditioner> PreconditionerFor(double curvature, double penalty) const;

  Matrix centred_;  // intercepts part from the weights; the optimum is the same
  std::vector<float> mean_;
  std::vector<double> gram_;
  mutable std::mutex mutex_;  // guards the factors
  mutable std::map<std::pair<double, double>, std::shared_ptr<const Preconditioner>> factors_;
};

// LogisticRows::FitFolds on rows that are fitted once.
CrossFit CrossFitLogistic(MatrixView rows, std::span<const std::uint16_t> labels, std::size_t classes,
                          std::span<const std::uint8_t> folds, std::size_t fold_count, const LogisticOptions& options,
                          const RunControl& control = {});

}  // namespace burnish::math
