#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "app/accounts.hpp"
#include "app/edit_outcome.hpp"
#include "app/models.hpp"
#include "base/ids.hpp"
#include "http/request.hpp"
#include "http/response.hpp"
#include "http/router.hpp"
#include "jobs/job.hpp"
#include "math/statistics.hpp"
#include "model/label.hpp"

// What several resources say in the same words.
namespace burnish::http {

namespace json = boost::json;

template <class T>
json::value OrNull(const std::optional<T>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}
// JSON has no NaN and no infinity.
inline json::value NumberOrNull(double value) {
  return std::isfinite(value) ? json::value(value) : json::value(nullptr);
}

// A figure with its interval; null without samples.
json::object Estimate(double value, const math::Interval& interval, std::uint64_t n);
// A share of n samples, with Wilson's interval.
json::object ShareEstimate(std::uint64_t hits, std::uint64_t n);

json::object ClassJson(const model::Class& value);
json::object OutcomeJson(const app::EditOutcome& outcome, app::Accounts& accounts);
json::array ConflictsJson(const std::vector<app::ConflictItem>& items, app::Accounts& accounts);
json::object JobJson(const jobs::Job& job);
json::object RunJson(const app::RunInfo& info);
// How the classes did before and after.
json::array ClassChangesJson(const insight::Comparison& comparison, const std::vector<model::Class>& classes);
json::object DifferenceEstimate(const math::Interval& interval, double first, double second, std::uint64_t n);

template <class Texts>
json::array TextsJson(const Texts& texts) {
  json::array array;
  for (const auto& text : texts) array.emplace_back(text);
  return array;
}
template <class Numbers>
json::array NumbersJson(const Numbers& numbers) {
  json::array array;
  array.reserve(numbers.size());
  for (const auto number : numbers) array.emplace_back(number);
  return array;
}

inline base::ProjectId ProjectOf(const Request& request) { return request.Path<base::ProjectId>("project"); }
inline base::SequenceNumber AtLeastOf(const Request& request) {
  return request.QueryOr<base::SequenceNumber>("at_least", 0);
}
inline base::SequenceNumber AtLeastOf(const JsonReader& body) {
  return static_cast<base::SequenceNumber>(body.IntegerIfAny("at_least", 0).value_or(0));
}

// A number of the query within [least, most]; `fallback` when absent. kInvalidArgument otherwise.
std::uint64_t QueryNumber(const Request& request, std::string_view name, std::uint64_t least, std::uint64_t most,
                          std::uint64_t fallback);

// Routes of the common shapes; what differs is set on the result.
Route ReadRoute(std::string path, std::string operation, Handler handler, std::vector<std::string> query = {});
// A question that comes with a body and changes nothing.
Route AskRoute(std::string path, std::string operation, Handler handler);
// A change with an Idempotency-Key; `body` false: it takes none.
Route WriteRoute(Method method, std::string path, std::string operation, app::Role least, Handler handler,
                 bool body = true);

}  // namespace burnish::http
