#include "http/handlers/render.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "base/error.hpp"

namespace burnish::http {
namespace {

std::string_view JobStateName(jobs::State state) {
  // The contract's word for a job that has its place in the line.
  return state == jobs::State::kQueued ? "waiting" : jobs::kStateNames[static_cast<std::size_t>(state)];
}

std::uint64_t Hits(double share, std::uint64_t n) {
  return static_cast<std::uint64_t>(std::llround(share * static_cast<double>(n)));
}

insight::Verdict ClassVerdict(const insight::ClassDelta& delta) {
  if (delta.mcnemar.first_only + delta.mcnemar.second_only == 0) return insight::Verdict::kNoChange;
  if (delta.holm_p >= insight::kLikelyRealLevel) return insight::Verdict::kTooSmallToTell;
  return delta.mcnemar.second_only > delta.mcnemar.first_only ? insight::Verdict::kLikelyRealGain
                                                              : insight::Verdict::kLikelyRealLoss;
}

}  // namespace

json::object Estimate(double value, const math::Interval& interval, std::uint64_t n) {
  if (n == 0) return {{"value", nullptr}, {"low", nullptr}, {"high", nullptr}, {"n", 0}};
  return {{"value", NumberOrNull(value)},
          {"low", NumberOrNull(interval.low)},
          {"high", NumberOrNull(interval.high)},
          {"n", n}};
}

json::object ShareEstimate(std::uint64_t hits, std::uint64_t n) {
  if (n == 0) return Estimate(0, {}, 0);
  return Estimate(static_cast<double>(hits) / static_cast<double>(n), math::WilsonInterval(hits, n), n);
}

json::object DifferenceEstimate(const math::Interval& interval, double first, double second, std::uint64_t n) {
  return Estimate(second - first, interval, n);
}

json::object ClassJson(const model::Class& value) {
  return {{"id", value.id}, {"name", value.name}, {"retired", value.retired}};
}

json::array ConflictsJson(const std::vector<app::ConflictItem>& items, app::Accounts& accounts) {
  json::array array;
  for (const auto& item : items) {
    array.push_back({{"ordinal", item.ordinal},
                     {"aspect", item.aspect},
                     {"expected", OrNull(item.expected)},
                     {"present", OrNull(item.present)},
                     {"wanted", OrNull(item.wanted)},
                     {"sequence", item.sequence},
                     {"author", accounts.NameOf(item.author)},
                     {"at", item.at}});
  }
  return array;
}

json::object OutcomeJson(const app::EditOutcome& outcome, app::Accounts& accounts) {
  return {{"sequence", outcome.sequence},
          {"change", OrNull(outcome.change)},
          {"changed", outcome.changed},
          {"unchanged", outcome.unchanged},
          {"kept", outcome.kept},
          {"conflicts", ConflictsJson(outcome.conflicts, accounts)},
          {"conflict_count", outcome.conflict_count},
          {"summary", outcome.summary},
          {"ordinals", NumbersJson(outcome.ordinals)}};
}

json::object JobJson(const jobs::Job& job) {
  json::object object{
      {"id", job.id.Text()},
      {"kind", job.kind},
      {"name", job.title},
      {"state", JobStateName(job.state)},
      {"phase", job.progress.phase},
      {"done", job.progress.done},
      {"total", job.progress.total},
      {"unit", job.progress.unit},
      {"rate", job.progress.rate > 0 ? NumberOrNull(job.progress.rate) : json::value(nullptr)},
      {"seconds_left", job.progress.seconds_left ? NumberOrNull(*job.progress.seconds_left) : json::value(nullptr)},
      {"created_at", job.created_at}};
  if (!job.project.Empty()) object["project"] = job.project.Text();
  if (!job.error.empty()) object["failure"] = job.error;
  return object;
}

json::object RunJson(const app::RunInfo& info) {
  json::object object{{"id", info.run.id.Text()},
                      {"name", info.run.name},
                      {"kind", info.run.kind == store::RunKind::kProbe ? "probe" : "imported"},
                      {"created_at", info.run.created},
                      {"trained_on", OrNull(info.run.trained_on)},
                      {"has_probabilities", info.has_probabilities},
                      {"predictions", info.predictions}};
  json::error_code failed;
  const auto details = json::parse(info.run.details, failed);
  if (!failed && details.is_object()) {
    if (const auto* version = details.as_object().if_contains("version"); version != nullptr && version->is_string())
      object["version"] = *version;
  }
  return object;
}

json::array ClassChangesJson(const insight::Comparison& comparison, const std::vector<model::Class>& classes) {
  json::array array;
  for (const auto& value : classes) {
    const auto delta = std::find_if(comparison.per_class.begin(), comparison.per_class.end(),
                                    [&](const insight::ClassDelta& each) { return each.id == value.id; });
    if (delta == comparison.per_class.end()) continue;
    const auto n = delta->count;
    const auto nan = std::nan("");
    array.push_back({{"class", value.name},
                     {"n", n},
                     {"before", ShareEstimate(Hits(delta->recall_first, n), n)},
                     {"after", ShareEstimate(Hits(delta->recall_second, n), n)},
                     {"difference", Estimate(delta->recall_second - delta->recall_first, {nan, nan}, n)},
                     {"verdict", insight::VerdictName(ClassVerdict(*delta))}});
  }
  return array;
}

std::uint64_t QueryNumber(const Request& request, std::string_view name, std::uint64_t least, std::uint64_t most,
                          std::uint64_t fallback) {
  const auto value = request.QueryOr<std::uint64_t>(name, fallback);
  if (value >= least && value <= most) return value;
  throw base::Error(base::ErrorCode::kInvalidArgument,
                    "The parameter '" + std::string(name) + "' must be from " + std::to_string(least) + " to " +
                        std::to_string(most) + ".",
                    std::string(name));
}

Route ReadRoute(std::string path, std::string operation, Handler handler, std::vector<std::string> query) {
  Route route;
  route.method = Method::kGet;
  route.path = std::move(path);
  route.operation = std::move(operation);
  route.policy = Policy::AtLeast(app::Role::kViewer);
  route.handler = std::move(handler);
  route.query = std::move(query);
  return route;
}

Route AskRoute(std::string path, std::string operation, Handler handler) {
  auto route = ReadRoute(std::move(path), std::move(operation), std::move(handler));
  route.method = Method::kPost;
  route.body = BodyKind::kJson;
  return route;
}

Route WriteRoute(Method method, std::string path, std::string operation, app::Role least, Handler handler, bool body) {
  auto route = ReadRoute(std::move(path), std::move(operation), std::move(handler));
  route.method = method;
  route.policy = Policy::AtLeast(least);
  route.key = Key::kRequired;
  route.body = body ? BodyKind::kJson : BodyKind::kNone;
  route.effects = true;
  return route;
}

}  // namespace burnish::http
