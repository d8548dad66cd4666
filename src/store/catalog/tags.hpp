#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "model/change.hpp"
#include "store/catalog/session.hpp"

namespace burnish::store {

// The tags' names by id (names[id]): a fold of the change log. Ids are dense and never reused.
std::vector<std::string> LoadTags(Reader& reader, const base::ProjectId& project);

// For the log. The caller has checked that the id is the next one and the name new.
void FoldTag(Writer& writer, const base::ProjectId& project, const model::TagAdded& tag, base::SequenceNumber sequence);

}  // namespace burnish::store
