#include "store/catalog/accounts.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"
#include "store/catalog/audit.hpp"
#include "store/catalog/sql.hpp"

namespace burnish::store {
namespace {

constexpr base::Micros kTouchEvery = 60LL * 1'000'000;

std::optional<Person> ToPerson(std::optional<std::tuple<base::PersonId, std::string, base::Micros>> row) {
  if (!row) return std::nullopt;
  auto& [id, name, created] = *row;
  return Person{std::move(id), std::move(name), created};
}

bool Lives(const LoginSession& session, base::Micros now) {
  return now - session.opened < kSessionLife && now - session.last_used < kSessionIdleLife;
}

}  // namespace

std::string_view RoleName(Role role) { return kRoleNames[static_cast<std::size_t>(role)]; }

Person CreatePerson(Writer& writer, std::string_view name) {
  sql::CheckName(name, 200, "name");
  Person person{writer.NewId<base::PersonId>(), std::string(name), writer.Now()};
  sql::Execute(writer, "INSERT INTO people (id, name, created) VALUES (:a, :b, :c)",
               {person.id, person.name, person.created});
  AppendAudit(writer, {}, person.id, "person.create", person.id.Text());
  return person;
}

std::optional<Person> FindPerson(Reader& reader, const base::PersonId& person) {
  return ToPerson(sql::SelectOne<base::PersonId, std::string, base::Micros>(
      reader, "SELECT id, name, created FROM people WHERE id = :a", {person}));
}

std::optional<Person> FindFirstPerson(Reader& reader) {
  return ToPerson(sql::SelectOne<base::PersonId, std::string, base::Micros>(
      reader, "SELECT id, name, created FROM people ORDER BY created, id LIMIT 1", {}));
}

std::string CreateLoginToken(Writer& writer, const base::PersonId& person) {
  std::string token = base::NewSecret(writer.Random());
  sql::Execute(writer, "INSERT INTO login_tokens (hash, person, expires) VALUES (:a, :b, :c)",
               {base::DigestHex(token), person, writer.Now() + kLoginTokenLife});
  return token;
}

std::optional<base::PersonId> UseLoginToken(Writer& writer, std::string_view token) {
  const std::string hash = base::DigestHex(token);
  const auto row = sql::SelectOne<base::PersonId, base::Micros>(
      writer, "SELECT person, expires FROM login_tokens WHERE hash = :a" + sql::Locked(writer), {hash});
  if (!row) return std::nullopt;
  // Of two servers that see the row, only one deletes it.
  if (sql::Execute(writer, "DELETE FROM login_tokens WHERE hash = :a", {hash}) != 1) return std::nullopt;
  if (std::get<1>(*row) <= writer.Now()) return std::nullopt;
  return std::get<0>(*row);
}

std::string OpenSession(Writer& writer, const base::PersonId& person) {
  std::string secret = base::NewSecret(writer.Random());
  const base::Micros now = writer.Now();
  sql::Execute(writer, "INSERT INTO sessions (hash, person, opened, last_used) VALUES (:a, :b, :c, :d)",
               {base::DigestHex(secret), person, now, now});
  AppendAudit(writer, {}, person, "login", person.Text());
  return secret;
}

std::optional<LoginSession> FindSession(Reader& reader, std::string_view secret) {
  auto row = sql::SelectOne<base::PersonId, base::Micros, base::Micros>(
      reader, "SELECT person, opened, last_used FROM sessions WHERE hash = :a", {base::DigestHex(secret)});
  if (!row) return std::nullopt;
  LoginSession session{std::get<0>(*row), std::get<1>(*row), std::get<2>(*row)};
  const base::Micros now = reader.Now();
  if (!Lives(session, now)) return std::nullopt;
  session.wants_touch = now - session.last_used > kTouchEvery;
  return session;
}

void TouchSession(Writer& writer, std::string_view secret) {
  if (!FindSession(writer, secret)) return;
  sql::Execute(writer, "UPDATE sessions SET last_used = :a WHERE hash = :b", {writer.Now(), base::DigestHex(secret)});
}

void CloseSession(Writer& writer, std::string_view secret) {
  const auto session = FindSession(writer, secret);
  sql::Execute(writer, "DELETE FROM sessions WHERE hash = :a", {base::DigestHex(secret)});
  if (session) AppendAudit(writer, {}, session->person, "logout", session->person.Text());
}

void ForgetExpiredLogins(Writer& writer) {
  const base::Micros now = writer.Now();
  sql::Execute(writer, "DELETE FROM login_tokens WHERE expires <= :a", {now});
  sql::Execute(writer, "DELETE FROM sessions WHERE opened <= :a OR last_used <= :b",
               {now - kSessionLife, now - kSessionIdleLife});
}

}  // namespace burnish::store
