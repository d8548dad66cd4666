#include "http/handlers/models.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "base/error.hpp"
#include "http/handlers/render.hpp"
#include "model/filter_json.hpp"

namespace burnish::http {
namespace {

using insight::Comparison;

Response ListRuns(const Request& request, app::Models& models) {
  json::array runs;
  for (const auto& run : models.Runs(request.Caller(), ProjectOf(request))) runs.push_back(RunJson(run));
  return Json({{"runs", std::move(runs)}});
}

json::array PerClassJson(const app::EvaluationView& view) {
  json::array array;
  for (const auto& value : view.classes) {
    const auto& metrics = view.evaluation.per_class.at(value.id);
    array.push_back({{"class", value.name},
                     {"precision", Estimate(metrics.precision, metrics.precision_interval, metrics.predicted_count)},
                     {"recall", Estimate(metrics.recall, metrics.recall_interval, metrics.truth_count)},
                     {"f1", Estimate(metrics.f1, metrics.f1_interval,
                                     metrics.truth_count + metrics.predicted_count - metrics.correct)},
                     {"n", metrics.truth_count},
                     {"predicted", metrics.predicted_count}});
  }
  return array;
}

// Rows truth, columns prediction, one more column for what was not predicted: the view counts those by class.
json::array ConfusionJson(const app::EvaluationView& view) {
  json::array rows;
  for (std::size_t row = 0; row < view.classes.size(); ++row) {
    json::array counts;
    for (const auto& predicted : view.classes)
      counts.emplace_back(view.evaluation.At(view.classes[row].id, predicted.id));
    counts.emplace_back(view.not_predicted.at(row));
    rows.push_back(std::move(counts));
  }
  return rows;
}

json::object EvaluationJson(const app::EvaluationView& view) {
  const auto& evaluation = view.evaluation;
  json::array classes;
  for (const auto& value : view.classes) classes.push_back(ClassJson(value));
  json::array calibration;
  for (const auto& bin : evaluation.calibration) {
    const bool any = bin.count > 0;
    calibration.push_back({{"low", bin.low},
                           {"high", bin.high},
                           {"n", bin.count},
                           {"confidence", any ? NumberOrNull(bin.mean_confidence) : json::value(nullptr)},
                           {"accuracy", any ? NumberOrNull(bin.accuracy) : json::value(nullptr)}});
  }
  json::array thresholds;
  for (const auto& row : evaluation.thresholds) {
    thresholds.push_back({{"threshold", row.threshold},
                          {"coverage", row.coverage},
                          {"accuracy", row.count > 0 ? NumberOrNull(row.accuracy) : json::value(nullptr)}});
  }
  json::object object{
      {"as_of", view.as_of},
      {"run", RunJson(view.run)},
      {"n", evaluation.counted},
      {"without_truth", evaluation.without_truth},
      {"without_prediction", evaluation.without_prediction},
      {"accuracy", Estimate(evaluation.accuracy, evaluation.accuracy_interval, evaluation.counted)},
      {"macro_f1", Estimate(evaluation.macro_f1, evaluation.macro_f1_interval, evaluation.counted)},
      {"classes", std::move(classes)},
      {"per_class", PerClassJson(view)},
      {"confusion", ConfusionJson(view)},
      {"calibration_error",
       evaluation.calibration.empty() ? json::value(nullptr) : NumberOrNull(evaluation.calibration_error)},
      {"calibration", std::move(calibration)},
      {"thresholds", std::move(thresholds)}};
  if (!view.sentence.empty()) object["sentence"] = view.sentence;
  return object;
}

Response Evaluate(const Request& request, app::Models& models) {
  const auto body = request.Body({"run", "filter", "threshold", "at_least"});
  app::EvaluationRequest ask;
  ask.run = body.Text("run", 120);
  if (const auto* filter = body.ValueIfAny("filter")) {
    ask.filter = model::FilterFromJson(*filter);
    ask.filter_text = json::serialize(*filter);
  }
  ask.threshold = body.NumberIfAny("threshold").value_or(0);
  if (ask.threshold < 0 || ask.threshold > 1)
    throw base::Error(base::ErrorCode::kInvalidArgument, "'threshold' must be from 0 to 1.", "threshold");
  ask.at_least = AtLeastOf(body);
  return Json(EvaluationJson(models.Evaluate(request.Caller(), ProjectOf(request), ask)));
}

Response CompareRuns(const Request& request, app::Models& models) {
  const auto body = request.Body({"a", "b", "filter"});
  std::optional<model::Filter> filter;
  if (const auto* value = body.ValueIfAny("filter")) filter = model::FilterFromJson(*value);
  const auto view =
      models.Compare(request.Caller(), ProjectOf(request), body.Text("a", 120), body.Text("b", 120), filter);
  const Comparison& comparison = view.comparison;
  const auto n = comparison.compared;
  return Json({{"as_of", view.as_of},
               {"n", n},
               {"a", RunJson(view.a)},
               {"b", RunJson(view.b)},
               {"accuracy_a", ShareEstimate(comparison.both_right + view.worse_count, n)},
               {"accuracy_b", ShareEstimate(comparison.both_right + view.better_count, n)},
               {"difference", DifferenceEstimate(comparison.accuracy_delta, comparison.accuracy_first,
                                                 comparison.accuracy_second, n)},
               {"better", NumbersJson(comparison.better)},
               {"worse", NumbersJson(comparison.worse)},
               {"better_count", view.better_count},
               {"worse_count", view.worse_count},
               {"p_value", n > 0 ? NumberOrNull(comparison.mcnemar.exact_p) : json::value(nullptr)},
               {"verdict", insight::VerdictName(view.verdict)},
               {"per_class", ClassChangesJson(comparison, view.classes)}});
}

Response ListSuspects(const Request& request, app::Models& models) {
  app::SuspectQuery query;
  query.generation = request.QueryIfAny<std::uint64_t>("generation");
  query.given = request.QueryIfAny<std::string>("given");
  query.suggested = request.QueryIfAny<std::string>("suggested");
  query.offset = QueryNumber(request, "offset", 0, UINT32_MAX, 0);
  query.count = QueryNumber(request, "count", 1, 1000, 200);
  const auto page = models.Suspects(request.Caller(), ProjectOf(request), query);

  json::array pairs;
  for (const auto& pair : page.pairs)
    pairs.push_back({{"given", pair.given}, {"suggested", pair.suggested}, {"count", pair.count}});
  json::array suspects;
  for (const auto& row : page.rows) {
    suspects.push_back({{"ordinal", row.ordinal},
                        {"given", row.given},
                        {"suggested", row.suggested},
                        {"present", OrNull(row.present)},
                        {"state", model::LabelStateName(row.state)},
                        {"score", NumberOrNull(row.score)},
                        {"decided", row.decided},
                        {"agreement", row.agreement ? NumberOrNull(*row.agreement) : json::value(nullptr)}});
  }
  json::object object{{"generation", page.generation},
                      {"newest_generation", page.newest},
                      {"as_of", page.as_of},
                      {"ready", page.ready},
                      {"total", page.total},
                      {"remaining", page.remaining},
                      {"decided", page.total - page.remaining},
                      {"pairs", std::move(pairs)},
                      {"suspects", std::move(suspects)}};
  if (!page.sentence.empty()) object["sentence"] = page.sentence;
  return Json(object);
}

json::object BaselineJson(const app::Baseline& baseline) {
  return {{"name", baseline.name}, {"sequence", baseline.sequence}};
}

json::object ColumnJson(std::string_view labels, const Comparison& comparison) {
  const auto n = comparison.compared;
  return {{"labels", labels},
          {"before", ShareEstimate(comparison.both_right + comparison.worse.size(), n)},
          {"after", ShareEstimate(comparison.both_right + comparison.better.size(), n)},
          {"p_value", n > 0 ? NumberOrNull(comparison.mcnemar.exact_p) : json::value(nullptr)},
          {"n", n}};
}

// Judged by the labels as they are now.
void AddResult(json::object& object, const app::ImpactView& view) {
  const auto& impact = view.result->on_new_labels;
  const Comparison& comparison = impact.comparison;
  const auto n = comparison.compared;
  const math::Interval unknown{std::nan(""), std::nan("")};
  object["n"] = n;
  object["verdict"] = insight::VerdictName(impact.verdict);
  object["accuracy_before"] = ShareEstimate(comparison.both_right + comparison.worse.size(), n);
  object["accuracy_after"] = ShareEstimate(comparison.both_right + comparison.better.size(), n);
  object["accuracy_difference"] =
      DifferenceEstimate(comparison.accuracy_delta, comparison.accuracy_first, comparison.accuracy_second, n);
  object["macro_f1_before"] = Estimate(comparison.macro_f1_first, unknown, n);
  object["macro_f1_after"] = Estimate(comparison.macro_f1_second, unknown, n);
  object["macro_f1_difference"] =
      DifferenceEstimate(comparison.macro_f1_delta, comparison.macro_f1_first, comparison.macro_f1_second, n);
  object["p_value"] = n > 0 ? NumberOrNull(comparison.mcnemar.exact_p) : json::value(nullptr);
  object["better"] = NumbersJson(comparison.better);
  object["worse"] = NumbersJson(comparison.worse);
  object["per_class"] = ClassChangesJson(comparison, view.classes);
  object["test_labels_changed"] = view.result->labels_changed;
  if (view.result->labels_changed > 0) {
    object["two_by_two"] =
        json::array{ColumnJson("old", view.result->on_old_labels.comparison), ColumnJson("new", comparison)};
  }
}

Response GetImpact(const Request& request, app::ImpactReport& impact) {
  const auto view = impact.Get(request.Caller(), ProjectOf(request), request.QueryIfAny<std::string>("baseline"));
  json::array baselines;
  for (const auto& baseline : view.baselines) baselines.push_back(BaselineJson(baseline));
  json::object object{{"ready", view.ready},
                      {"stale", view.stale},
                      {"sentence", view.sentence},
                      {"baseline", BaselineJson(view.baseline)},
                      {"now", view.now},
                      {"baselines", std::move(baselines)},
                      {"changes",
                       {{"labels", view.labels_changed},
                        {"splits", view.splits_changed},
                        {"excluded", view.excluded_changed},
                        {"samples", view.samples_changed}}}};
  if (view.result) AddResult(object, view);
  return Json(object);
}

}  // namespace

void AddModelRoutes(Router& router, app::Models& models, app::ImpactReport& impact) {
  const std::string project = "/api/v1/projects/{project}";
  router.Add(
      ReadRoute(project + "/runs", "listRuns", [&](const Request& request) { return ListRuns(request, models); }));
  router.Add(AskRoute(project + "/evaluations", "evaluate",
                      [&](const Request& request) { return Evaluate(request, models); }));
  router.Add(AskRoute(project + "/comparisons", "compareRuns",
                      [&](const Request& request) { return CompareRuns(request, models); }));
  router.Add(ReadRoute(project + "/suspects", "listSuspects",
                       [&](const Request& request) { return ListSuspects(request, models); },
                       {"generation", "given", "suggested", "offset", "count"}));
  router.Add(ReadRoute(project + "/impact", "getImpact",
                       [&](const Request& request) { return GetImpact(request, impact); }, {"baseline"}));
}

}  // namespace burnish::http
