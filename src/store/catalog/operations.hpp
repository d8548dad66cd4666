#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "store/catalog/session.hpp"

namespace burnish::store {

// Results by operation id, so that a retry returns the first one. The scope is the project, or the
// person for what belongs to no project yet (pass an empty project). ChangeLog does this by itself
// for changes; this is for the other writes (create a project, name a version, ...).
struct OperationKey {
  base::ProjectId project;
  base::PersonId person;
  base::OperationId operation;
  std::string digest;  // of the request, so that one id cannot stand for two requests
};

// The first result as JSON. Throws kConflict when the id was used for another request.
std::optional<std::string> FindOperation(Reader& reader, const OperationKey& key);
void RememberOperation(Writer& writer, const OperationKey& key, std::string_view result);

}  // namespace burnish::store
