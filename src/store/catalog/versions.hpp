#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/catalog/session.hpp"

namespace burnish::store {

// A named sequence number. Immutable.
struct Version {
  base::VersionId id;
  std::string name;
  std::string note;
  base::SequenceNumber sequence = 0;
  std::string digest;  // of the project's state at `sequence`; empty when it was not asked for
  base::PersonId author;
  base::Micros at = 0;
};

struct NewVersion {
  std::string name;  // 1 to 200 bytes, unique in the project
  std::string note;
  base::SequenceNumber sequence = 0;
  std::string digest;
};

// Throws kConflict for a taken name, kInvalidArgument for a sequence number that has not happened yet. Audited.
Version CreateVersion(Writer& writer, const base::ProjectId& project, const base::PersonId& author,
                      const NewVersion& version);
std::vector<Version> ListVersions(Reader& reader, const base::ProjectId& project);  // newest first
std::optional<Version> FindVersion(Reader& reader, const base::ProjectId& project, const base::VersionId& version);
std::optional<Version> FindVersionByName(Reader& reader, const base::ProjectId& project, std::string_view name);

}  // namespace burnish::store
