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

std::optional<Caller> Accounts::Remembered(std::string_view secret) {
  const std::string digest = base::DigestHex(secret);
  const base::Micros now = clock_.Now();
  const std::scoped_lock lock(mutex_);
  const auto found = known_.find(digest);
  if (found == known_.end() || now >= found->second.until) return std::nullopt;
  return found->second.caller;
}

std::optional<Caller> Accounts::LookUp(std::string_view secret) {
  const std::string digest = base::DigestHex(secret);
  const base::Micros now = clock_.Now();
  const auto logouts = [this] {
    const std::scoped_lock lock(mutex_);
    return logouts_;
  }();
  const auto session = catalog_.Read([secret](store::Reader& reader) { return store::FindSession(reader, secret); });
  if (!session) return std::nullopt;
  const auto person =
      catalog_.Read([&session](store::Reader& reader) { return store::FindPerson(reader, session->person); });
  if (!person) return std::nullopt;
  const auto caller = CallerOf(*person);
  if (Remember(digest, caller, now, logouts) && session->wants_touch)
    catalog_.Write([secret](store::Writer& writer) { store::TouchSession(writer, secret); });
  return caller;
}

// True for the one of several at a time that came first.
bool Accounts::Remember(const std::string& digest, const Caller& caller, base::Micros now, std::uint64_t logouts) {
  const std::scoped_lock lock(mutex_);
  // Whoever has logged out since the catalog was read stays out.
  if (logouts_ != logouts) return false;
  if (known_.size() >= kMostRemembered) known_.clear();
  auto& known = known_[digest];
  const bool first = known.until <= now;
  known = {caller, now + kRemembered};
  return first;
}

void Accounts::LogOut(const Caller& caller, const std::string& secret) {
  catalog_.Write([&](store::Writer& writer) {
    store::CloseSession(writer, secret);
    store::AppendAudit(writer, {}, caller.person, "logout", caller.person.Text());
  });
  const std::scoped_lock lock(mutex_);
  known_.erase(base::DigestHex(secret));
  ++logouts_;
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
