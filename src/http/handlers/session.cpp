#include "http/handlers/session.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/error.hpp"
#include "base/shipped_parts.hpp"
#include "http/handlers/render.hpp"
#include "http/server.hpp"
#include "store/catalog/accounts.hpp"

namespace burnish::http {
namespace {

constexpr std::size_t kMostPreferences = 64 * 1024;

json::object SessionJson(const app::Caller& caller) {
  return {{"person", {{"id", caller.person.Text()}, {"name", caller.name}}}, {"role", app::RoleName(caller.role)}};
}

Response CreateSession(const Request& request, app::Accounts& accounts, const std::string& cookie_name) {
  const auto login = accounts.LogIn(request.Body({"token"}).Text("token", 200));
  return Json(SessionJson(login.caller))
      .With("Set-Cookie", SessionCookie(cookie_name, login.secret, store::kSessionLife / 1'000'000));
}

Response DeleteSession(const Request& request, app::Accounts& accounts, EventHub& events,
                       const std::string& cookie_name) {
  accounts.LogOut(request.Caller(), request.SessionSecret());
  events.DropPerson(request.Caller().person);
  return NoContent().With("Set-Cookie", SessionCookie(cookie_name, "", 0));
}

Response GetPreferences(const Request& request, app::Accounts& accounts) {
  auto response = NoContent();
  response.status = 200;
  response.content_type = "application/json";
  response.body = accounts.Preferences(request.Caller());
  return response;
}

Response PutPreferences(const Request& request, app::Accounts& accounts) {
  if (!request.BodyJson().is_object())
    throw base::Error(base::ErrorCode::kInvalidArgument, "Preferences are one JSON object.", "body");
  const auto text = json::serialize(request.BodyJson());
  if (text.size() > kMostPreferences)
    throw base::Error(base::ErrorCode::kTooLarge, "Preferences are larger than 64 KiB.", "body");
  accounts.SavePreferences(request.Caller(), text);
  return NoContent();
}

Response GetAbout(const Request&) {
  json::array parts;
  for (const auto& part : base::ShippedParts()) {
    parts.push_back({{"name", part.name}, {"version", part.version}, {"license", part.license}, {"text", part.text}});
  }
  return Json({{"version", BURNISH_VERSION}, {"parts", std::move(parts)}});
}

}  // namespace

void AddSessionRoutes(Router& router, app::Accounts& accounts, EventHub& events, const std::string& cookie_name) {
  Route come_in = AskRoute("/api/v1/session", "createSession", [&accounts, cookie_name](const Request& request) {
    return CreateSession(request, accounts, cookie_name);
  });
  come_in.policy = Policy::Public();
  come_in.effects = true;
  router.Add(come_in);

  Route who = ReadRoute("/api/v1/session", "getSession",
                        [](const Request& request) { return Json(SessionJson(request.Caller())); });
  who.policy = Policy::Login();
  who.at_once = who.handler;
  router.Add(who);

  Route go_out =
      ReadRoute("/api/v1/session", "deleteSession", [&accounts, &events, cookie_name](const Request& request) {
        return DeleteSession(request, accounts, events, cookie_name);
      });
  go_out.method = Method::kDelete;
  go_out.policy = Policy::Login();
  go_out.effects = true;
  router.Add(go_out);

  Route preferences = ReadRoute("/api/v1/preferences", "getPreferences",
                                [&accounts](const Request& request) { return GetPreferences(request, accounts); });
  preferences.policy = Policy::Login();
  router.Add(preferences);

  Route remember = AskRoute("/api/v1/preferences", "putPreferences",
                            [&accounts](const Request& request) { return PutPreferences(request, accounts); });
  remember.method = Method::kPut;
  remember.policy = Policy::Login();
  remember.effects = true;
  router.Add(remember);

  Route about = ReadRoute("/api/v1/about", "getAbout", GetAbout);
  about.policy = Policy::Login();
  router.Add(about);
}

}  // namespace burnish::http
