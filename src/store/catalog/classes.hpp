#pragma once

#include <optional>

#include "base/ids.hpp"
#include "model/change.hpp"
#include "model/label.hpp"
#include "store/catalog/session.hpp"

namespace burnish::store {

// The ontology: a fold of the change log, kept in the transaction that appends.
model::Ontology LoadOntology(Reader& reader, const base::ProjectId& project);

// For the log: puts one class edit in place. Throws kConflict when its name belongs to another
// class that was not merged away, kInvalidArgument for an id that leaves a gap or a bad name.
void FoldClassEdit(Writer& writer, const base::ProjectId& project, const model::Ontology& present,
                   const model::ClassEdit& edit, base::SequenceNumber sequence);

}  // namespace burnish::store
