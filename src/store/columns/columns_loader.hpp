#pragma once

#include <string>
#include <vector>

#include "model/sample.hpp"
#include "store/columns/columns_file.hpp"
#include "store/columns/duck.hpp"
#include "store/columns/snapshot.hpp"

// What those that write a columns file and those that read it share.
namespace burnish::store {

// Reads the tables of a columns file, of which `fields` have columns, into a snapshot without attachments. Throws
// kUnavailable when they do not fit together.
SnapshotPtr LoadColumns(duck::Session& session, const ColumnsMeta& meta, const std::vector<model::Field>& fields);

std::string FieldColumnName(std::size_t field);    // its column in the table of samples
[[noreturn]] void ThrowDamaged(const char* what);  // throws kUnavailable
}  // namespace burnish::store
