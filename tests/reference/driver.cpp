// Runs one computation of src/math or src/insight on .npy files, for the tests and benchmarks that compare it with
// Python's references. Not installed.
//
//   burnish_math_reference <command> <arguments>
//
// Prints one JSON object with what it found and the seconds that the computation alone took.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <initializer_list>
#include <iostream>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "insight/evaluation.hpp"
#include "insight/impact.hpp"
#include "insight/label_errors.hpp"
#include "math/hamming_join.hpp"
#include "math/knn.hpp"
#include "math/logistic.hpp"
#include "math/map_layout.hpp"
#include "math/pca.hpp"
#include "math/statistics.hpp"
#include "reference/npy.hpp"

namespace burnish::reference {
namespace {

using Arguments = std::span<const std::string>;

math::MatrixView View(const Array<float>& array) { return {array.values, array.rows, array.width}; }

class Stopwatch {
 public:
  double Seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void Print(std::initializer_list<std::pair<const char*, double>> values) {
  const char* separator = "{";
  for (const auto& [name, value] : values) {
    std::printf("%s\"%s\": %.17g", separator, name, value);
    separator = ", ";
  }
  std::printf("}\n");
}

math::Metric MetricOf(const std::string& name) {
  return name == "cosine" ? math::Metric::kCosine : math::Metric::kEuclidean;
}

// rows k metric -> indices distances
void Knn(Arguments arguments) {
  const auto rows = ReadNpy<float>(arguments[0]);
  const Stopwatch watch;
  const auto graph = math::NearestNeighbours(View(rows), std::stoul(arguments[1]), MetricOf(arguments[2]));
  Print({{"seconds", watch.Seconds()}});
  WriteNpy(arguments[3], graph.indices, graph.rows, graph.k);
  WriteNpy(arguments[4], graph.distances, graph.rows, graph.k);
}

// rows k metric seed -> map
void Map(Arguments arguments) {
  const auto rows = ReadNpy<float>(arguments[0]);
  const auto k = std::stoul(arguments[1]);
  math::MapOptions options;
  options.seed = std::stoul(arguments[3]);
  const Stopwatch watch;
  const auto graph = math::NearestNeighbours(View(rows), k, MetricOf(arguments[2]));
  const double knn = watch.Seconds();
  const auto start = math::FindPrincipalComponents(View(rows), 2, options.seed).scores;
  const double pca = watch.Seconds();
  const auto map = math::LayOutMap(graph, start, options);
  const double all = watch.Seconds();
  std::vector<float> places;
  for (const auto& point : map) places.insert(places.end(), {point.x, point.y});
  WriteNpy(arguments[4], places, map.size(), 2);
  // Quadratic in the rows: for samples of the size that the tests use.
  const bool judged = rows.rows > 10 && rows.rows < 4000;
  const double trust = judged ? math::Trustworthiness(View(rows), map, 5) : 0;
  Print({{"seconds", all},
         {"knn_seconds", knn},
         {"pca_seconds", pca - knn},
         {"layout_seconds", all - pca},
         {"places_seconds", all - knn},
         {"trustworthiness", trust}});
}

// rows labels classes c tolerance -> weights intercepts
void Logistic(Arguments arguments) {
  const auto rows = ReadNpy<float>(arguments[0]);
  const auto labels = ReadNpy<std::uint16_t>(arguments[1]);
  math::LogisticOptions options;
  options.c = std::stod(arguments[3]);
  options.tolerance = std::stod(arguments[4]);
  const Stopwatch watch;
  const auto model = math::FitLogistic(View(rows), labels.values, std::stoul(arguments[2]), options);
  const double seconds = watch.Seconds();
  WriteNpy(arguments[5], model.weights, model.classes, model.width);
  WriteNpy(arguments[6], model.intercepts, model.classes, 1);
  Print({{"seconds", seconds},
         {"objective", model.objective},
         {"iterations", model.iterations},
         {"converged", model.converged ? 1 : 0},
         {"exact_objective", math::LogisticObjective(model, View(rows), labels.values, options.c)}});
}

// rows labels relabelled classes c tolerance: the fit of the relabelled rows, which were kept, from the fit of the
// others
// ("seconds") and from nothing
void Refit(Arguments arguments) {
  const auto rows = ReadNpy<float>(arguments[0]);
  const auto labels = ReadNpy<std::uint16_t>(arguments[1]);
  const auto relabelled = ReadNpy<std::uint16_t>(arguments[2]);
  const auto classes = std::stoul(arguments[3]);
  math::LogisticOptions options;
  options.c = std::stod(arguments[4]);
  options.tolerance = std::stod(arguments[5]);
  const math::LogisticRows kept(View(rows));
  const auto known = kept.Fit(labels.values, classes, options);
  const Stopwatch watch;
  const auto model = kept.Fit(relabelled.values, classes, options, {}, &known);
  const double warm = watch.Seconds();
  static_cast<void>(kept.Fit(relabelled.values, classes, options));
  const double cold = watch.Seconds() - warm;
  const auto anew = math::FitLogistic(View(rows), relabelled.values, classes, options);
  const double least = math::LogisticObjective(anew, View(rows), relabelled.values, options.c);
  Print({{"seconds", warm},
         {"cold_seconds", cold},
         {"iterations", model.iterations},
         {"iterations_anew", anew.iterations},
         {"gap", math::LogisticObjective(model, View(rows), relabelled.values, options.c) / least - 1}});
}

std::vector<std::uint16_t> MostProbable(const math::Matrix& probabilities) {
  std::vector<std::uint16_t> found;
  for (std::size_t i = 0; i < probabilities.rows; ++i) {
    const auto row = probabilities.Row(i);
    found.push_back(static_cast<std::uint16_t>(std::ranges::max_element(row) - row.begin()));
  }
  return found;
}

// rows labels relabelled classes c train: what proves an edit, as the product does it. The first `train` rows train.
void Prove(Arguments arguments) {
  const auto rows = ReadNpy<float>(arguments[0]);
  const auto labels = ReadNpy<std::uint16_t>(arguments[1]);
  const auto relabelled = ReadNpy<std::uint16_t>(arguments[2]);
  const auto classes = std::stoul(arguments[3]);
  const auto train = std::stoul(arguments[5]);
  math::LogisticOptions options;
  options.c = std::stod(arguments[4]);
  const math::MatrixView raw{std::span(rows.values).first(train * rows.width), train, rows.width};
  const math::MatrixView raw_test{std::span(rows.values).subspan(train * rows.width), rows.rows - train, rows.width};
  std::vector<std::uint8_t> folds;
  for (std::size_t i = 0; i < train; ++i) folds.push_back(static_cast<std::uint8_t>(i % 5));
  const auto standard = math::FitStandardisation(raw);
  const math::LogisticRows kept(math::Standardise(raw, standard));
  const auto probe = [&](const std::vector<std::uint16_t>& of) {
    const auto fit = kept.FitFolds(std::span(of).first(train), classes, folds, 5, options);
    return math::PredictProbabilities(fit.model, math::Standardise(raw_test, standard));
  };
  const auto before = MostProbable(probe(labels.values));
  const Stopwatch watch;
  const auto probabilities = probe(relabelled.values);
  const double refit = watch.Seconds();
  const auto after = MostProbable(probabilities);
  std::vector<float> confidence;
  for (std::size_t i = 0; i < after.size(); ++i) confidence.push_back(probabilities.Row(i)[after[i]]);
  const auto old_truth = std::span(labels.values).subspan(train);
  const auto new_truth = std::span(relabelled.values).subspan(train);
  const auto evaluation = insight::Evaluate({new_truth, after, confidence}, classes);
  const double evaluated = watch.Seconds();
  const auto impact = insight::MeasureImpact({old_truth, new_truth, before, after}, classes);
  Print(
      {{"seconds", watch.Seconds()},
       {"refit_seconds", refit},
       {"evaluate_seconds", evaluated - refit},
       {"accuracy", evaluation.accuracy},
       {"difference", impact.on_new_labels.comparison.accuracy_second - impact.on_new_labels.comparison.accuracy_first},
       {"low", impact.on_new_labels.comparison.accuracy_delta.low},
       {"high", impact.on_new_labels.comparison.accuracy_delta.high}});
}

// rows labels classes c folds fold_count -> out-of-fold probabilities
void CrossFit(Arguments arguments) {
  const auto rows = ReadNpy<float>(arguments[0]);
  const auto labels = ReadNpy<std::uint16_t>(arguments[1]);
  const auto folds = ReadNpy<std::uint8_t>(arguments[4]);
  math::LogisticOptions options;
  options.c = std::stod(arguments[3]);
  const Stopwatch watch;
  const auto fit = math::CrossFitLogistic(View(rows), labels.values, std::stoul(arguments[2]), folds.values,
                                          std::stoul(arguments[5]), options);
  Print({{"seconds", watch.Seconds()}, {"iterations", fit.model.iterations}});
  WriteNpy(arguments[6], fit.out_of_fold.values, fit.out_of_fold.rows, fit.out_of_fold.width);
}

// probabilities labels -> positions scores (self-confidence, normalized margin)
void LabelErrors(Arguments arguments) {
  const auto probabilities = ReadNpy<float>(arguments[0]);
  const auto labels = ReadNpy<std::uint16_t>(arguments[1]);
  const Stopwatch watch;
  const auto found = insight::FindLabelErrors(View(probabilities), labels.values, {.minimum_per_class = 1});
  const double seconds = watch.Seconds();
  std::vector<std::uint32_t> positions;
  std::vector<float> scores;
  for (const auto& suspect : found.suspects) {
    positions.push_back(suspect.position);
    scores.insert(scores.end(), {suspect.self_confidence, suspect.normalized_margin});
  }
  WriteNpy(arguments[2], positions, positions.size(), 1);
  WriteNpy(arguments[3], scores, positions.size(), 2);
  WriteNpy(arguments[4], found.joint, probabilities.width, probabilities.width);
  Print({{"seconds", seconds}});
}

// truth predicted confidence classes
void Evaluate(Arguments arguments) {
  const auto truth = ReadNpy<std::uint16_t>(arguments[0]);
  const auto predicted = ReadNpy<std::uint16_t>(arguments[1]);
  const auto confidence = ReadNpy<float>(arguments[2]);
  const Stopwatch watch;
  const auto result = insight::Evaluate({truth.values, predicted.values, confidence.values}, std::stoul(arguments[3]));
  Print({{"seconds", watch.Seconds()},
         {"accuracy", result.accuracy},
         {"macro_f1", result.macro_f1},
         {"macro_f1_low", result.macro_f1_interval.low},
         {"macro_f1_high", result.macro_f1_interval.high},
         {"calibration_error", result.calibration_error}});
}

// first_only second_only
void McNemar(Arguments arguments) {
  const auto result = math::McNemarTest(std::stoul(arguments[0]), std::stoul(arguments[1]));
  Print({{"exact", result.exact_p}, {"mid", result.mid_p}});
}

// hits trials
void Intervals(Arguments arguments) {
  const auto wilson = math::WilsonInterval(std::stoul(arguments[0]), std::stoul(arguments[1]));
  const auto exact = math::ClopperPearsonInterval(std::stoul(arguments[0]), std::stoul(arguments[1]));
  Print(
      {{"wilson_low", wilson.low}, {"wilson_high", wilson.high}, {"exact_low", exact.low}, {"exact_high", exact.high}});
}

// values: 0 and 1, paired differences -1, 0, 1 as counts of each
void Bootstrap(Arguments arguments) {
  const std::vector<std::uint32_t> counts = {static_cast<std::uint32_t>(std::stoul(arguments[0])),
                                             static_cast<std::uint32_t>(std::stoul(arguments[1])),
                                             static_cast<std::uint32_t>(std::stoul(arguments[2]))};
  const auto mean = [](std::span<const std::uint32_t> drawn) {
    return (static_cast<double>(drawn[2]) - drawn[0]) / (static_cast<double>(drawn[0]) + drawn[1] + drawn[2]);
  };
  const auto interval = math::BootstrapInterval(counts, mean, {20'000, 0.95, 1});
  Print({{"low", interval.low}, {"high", interval.high}});
}

// hashes radius max_pairs -> distinct codes, pairs: the positions of both in codes and their distance
void HammingJoin(Arguments arguments) {
  const auto hashes = ReadNpy<std::uint64_t>(arguments[0]);
  const Stopwatch watch;
  const auto join =
      math::JoinWithin(hashes.values, static_cast<unsigned>(std::stoul(arguments[1])), std::stoul(arguments[2]));
  Print({{"seconds", watch.Seconds()}});
  WriteNpy(arguments[3], join.codes, join.codes.size(), 1);
  std::vector<std::uint32_t> pairs;
  pairs.reserve(3 * join.pairs.size());
  for (const auto& pair : join.pairs) pairs.insert(pairs.end(), {pair.first, pair.second, pair.distance});
  WriteNpy(arguments[4], pairs, join.pairs.size(), 3);
}

struct Command {
  std::size_t arguments;
  std::function<void(Arguments)> run;
};

int Run(Arguments arguments) {
  const std::map<std::string, Command> commands = {{"knn", {5, Knn}},
                                                   {"map", {5, Map}},
                                                   {"logistic", {7, Logistic}},
                                                   {"refit", {6, Refit}},
                                                   {"prove", {6, Prove}},
                                                   {"crossfit", {7, CrossFit}},
                                                   {"label-errors", {5, LabelErrors}},
                                                   {"evaluate", {4, Evaluate}},
                                                   {"mcnemar", {2, McNemar}},
                                                   {"intervals", {2, Intervals}},
                                                   {"bootstrap", {3, Bootstrap}},
                                                   {"hamming-join", {5, HammingJoin}}};
  const auto command = arguments.empty() ? commands.end() : commands.find(arguments[0]);
  if (command == commands.end() || arguments.size() != command->second.arguments + 1) {
    std::cerr << "usage: see the top of tests/reference/driver.cpp\n";
    return 2;
  }
  command->second.run(arguments.subspan(1));
  return 0;
}

}  // namespace
}  // namespace burnish::reference

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  try {
    return burnish::reference::Run(arguments);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
