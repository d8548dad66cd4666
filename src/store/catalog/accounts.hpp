#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/catalog/session.hpp"

namespace burnish::store {

// What a person may do in a project, most first: a role can do all that the ones after it can. A labeler
// reaches only the tasks given to them, less than a viewer (who sees all and changes nothing).
enum class Role : std::uint8_t { kOwner = 0, kManager = 1, kExpert = 2, kEngineer = 3, kViewer = 4, kLabeler = 5 };
inline constexpr std::array<std::string_view, 6> kRoleNames = {"owner",    "manager", "expert",
                                                               "engineer", "viewer",  "labeler"};
std::string_view RoleName(Role role);

struct Person {
  base::PersonId id;
  std::string name;
  base::Micros created = 0;
};

inline constexpr base::Micros kLoginTokenLife = 15LL * 60 * 1'000'000;
inline constexpr base::Micros kSessionIdleLife = 12LL * 3600 * 1'000'000;
inline constexpr base::Micros kSessionLife = 7LL * 24 * 3600 * 1'000'000;

// Throws kInvalidArgument for an empty name or one above 200 bytes.
Person CreatePerson(Writer& writer, std::string_view name);
std::optional<Person> FindPerson(Reader& reader, const base::PersonId& person);
// The person who was there first: the local owner of a data folder.
std::optional<Person> FindFirstPerson(Reader& reader);

// A secret for one login within 15 minutes; only its hash is kept.
std::string CreateLoginToken(Writer& writer, const base::PersonId& person);
// Whose token it is, used up by this call; nothing for one that is unknown, used or too old.
std::optional<base::PersonId> UseLoginToken(Writer& writer, std::string_view token);

struct LoginSession {
  base::PersonId person;
  base::Micros opened = 0;
  base::Micros last_used = 0;
  // True once its last use is older than a minute: time for TouchSession, so that not each request writes.
  bool wants_touch = false;
};

// The secret for the cookie; only its hash is kept. Lives 12 hours after its last use, 7 days at most.
std::string OpenSession(Writer& writer, const base::PersonId& person);
std::optional<LoginSession> FindSession(Reader& reader, std::string_view secret);
void TouchSession(Writer& writer, std::string_view secret);
void CloseSession(Writer& writer, std::string_view secret);
// Removes tokens and sessions that can no longer be used.
void ForgetExpiredLogins(Writer& writer);

}  // namespace burnish::store
