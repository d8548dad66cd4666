#include "math/logistic.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "math/kernels.hpp"
#include "math/narrow.hpp"
#include "math/preconditioner.hpp"

namespace burnish::math {
namespace {

// Stands for minus infinity in the logits of the columns that fill up a lane.
constexpr float kNever = -1e30F;
constexpr std::size_t kMemory = 10;
// Relative differences of the objective below this are rounding of the f32 passes.
constexpr double kRounding = 1e-8;
// The tolerance that f32 passes reach on any data.
constexpr double kReachable = 1e-5;
// Of the tolerance, for a fold: it begins near its optimum, on the side of the rows that it may not know.
constexpr double kOfFolds = 0.25;

double Inner(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// What is fitted: the rows that count, with the classes that occur among them as 0 .. present - 1.
class Problem {
 public:
  // `included` may be empty: all rows.
  Problem(MatrixView centred, std::span<const std::uint16_t> labels, std::size_t classes,
          std::span<const std::uint8_t> included, double c)
      : rows_(centred), included_(included), c_(c), place_of_class_(classes, kAbsent) {
    std::vector<bool> occurs(classes, false);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (!Counts(i)) continue;
      occurs[labels[i]] = true;
      ++count_;
    }
    for (std::size_t k = 0; k < classes; ++k) {
      if (!occurs[k]) continue;
      place_of_class_[k] = static_cast<std::uint16_t>(class_of_place_.size());
      class_of_place_.push_back(static_cast<std::uint16_t>(k));
    }
    targets_.resize(labels.size(), 0);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (Counts(i)) targets_[i] = place_of_class_[labels[i]];
    }
    padded_ = PadToLanes(Present());
  }

  std::size_t Present() const { return class_of_place_.size(); }
  const std::vector<std::uint16_t>& ClassOfPlace() const { return class_of_place_; }
  std::size_t Count() const { return count_; }
  std::size_t Width() const { return rows_.width; }
  std::size_t Size() const { return (Width() + 1) * Present(); }
  double C() const { return c_; }
  // scikit-learn's two-class fit has one vector w = W[1] - W[0] with W[1] = -W[0], so that ||w||^2 = 2 ||W||^2.
  double Penalty() const { return Present() == 2 ? 2.0 : 1.0; }

  // The objective at `theta` ((width + 1) x present, the last row the intercepts) and its gradient.
  double Evaluate(std::span<const double> theta, std::span<double> gradient, const RunControl& control) const {
    const std::size_t present = Present();
    const std::size_t weights = Width() * present;
    const std::vector<float> narrow(theta.begin(), theta.end());
    std::vector<float> intercepts(padded_, kNever);
    std::copy(narrow.begin() + static_cast<std::ptrdiff_t>(weights), narrow.end(), intercepts.begin());
    const std::size_t bins = PassBins(rows_, padded_);
    std::vector<double> losses(bins, 0.0);
    std::vector<double> intercept_sums(bins * present, 0.0);
    const auto factor = [&](std::size_t first, std::size_t count, std::span<float> products, std::size_t bin) {
      for (std::size_t r = 0; r < count; ++r) {
        const auto row = products.subspan(r * padded_, padded_);
        if (!Counts(first + r)) {
          std::ranges::fill(row, 0.0F);
          continue;
        }
        losses[bin] += LossAndResidual(row, intercepts, targets_[first + r]);
        for (std::size_t k = 0; k < present; ++k) intercept_sums[bin * present + k] += row[k];
      }
    };
    const auto packed = PackLanes(std::span(narrow).first(weights), Width(), present);
    const auto sums = PassOverRows(rows_, packed, padded_, factor, control);
    for (std::size_t j = 0; j < Width(); ++j) {
      for (std::size_t k = 0; k < present; ++k) {
        const double sum = sums[(k / kLane) * Width() * kLane + j * kLane + k % kLane];
        gradient[j * present + k] = c_ * sum + Penalty() * theta[j * present + k];
      }
    }
    for (std::size_t k = 0; k < present; ++k) {
      double sum = 0;
      for (std::size_t bin = 0; bin < bins; ++bin) sum += intercept_sums[bin * present + k];
      gradient[weights + k] = c_ * sum;
    }
    const double squares = Inner(theta.first(weights), theta.first(weights));
    return c_ * std::accumulate(losses.begin(), losses.end(), 0.0) + 0.5 * Penalty() * squares;
  }

 private:
  static constexpr std::uint16_t kAbsent = 0xFFFF;

  bool Counts(std::size_t row) const { return included_.empty() || included_[row] != 0; }

  // Turns a row's logits into probabilities less the one-hot target; returns the log-loss.
  double LossAndResidual(std::span<float> row, std::span<const float> intercepts, std::size_t target) const {
    for (std::size_t k = 0; k < row.size(); ++k) row[k] += intercepts[k];
    const float highest = *std::max_element(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(Present()));
    const double below = static_cast<double>(highest) - row[target];
    Kernels().exp_shifted(row.data(), row.size(), highest);
    double sum = 0;
    for (std::size_t k = 0; k < Present(); ++k) sum += row[k];
    const auto scale = static_cast<float>(1.0 / sum);
    for (std::size_t k = 0; k < Present(); ++k) row[k] *= scale;
    row[target] -= 1.0F;
    return std::log(sum) + below;
  }

  MatrixView rows_;
  std::span<const std::uint8_t> included_;
  double c_;
  std::vector<std::uint16_t> place_of_class_;
  std::vector<std::uint16_t> class_of_place_;
  std::vector<std::uint16_t> targets_;
  std::size_t count_ = 0;
  std::size_t padded_ = 0;
};

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
      best.converged = Largest(gradient) <= goal;
      if (best.converged) break;
      if (!Step(best, gradient)) {
        best.converged = Largest(gradient) <= std::max(goal, kReachable * goal / options_.tolerance);
        break;
      }
    }
    return best;
  }

 private:
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

  // One step with backtracking; false when none gets lower than rounding allows to see.
  bool Step(Optimum& best, std::vector<double>& gradient) {
    auto direction = Direction(gradient);
    double slope = Inner(direction, gradient);
    if (slope >= 0) {
      pairs_.clear();
      scale_ = 1;
      direction = Direction(gradient);
      slope = Inner(direction, gradient);
    }
    std::vector<double> next(best.theta.size());
    std::vector<double> next_gradient(best.theta.size());
    double length = 1;
    for (int attempt = 0; attempt < 20; ++attempt, length *= 0.5) {
      for (std::size_t j = 0; j < next.size(); ++j) next[j] = best.theta[j] + length * direction[j];
      const double objective = problem_.Evaluate(next, next_gradient, control_);
      if (!Acceptable(objective, best.objective, length, slope, Inner(next_gradient, direction))) continue;
      Remember(best.theta, next, gradient, next_gradient);
      best.theta.swap(next);
      gradient.swap(next_gradient);
      best.objective = objective;
      return true;
    }
    return false;
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

struct Centred {
  Matrix rows;
  std::vector<float> mean;
};

// Takes the columns' means out, so that the intercepts part from the weights; the optimum is the same.
Centred Centre(MatrixView rows, const RunControl& control) {
  auto standard = FitStandardisation(rows, control);
  std::ranges::fill(standard.scale, 1.0F);
  return {Standardise(rows, standard, control), standard.mean};
}

void CheckInput(MatrixView rows, std::span<const std::uint16_t> labels, std::size_t classes) {
  const auto refuse = [](const std::string& message) { throw base::Error(base::ErrorCode::kInvalidArgument, message); };
  if (rows.values.size() != rows.rows * rows.width || labels.size() != rows.rows) {
    refuse("The rows do not have the stated shape, or there is not one label for each.");
  }
  if (rows.rows == 0) refuse("There is nothing to learn from: no rows.");
  for (const auto label : labels) {
    if (label >= classes) refuse("There is no class " + std::to_string(label) + ".");
  }
  for (const float value : rows.values) {
    if (!std::isfinite(value)) refuse("A value is not a finite number.");
  }
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

// The factor of one Gram matrix, for each strength of penalty that fits on parts of the same rows ask for.
class SharedPreconditioners {
 public:
  SharedPreconditioners(MatrixView centred, double c, const RunControl& control) : centred_(centred), c_(c) {
    gram_ = GramMatrix(centred_, control);
  }
  const Preconditioner& For(double penalty) {
    auto& slot = penalty == 2.0 ? two_classes_ : more_classes_;
    if (!slot) slot.emplace(gram_, centred_.width, centred_.rows, c_, penalty);
    return *slot;
  }

 private:
  MatrixView centred_;
  double c_;
  std::vector<double> gram_;
  std::optional<Preconditioner> two_classes_;
  std::optional<Preconditioner> more_classes_;
};

LogisticModel Fit(const Centred& data, std::span<const std::uint16_t> labels, std::size_t classes,
                  std::span<const std::uint8_t> included, const LogisticOptions& options,
                  SharedPreconditioners& preconditioners, const RunControl& control, const LogisticModel* warm) {
  const Problem problem(data.rows, labels, classes, included, options.c);
  if (problem.Present() == 0) return EmptyModel(classes, data.rows.width);
  if (problem.Present() == 1) {
    Optimum certain{std::vector<double>(problem.Size(), 0.0), 0, 0, true};
    return ToModel(problem, certain, classes, data.mean);
  }
  const auto& preconditioner = preconditioners.For(problem.Penalty());
  const auto optimum = Minimiser(problem, preconditioner, options, control).Run(Start(problem, warm, data.mean));
  return ToModel(problem, optimum, classes, data.mean);
}

}  // namespace

LogisticModel FitLogistic(MatrixView rows, std::span<const std::uint16_t> labels, std::size_t classes,
                          const LogisticOptions& options, const RunControl& control, const LogisticModel* warm_start) {
  CheckInput(rows, labels, classes);
  const auto data = Centre(rows, control);
  SharedPreconditioners preconditioners(data.rows, options.c, control);
  return Fit(data, labels, classes, {}, options, preconditioners, control, warm_start);
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
  CheckInput(rows, labels, model.classes);
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

CrossFit CrossFitLogistic(MatrixView rows, std::span<const std::uint16_t> labels, std::size_t classes,
                          std::span<const std::uint8_t> folds, std::size_t fold_count, const LogisticOptions& options,
                          const RunControl& control) {
  CheckInput(rows, labels, classes);
  if (folds.size() != rows.rows ||
      std::ranges::any_of(folds, [&](std::uint8_t fold) { return fold != kNoFold && fold >= fold_count; })) {
    throw base::Error(base::ErrorCode::kInvalidArgument, "There is not one fold for each row.");
  }
  ProgressMeter progress(control, fold_count + 1);
  RunControl quiet = control;
  quiet.progress = {};
  const auto data = Centre(rows, quiet);
  SharedPreconditioners preconditioners(data.rows, options.c, quiet);
  CrossFit result;
  result.model = Fit(data, labels, classes, {}, options, preconditioners, quiet, nullptr);
  result.out_of_fold = PredictProbabilities(result.model, rows, quiet);
  progress.Add(1);
  LogisticOptions closer = options;
  closer.tolerance *= kOfFolds;
  for (std::size_t fold = 0; fold < fold_count; ++fold) {
    std::vector<std::uint8_t> included(rows.rows, 1);
    std::vector<std::uint32_t> held_out;
    for (std::size_t i = 0; i < rows.rows; ++i) {
      if (folds[i] != fold) continue;
      included[i] = 0;
      held_out.push_back(static_cast<std::uint32_t>(i));
    }
    // From the optimum of all rows: a fifth less of them moves it little. The loss is convex, so nothing of the rows
    // held out stays in what is found, beyond the tolerance.
    result.fold_models.push_back(Fit(data, labels, classes, included, closer, preconditioners, quiet, &result.model));
    Matrix held(held_out.size(), rows.width);
    for (std::size_t i = 0; i < held_out.size(); ++i) std::ranges::copy(rows.Row(held_out[i]), held.Row(i).begin());
    const Matrix probabilities = PredictProbabilities(result.fold_models.back(), held, quiet);
    for (std::size_t i = 0; i < held_out.size(); ++i) {
      std::ranges::copy(probabilities.Row(i), result.out_of_fold.Row(held_out[i]).begin());
    }
    progress.Add(1);
  }
  return result;
}

}  // namespace burnish::math
