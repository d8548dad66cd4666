#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "app/caller.hpp"
#include "base/clock.hpp"
#include "store/catalog/catalog.hpp"

namespace burnish::app {

// Who may come in. For now one local owner, who comes in by a one-time link that the console prints;
// people with passwords come later through the same functions.
class Accounts {
 public:
  // Makes the local owner when the catalog has nobody yet.
  Accounts(store::Catalog& catalog, const base::Clock& clock);

  // A token for one login within 15 minutes, for the person at the console. Never log it.
  std::string NewLoginToken();

  struct Login {
    Caller caller;
    std::string secret;  // for the cookie; known only to the browser from now on
  };
  // Throws kUnauthenticated, with the way out, for a token that is unknown, used up or too old.
  Login LogIn(std::string_view token);
  // Whose session it is. Remembered answers from memory and never waits; nothing: LookUp knows. What was looked up is
  // remembered for a minute, so that logging out here is at once and a change by another process shows within that
  // minute.
  std::optional<Caller> Remembered(std::string_view secret);
  std::optional<Caller> LookUp(std::string_view secret);
  void LogOut(const Caller& caller, const std::string& secret);

  // What the caller's app remembers about itself: one JSON object as text.
  std::string Preferences(const Caller& caller);
  void SavePreferences(const Caller& caller, const std::string& json);

  // The person's name for histories; empty for an unknown id.
  std::string NameOf(const base::PersonId& person);

 private:
  struct Known {
    Caller caller;
    base::Micros until = 0;
  };

  bool Remember(const std::string& digest, const Caller& caller, base::Micros now, std::uint64_t logouts);

  store::Catalog& catalog_;
  const base::Clock& clock_;
  std::mutex mutex_;                              // guards what follows
  std::unordered_map<std::string, Known> known_;  // by digest of the secret
  std::uint64_t logouts_ = 0;
  std::unordered_map<std::string, std::string> names_;
};

}  // namespace burnish::app
