#pragma once

#include "store/catalog/session.hpp"
#include "store/log/change_log.hpp"
#include "store/log/change_rows.hpp"

// What a request to append must fulfil before conflicts are looked at.
namespace burnish::store {

// That the delta is in its canonical form with values that its aspects have; needs no database.
// Throws kInvalidArgument.
void CheckForm(const AppendRequest& request);

// That samples, classes and tags exist, that new ids are the next ones, that class edits start from
// the present class, and that no label is set to a class that takes none. Throws kInvalidArgument or ConflictError.
void CheckAgainstProject(Reader& reader, const AppendRequest& request, const LogHead& head);

}  // namespace burnish::store
