#include "http/handlers/jobs.hpp"

#include "base/error.hpp"
#include "http/handlers/render.hpp"

namespace burnish::http {
namespace {

Response ListJobs(const Request& request, app::Activity& activity) {
  json::array jobs;
  for (const auto& job : activity.List(request.Caller(), request.QueryIfAny<base::ProjectId>("project")))
    jobs.push_back(JobJson(job));
  return Json({{"jobs", std::move(jobs)}});
}

// Whoever asks for the socket as an ordinary page.
Response OpenEvents(const Request&) {
  throw base::Error(base::ErrorCode::kInvalidArgument, "This address speaks WebSocket only.", "Upgrade");
}

}  // namespace

void AddJobRoutes(Router& router, app::Activity& activity) {
  router.Add(ReadRoute("/api/v1/jobs", "listJobs", [&](const Request& request) { return ListJobs(request, activity); },
                       {"project"}));
  auto cancel = ReadRoute("/api/v1/jobs/{job}/cancel", "cancelJob", [&](const Request& request) {
    return Json(JobJson(activity.Cancel(request.Caller(), request.Path<base::JobId>("job"))));
  });
  cancel.method = Method::kPost;
  cancel.policy = Policy::AtLeast(app::Role::kEngineer);
  cancel.effects = true;
  router.Add(cancel);
  auto events = ReadRoute("/api/v1/events", "openEvents", OpenEvents);
  events.event_socket = true;
  router.Add(events);
}

}  // namespace burnish::http
