#include "math/logistic.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "math/kernels.hpp"
#include "math/logistic_problem.hpp"
#include "math/narrow.hpp"
#include "math/preconditioner.hpp"

namespace burnish::math {
namespace {

constexpr std::size_t kMemory = 10;
// Relative differences of the objective below this are rounding of the f32 passes.
constexpr double kRounding = 1e-8;
// Of such roundings: a fall that no step may be seen to make.
constexpr double kHidden = 8;
// The tolerance that f32 passes reach on any data.
constexpr double kReachable = 1e-5;
// Of the tolerance: a next step that promises less than this share of the objective is not taken.
constexpr double kWorthwhile = 4e-3;
// Of the tolerance, for a fold: it begins near its optimum, on the side of the rows that it may not know.
constexpr double kOfFolds = 0.25;

struct Optimum {
  std::vector<double> theta;
  double objective = 0;
  int iterations = 0;
  bool converged = false;
};

// Limited-memory BFGS (Nocedal 1980) whose first guess of the inverse Hessian is the preconditioner, scaled to the
// last step's curvature.
class Minimiser {
 public:
  Minimiser(const Problem& problem, const Preconditioner& preconditioner, const LogisticOptions& options,
            const RunControl& control)
      : problem_(problem), preconditioner_(preconditioner), options_(options), control_(control) {}

  Optimum Run(std::vector<double> start) {
    Optimum best{std::move(start), 0, 0, false};
    std::vector<double> gradient(best.theta.size());
    best.objective = problem_.Evaluate(best.theta, gradient, control_);
    const double goal = options_.tolerance * problem_.C() * static_cast<double>(problem_.Count());
    for (; best.iterations < options_.max_iterations; ++best.iterations) {
      control_.ThrowIfStopped();
      const Progress progress = Step(best, gradient, Largest(gradient) <= goal);
      if (progress == Progress::kMade) continue;
      best.converged =
          progress == Progress::kEnough || Largest(gradient) <= std::max(goal, kReachable * goal / options_.tolerance);
      break;
    }
    return best;
  }

 private:
  enum class Progress {
    kMade,
    kEnough,  // the next step is not worth taking
    kNone,    // no step gets lower than rounding allows to see
  };

  struct Pair {
    std::vector<double> step;
    std::vector<double> change;  // of the gradient
    double curvature = 0;        // their inner product
  };

  static double Largest(std::span<const double> values) {
    double largest = 0;
    for (const double value : values) largest = std::max(largest, std::abs(value));
    return largest;
  }

  // The two-loop recursion.
  std::vector<double> Direction(std::span<const double> gradient) const {
    std::vector<double> direction(gradient.begin(), gradient.end());
    std::vector<double> alpha(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      alpha[i] = Inner(pairs_[i].step, direction) / pairs_[i].curvature;
      for (std::size_t j = 0; j < direction.size(); ++j) direction[j] -= alpha[i] * pairs_[i].change[j];
    }
    direction = preconditioner_.Apply(direction, problem_.Present(), control_);
    for (double& value : direction) value *= scale_;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const double beta = Inner(pairs_[i].change, direction) / pairs_[i].curvature;
      for (std::size_t j = 0; j < direction.size(); ++j) direction[j] += (alpha[i] - beta) * pairs_[i].step[j];
    }
    for (double& value : direction) value = -value;
    return direction;
  }

  // One step with backtracking. `flat`: the gradient is within the tolerance.
  Progress Step(Optimum& best, std::vector<double>& gradient, bool flat) {
    auto direction = Direction(gradient);
    double slope = Inner(direction, gradient);
    if (slope >= 0) {
      pairs_.clear();
      scale_ = 1;
      direction = Direction(gradient);
      slope = Inner(direction, gradient);
    }
    // Half the slope is what a quadratic falls by; the curvature of two steps makes it a fair guess. A flat gradient
    // alone says little: where the classes are nearly parted, so is the objective.
    const double worthwhile =
        std::max(options_.tolerance, flat ? kReachable : 0.0) * kWorthwhile * std::abs(best.objective);
    if (slope == 0 || (pairs_.size() >= 2 && -slope / 2 < worthwhile)) return Progress::kEnough;
    std::vector<double> next(best.theta.size());
    std::vector<double> next_gradient(best.theta.size());
    double length = 1;
    const double rounding = kRounding * std::abs(best.objective);
    for (int attempt = 0; attempt < 20; ++attempt, length *= 0.5) {
      for (std::size_t j = 0; j < next.size(); ++j) next[j] = best.theta[j] + length * direction[j];
      const double objective = problem_.Evaluate(next, next_gradient, control_);
      if (!Acceptable(objective, best.objective, length, slope, Inner(next_gradient, direction))) {
        if (attempt >= 2 && -length * slope < rounding)
          return -slope < kHidden * rounding ? Progress::kEnough : Progress::kNone;
        continue;
      }
      Remember(best.theta, next, gradient, next_gradient);
      best.theta.swap(next);
      gradient.swap(next_gradient);
      best.objective = objective;
      return Progress::kMade;
    }
    return Progress::kNone;
  }

  // Armijo's condition; near the optimum, where the objective's rounding hides it, the slope decides instead
  // (the approximate Wolfe condition of Hager and Zhang 2005).
  static bool Acceptable(double objective, double before, double length, double slope, double slope_after) {
    constexpr double kDescent = 1e-4;
    if (objective <= before + kDescent * length * slope) return true;
    return objective <= before + kRounding * std::abs(before) && slope_after <= (2 * kDescent - 1) * slope;
  }

  void Remember(std::span<const double> from, std::span<const double> to, std::span<const double> gradient_from,
                std::span<const double> gradient_to) {
    Pair pair{std::vector<double>(from.size()), std::vector<double>(from.size()), 0};
    for (std::size_t j = 0; j < from.size(); ++j) {
      pair.step[j] = to[j] - from[j];
      pair.change[j] = gradient_to[j] - gradient_from[j];
    }
    pair.curvature = Inner(pair.step, pair.change);
    if (!(pair.curvature > 0)) return;
    const auto preconditioned = preconditioner_.Apply(pair.change, problem_.Present(), control_);
    scale_ = pair.curvature / Inner(pair.change, preconditioned);
    pairs_.push_back(std::move(pair));
    if (pairs_.size() > kMemory) pairs_.pop_front();
  }

  const Problem& problem_;
  const Preconditioner& preconditioner_;
  const LogisticOptions& options_;
  const RunControl& control_;
  std::deque<Pair> pairs_;
  double scale_ = 1;
};

[[noreturn]] void Refuse(const std::string& message) { throw base::Error(base::ErrorCode::kInvalidArgument, message); }

void CheckLabels(std::span<const std::uint16_t> labels, std::size_t rows, std::size_t classes) {
  if (labels.size() != rows) Refuse("There is not one label for each row.");
  for (const auto label : labels) {
    if (label >= classes) Refuse("There is no class " + std::to_string(label) + ".");
  }
}

void CheckRows(MatrixView rows, const RunControl& control) {
  if (rows.values.size() != rows.rows * rows.width) Refuse("The rows do not have the stated shape.");
  if (rows.rows == 0) Refuse("There is nothing to learn from: no rows.");
  ParallelFor(rows.rows, 512, control, [&](std::size_t begin, std::size_t end) {
    const auto values = rows.values.subspan(begin * rows.width, (end - begin) * rows.width);
    bool finite = true;
    for (const float value : values) finite &= std::isfinite(value);
    if (!finite) Refuse("A value is not a finite number.");
  });
}

LogisticModel EmptyModel(std::size_t classes, std::size_t width) {
  LogisticModel model;
  model.classes = classes;
  model.width = width;
  model.weights.assign(classes * width, 0.0F);
  model.intercepts.assign(classes, 0.0F);
  model.absent.assign(classes, true);
  return model;
}

LogisticModel ToModel(const Problem& problem, const Optimum& optimum, std::size_t classes,
                      std::span<const float> mean) {
  LogisticModel model = EmptyModel(classes, problem.Width());
  model.objective = optimum.objective;
  model.iterations = optimum.iterations;
  model.converged = optimum.converged;
  const std::size_t present = problem.Present();
  for (std::size_t place = 0; place < present; ++place) {
    const std::size_t k = problem.ClassOfPlace()[place];
    double offset = 0;
    for (std::size_t j = 0; j < problem.Width(); ++j) {
      const double weight = optimum.theta[j * present + place];
      model.weights[k * problem.Width() + j] = static_cast<float>(weight);
      offset += weight * mean[j];
    }
    model.intercepts[k] = static_cast<float>(optimum.theta[problem.Width() * present + place] - offset);
    model.absent[k] = false;
  }
  return model;
}

std::vector<double> Start(const Problem& problem, const LogisticModel* warm, std::span<const float> mean) {
  std::vector<double> theta(problem.Size(), 0.0);
  if (warm == nullptr || warm->width != problem.Width()) return theta;
  const std::size_t present = problem.Present();
  for (std::size_t place = 0; place < present; ++place) {
    const std::size_t k = problem.ClassOfPlace()[place];
    if (k >= warm->classes || warm->absent[k]) continue;
    double offset = 0;
    for (std::size_t j = 0; j < problem.Width(); ++j) {
      const double weight = warm->weights[k * problem.Width() + j];
      theta[j * present + place] = weight;
      offset += weight * mean[j];
    }
    theta[problem.Width() * present + place] = warm->intercepts[k] + offset;
  }
  return theta;
}

LogisticModel OneClass(const Problem& problem, std::size_t classes, std::span<const float> mean) {
  return ToModel(problem, {std::vector<double>(problem.Size(), 0.0), 0, 0, true}, classes, mean);
}

// The same model for rows that the mean was taken out of.
LogisticModel OnCentred(LogisticModel model, std::span<const float> mean) {
  for (std::size_t k = 0; k < model.classes; ++k) {
    double offset = 0;
    for (std::size_t j = 0; j < model.width; ++j)
      offset += static_cast<double>(model.weights[k * model.width + j]) * mean[j];
    model.intercepts[k] = static_cast<float>(model.intercepts[k] + offset);
  }
  return model;
}

}  // namespace

LogisticRows::LogisticRows(MatrixView rows, const RunControl& control) {
  CheckRows(rows, control);
  auto standard = FitStandardisation(rows, control);
  std::ranges::fill(standard.scale, 1.0F);
  centred_ = Standardise(rows, standard, control);
  mean_ = std::move(standard.mean);
  gram_ = GramMatrix(centred_, control);
}

std::size_t LogisticRows::Bytes() const {
  return centred_.values.size() * sizeof(float) + gram_.size() * (sizeof(double) + kMostFactors * sizeof(float));
}

std::shared_ptr<const Preconditioner> LogisticRows::PreconditionerFor(double curvature, double penalty) const {
  const std::scoped_lock lock(mutex_);
  const auto found = factors_.find({curvature, penalty});
  if (found != factors_.end()) return found->second;
  if (factors_.size() == kMostFactors) factors_.clear();
  auto made = std::make_shared<const Preconditioner>(gram_, centred_.width, centred_.rows, curvature, penalty);
  factors_.emplace(std::pair{curvature, penalty}, made);
  return made;
}

LogisticModel LogisticRows::FitOn(std::span<const std::uint16_t> labels, std::size_t classes,
                                  std::span<const std::uint8_t> included, const LogisticOptions& options,
                                  const RunControl& control, const LogisticModel* warm_start) const {
  const Problem problem(centred_, labels, classes, included, options.c);
  if (problem.Present() == 0) return EmptyModel(classes, centred_.width);
  if (problem.Present() == 1) return OneClass(problem, classes, mean_);
  const auto preconditioner = PreconditionerFor(options.c / static_cast<double>(problem.Present()), problem.Penalty());
  const auto optimum = Minimiser(problem, *preconditioner, options, control).Run(Start(problem, warm_start, mean_));
  return ToModel(problem, optimum, classes, mean_);
}

LogisticModel LogisticRows::Fit(std::span<const std::uint16_t> labels, std::size_t classes,
                                const LogisticOptions& options, const RunControl& control,
                                const LogisticModel* warm_start) const {
  CheckLabels(labels, centred_.rows, classes);
  return FitOn(labels, classes, {}, options, control, warm_start);
}

Matrix PredictProbabilities(const LogisticModel& model, MatrixView rows, const RunControl& control) {
  if (rows.width != model.width || rows.values.size() != rows.rows * rows.width) {
    throw base::Error(base::ErrorCode::kInvalidArgument,
                      "The rows do not have the width that the model was fitted on.");
  }
  const std::size_t padded = PadToLanes(model.classes);
  Matrix transposed(model.width, model.classes);
  for (std::size_t k = 0; k < model.classes; ++k) {
    for (std::size_t j = 0; j < model.width; ++j) transposed.Row(j)[k] = model.weights[k * model.width + j];
  }
  std::vector<float> intercepts(padded, kNever);
  for (std::size_t k = 0; k < model.classes; ++k) {
    if (!model.absent[k]) intercepts[k] = model.intercepts[k];
  }
  auto logits = TimesNarrow(rows, PackLanes(transposed.values, model.width, model.classes), padded, control);
  Matrix probabilities(rows.rows, model.classes);
  ParallelFor(rows.rows, 512, control, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      const auto row = std::span(logits).subspan(r * padded, padded);
      for (std::size_t k = 0; k < padded; ++k) row[k] += intercepts[k];
      Kernels().exp_shifted(row.data(), padded, *std::ranges::max_element(row));
      double sum = 0;
      for (std::size_t k = 0; k < model.classes; ++k) sum += model.absent[k] ? 0.0F : row[k];
      for (std::size_t k = 0; k < model.classes; ++k) {
        probabilities.Row(r)[k] = model.absent[k] || sum == 0 ? 0.0F : static_cast<float>(row[k] / sum);
      }
    }
  });
  return probabilities;
}

double LogisticObjective(const LogisticModel& model, MatrixView rows, std::span<const std::uint16_t> labels, double c) {
  CheckRows(rows, {});
  CheckLabels(labels, rows.rows, model.classes);
  double loss = 0;
  std::vector<double> logits;
  for (std::size_t r = 0; r < rows.rows; ++r) {
    logits.clear();
    double target = 0;
    for (std::size_t k = 0; k < model.classes; ++k) {
      if (model.absent[k]) continue;
      double logit = model.intercepts[k];
      for (std::size_t j = 0; j < model.width; ++j) {
        logit += static_cast<double>(rows.Row(r)[j]) * model.weights[k * model.width + j];
      }
      logits.push_back(logit);
      if (k == labels[r]) target = logit;
    }
    if (logits.empty()) continue;
    const double highest = *std::ranges::max_element(logits);
    double sum = 0;
    for (const double logit : logits) sum += std::exp(logit - highest);
    loss += highest + std::log(sum) - target;
  }
  double squares = 0;
  for (const float weight : model.weights) squares += static_cast<double>(weight) * weight;
  const double penalty = std::ranges::count(model.absent, false) == 2 ? 2.0 : 1.0;
  return c * loss + 0.5 * penalty * squares;
}

CrossFit LogisticRows::FitFolds(std::span<const std::uint16_t> labels, std::size_t classes,
                                std::span<const std::uint8_t> folds, std::size_t fold_count,
                                const LogisticOptions& options, const RunControl& control) const {
  CheckLabels(labels, centred_.rows, classes);
  if (folds.size() != centred_.rows ||
      std::ranges::any_of(folds, [&](std::uint8_t fold) { return fold != kNoFold && fold >= fold_count; })) {
    throw base::Error(base::ErrorCode::kInvalidArgument, "There is not one fold for each row.");
  }
  ProgressMeter progress(control, fold_count + 1);
  RunControl quiet = control;
  quiet.progress = {};
  CrossFit result;
  result.model = FitOn(labels, classes, {}, options, quiet, nullptr);
  result.out_of_fold = PredictProbabilities(OnCentred(result.model, mean_), centred_, quiet);
  progress.Add(1);
  LogisticOptions closer = options;
  closer.tolerance *= kOfFolds;
  for (std::size_t fold = 0; fold < fold_count; ++fold) {
    std::vector<std::uint8_t> included(centred_.rows, 1);
    std::vector<std::uint32_t> held_out;
    for (std::size_t i = 0; i < centred_.rows; ++i) {
      if (folds[i] != fold) continue;
      included[i] = 0;
      held_out.push_back(static_cast<std::uint32_t>(i));
    }
    // From the optimum of all rows: a fifth less of them moves it little. The loss is convex, so nothing of the rows
    // held out stays in what is found, beyond the tolerance.
    result.fold_models.push_back(FitOn(labels, classes, included, closer, quiet, &result.model));
    Matrix held(held_out.size(), centred_.width);
    for (std::size_t i = 0; i < held_out.size(); ++i) {
      std::ranges::copy(std::as_const(centred_).Row(held_out[i]), held.Row(i).begin());
    }
    const auto probabilities = PredictProbabilities(OnCentred(result.fold_models.back(), mean_), held, quiet);
    for (std::size_t i = 0; i < held_out.size(); ++i) {
      std::ranges::copy(probabilities.Row(i), result.out_of_fold.Row(held_out[i]).begin());
    }
    progress.Add(1);
  }
  return result;
}

LogisticModel FitLogistic(MatrixView rows, std::span<const std::uint16_t> labels, std::size_t classes,
                          const LogisticOptions& options, const RunControl& control, const LogisticModel* warm_start) {
  CheckLabels(labels, rows.rows, classes);
  return LogisticRows(rows, control).Fit(labels, classes, options, control, warm_start);
}

CrossFit CrossFitLogistic(MatrixView rows, std::span<const std::uint16_t> labels, std::size_t classes,
                          std::span<const std::uint8_t> folds, std::size_t fold_count, const LogisticOptions& options,
                          const RunControl& control) {
  CheckLabels(labels, rows.rows, classes);
  return LogisticRows(rows, control).FitFolds(labels, classes, folds, fold_count, options, control);
}

}  // namespace burnish::math
