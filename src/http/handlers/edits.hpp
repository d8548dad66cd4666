#pragma once

#include "app/accounts.hpp"
#include "app/edits.hpp"
#include "app/history.hpp"
#include "app/ontology.hpp"
#include "http/problem_details.hpp"
#include "http/router.hpp"

namespace burnish::http {

// Edits of samples and classes, the list of changes, undo and redo.
void AddEditRoutes(Router& router, app::Edits& edits, app::History& history, app::OntologyEdits& ontology,
                   app::Accounts& accounts);

// Both values of a conflict, for its problem document.
ProblemDetails ConflictDetails(app::Accounts& accounts);

}  // namespace burnish::http
