#include "app/accounts.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"
#include "store/catalog/audit.hpp"
#include "store/catalog/preferences.hpp"

namespace burnish::app {
namespace {

constexpr base::Micros kRemembered = 60'000'000;
constexpr std::size_t kMostRemembered = 10'000;
constexpr std::string_view kPreferencesKey = "app";
constexpr std::string_view kLocalOwner = "Owner";

// Everybody who can come in today is the local owner.
Caller CallerOf(const store::Person& person) { return {person.id, person.name, Role::kOwner}; }

}  // namespace

Accounts::Accounts(store::Catalog& catalog, const base::Clock& clock) : catalog_(catalog), clock_(clock) {
  catalog_.Write([](store::Writer& writer) {
    if (!store::FindFirstPerson(writer)) store::CreatePerson(writer, kLocalOwner);
    store::ForgetExpiredLogins(writer);
  });
}

std::string Accounts::NewLoginToken() {
  return catalog_.Write(
      [](store::Writer& writer) { return store::CreateLoginToken(writer, store::FindFirstPerson(writer)->id); });
}

Accounts::Login Accounts::LogIn(std::string_view token) {
  return catalog_.Write([token](store::Writer& writer) {
    const auto owner = store::UseLoginToken(writer, token);
    const auto person = owner ? store::FindPerson(writer, *owner) : std::nullopt;
    if (!person) {
      throw base::Error(
          base::ErrorCode::kUnauthenticated,
          "This login link was used already or is too old. Run \"burnish login\" on the server for a new one.",
          "token");
    }
    store::AppendAudit(writer, {}, person->id, "login", person->id.Text());
    return Login{CallerOf(*person), store::OpenSession(writer, person->id)};
  });
}

std::optional<Caller> Accounts::Resolve(const std::string& secret) {
  const std::string digest = base::DigestHex(secret);
  const base::Micros now = clock_.Now();
  {
    const std::scoped_lock lock(mutex_);
    const auto found = known_.find(digest);
    if (found != known_.end() && now < found->second.until) return found->second.caller;
  }
  const auto session = catalog_.Read([&secret](store::Reader& reader) { return store::FindSession(reader, secret); });
  if (!session) return std::nullopt;
  const auto person =
      catalog_.Read([&session](store::Reader& reader) { return store::FindPerson(reader, session->person); });
  if (!person) return std::nullopt;
  if (session->wants_touch) catalog_.Write([&secret](store::Writer& writer) { store::TouchSession(writer, secret); });
  const std::scoped_lock lock(mutex_);
  if (known_.size() >= kMostRemembered) known_.clear();
  known_[digest] = {CallerOf(*person), now + kRemembered};
  return known_[digest].caller;
}

void Accounts::LogOut(const Caller& caller, const std::string& secret) {
  {
    const std::scoped_lock lock(mutex_);
    known_.erase(base::DigestHex(secret));
  }
  catalog_.Write([&](store::Writer& writer) {
    store::CloseSession(writer, secret);
    store::AppendAudit(writer, {}, caller.person, "logout", caller.person.Text());
  });
}

std::string Accounts::Preferences(const Caller& caller) {
  return catalog_
      .Read([&](store::Reader& reader) { return store::LoadPreference(reader, caller.person, kPreferencesKey); })
      .value_or("{}");
}

void Accounts::SavePreferences(const Caller& caller, const std::string& json) {
  catalog_.Write([&](store::Writer& writer) { store::SavePreference(writer, caller.person, kPreferencesKey, json); });
}

std::string Accounts::NameOf(const base::PersonId& person) {
  {
    const std::scoped_lock lock(mutex_);
    const auto found = names_.find(person.Text());
    if (found != names_.end()) return found->second;
  }
  const auto found = catalog_.Read([&](store::Reader& reader) { return store::FindPerson(reader, person); });
  if (!found) return {};
  const std::scoped_lock lock(mutex_);
  names_[person.Text()] = found->name;
  return found->name;
}

}  // namespace burnish::app
