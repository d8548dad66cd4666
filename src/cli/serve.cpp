#include <pthread.h>

#include <csignal>
#include <cstdio>
#include <iostream>

#include "base/error.hpp"
#include "base/log.hpp"
#include "cli/commands.hpp"
#include "cli/control_socket.hpp"
#include "http/handlers/edits.hpp"
#include "http/login_page.hpp"
#include "http/server.hpp"
#include "http/sessions.hpp"

namespace burnish::cli {
namespace {

class AccountSessions final : public http::SessionResolver {
 public:
  explicit AccountSessions(app::Accounts& accounts) : accounts_(accounts) {}
  std::optional<app::Caller> Remembered(std::string_view secret) const override { return accounts_.Remembered(secret); }
  std::optional<app::Caller> LookUp(std::string_view secret) const override { return accounts_.LookUp(secret); }

 private:
  app::Accounts& accounts_;
};

sigset_t StopSignals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGINT);
  ::sigaddset(&signals, SIGTERM);
  return signals;
}

std::string OriginOf(std::uint16_t port) { return "http://127.0.0.1:" + std::to_string(port); }

}  // namespace

// Threads inherit the mask: only the one that waits for these signals gets them.
void BlockStopSignals() {
  const auto signals = StopSignals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int ServeUntilStopped(Application& application, const ServeOptions& options) {
  http::ServerOptions server_options;
  server_options.port = options.port;
  server_options.hosts = options.hosts;
  server_options.staging = application.Staging();
  server_options.details = http::ConflictDetails(application.accounts);
  const AccountSessions sessions(application.accounts);
  http::Router router;
  http::Server server(server_options, router, sessions, application.events, http::WebApp(), application.random);
  application.AddRoutes(router, server.CookieName());

  const auto origin = OriginOf(server.Port());
  const auto new_link = [&] { return http::LoginLink(origin, application.accounts.NewLoginToken()); };
  const ControlSocket control(application.options.data, [&](const std::string& line) {
    return line == "login" ? new_link() : std::string("unknown");
  });
  server.Start();
  std::cout << "Burnish is running. Open this link once to come in; 'burnish login' prints another:\n\n  " << new_link()
            << "\n"
            << std::endl;

  const auto signals = StopSignals();
  int received = 0;
  ::sigwait(&signals, &received);
  std::cout << "Stopping ..." << std::endl;
  server.Stop();
  application.Stop();
  return 0;
}

int Serve(const ServeOptions& options) {
  BlockStopSignals();
  Application application(options.application);
  application.Start();
  return ServeUntilStopped(application, options);
}

int Login(const std::filesystem::path& data, std::uint16_t port) {
  if (const auto link = AskServer(data, "login")) {
    std::cout << *link << std::endl;
    return 0;
  }
  if (!std::filesystem::exists(data / "catalog.sqlite")) {
    throw base::Error(base::ErrorCode::kNotFound,
                      "There is no Burnish data in this folder. Name the one that the server uses with --data.");
  }
  const base::SystemClock clock;
  base::SystemRandom random;
  const store::DataFolder folder(data);
  store::CatalogConfig config;
  config.sqlite = data / "catalog.sqlite";
  const auto catalog = store::Catalog::Open(config, clock, random);
  app::Accounts accounts(*catalog, clock);
  std::cout << "The server does not run. Start it on port " << port << " within 15 minutes, then open:\n\n  "
            << http::LoginLink(OriginOf(port), accounts.NewLoginToken()) << std::endl;
  return 0;
}

}  // namespace burnish::cli
