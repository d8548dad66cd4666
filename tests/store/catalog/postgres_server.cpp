#include "store/catalog/postgres_server.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <vector>

namespace burnish::store::testing {
namespace {

const std::filesystem::path kPrograms = "/usr/lib/postgresql/15/bin";

// PostgreSQL refuses to run as root.
void BecomeOrdinaryUser() {
  if (geteuid() != 0) return;
  const passwd* user = getpwnam("postgres");
  if (user == nullptr || setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)
    _exit(90);
}

int Spawn(const std::vector<std::string>& command, const std::filesystem::path& output) {
  const int child = fork();
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  BecomeOrdinaryUser();
  const int file = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(file, 1);
  dup2(file, 2);
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  _exit(91);
}

}  // namespace

PostgresServer& PostgresServer::Instance() {
  static PostgresServer server;
  return server;
}

PostgresServer::PostgresServer() {
  if (!std::filesystem::exists(kPrograms / "initdb")) {
    why_absent_ = "PostgreSQL 15 is not installed (Debian's postgresql-15)";
    return;
  }
  std::string name = (std::filesystem::temp_directory_path() / "burnish-postgres-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = name;
  if (geteuid() == 0) {
    const passwd* user = getpwnam("postgres");
    if (user == nullptr || chown(name.c_str(), user->pw_uid, user->pw_gid) != 0) {
      why_absent_ = "there is no user \"postgres\" to run PostgreSQL as";
      return;
    }
  }
  const int init = Spawn({kPrograms / "initdb", "-D", folder_ / "data", "-U", "burnish", "-A", "trust", "--locale=C",
                          "-E", "UTF8", "--no-sync"},
                         folder_ / "init.log");
  int status = 0;
  waitpid(init, &status, 0);
  if (status != 0) {
    why_absent_ = "initdb failed";
    return;
  }
  Start();
}

void PostgresServer::Start() {
  process_ = Spawn({kPrograms / "postgres", "-D", folder_ / "data", "-k", folder_.string(), "-c",
                    "listen_addresses=", "-c", "max_connections=60"},
                   folder_ / "server.log");
  for (int tries = 0; tries < 300; ++tries) {
    try {
      soci::session session(soci::postgresql, Address());
      return;
    } catch (const soci::soci_error&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  throw std::runtime_error("PostgreSQL did not start");
}

PostgresServer::~PostgresServer() {
  if (process_ > 0) {
    kill(process_, SIGINT);
    waitpid(process_, nullptr, 0);
  }
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

std::string PostgresServer::Address() const { return "host=" + folder_.string() + " user=burnish dbname=postgres"; }

std::string PostgresServer::NewSchema() {
  const std::string schema = "t" + std::to_string(++schemas_);
  soci::session session(soci::postgresql, Address());
  session << "CREATE SCHEMA " << schema;
  return Address() + " options='-c search_path=" + schema + "'";
}

void PostgresServer::CrashAndRestart() {
  kill(process_, SIGQUIT);  // "immediate": no shutdown, recovery at the next start
  waitpid(process_, nullptr, 0);
  Start();
}

}  // namespace burnish::store::testing
