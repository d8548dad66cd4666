#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/catalog/session.hpp"

namespace burnish::store {

// Who did what, when. Rows are only ever added, in the transaction of the thing itself; each
// carries the hash of the one before it, so that a row changed or removed later shows.
struct AuditRow {
  std::uint64_t number = 0;  // from 1, without gaps, per project (or for the server, with an empty project)
  base::Micros at = 0;
  base::PersonId person;
  std::string action;   // "change.append", "project.trash", "login", "export", ...
  std::string thing;    // id or name of what it was done to
  std::string details;  // JSON object; never secrets
};

void AppendAudit(Writer& writer, const base::ProjectId& project, const base::PersonId& person, std::string_view action,
                 std::string_view thing, std::string_view details = "{}");
std::vector<AuditRow> ListAudit(Reader& reader, const base::ProjectId& project,
                                std::size_t limit = 100);  // newest first
// Reads the whole chain. False when a row was changed, removed or put in between.
bool AuditIsWhole(Reader& reader, const base::ProjectId& project);

}  // namespace burnish::store
