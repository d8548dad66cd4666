#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.hpp"
#include "model/sample.hpp"
#include "store/catalog/session.hpp"

namespace burnish::store {

// The fields of a project by id (fields[id]). Ids are dense and never reused.
std::vector<model::Field> LoadFields(Reader& reader, const base::ProjectId& project);

// The ids of `fields`, in their order; names that are new get the next ids. Throws kConflict when a
// name is there with another type, kInvalidArgument for a name that no field can have.
std::vector<std::uint32_t> RegisterFields(Writer& writer, const base::ProjectId& project,
                                          std::span<const model::Field> fields);

}  // namespace burnish::store
