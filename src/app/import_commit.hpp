#pragma once

#include "app/import_session.hpp"
#include "app/workspace.hpp"
#include "formats/reader_child.hpp"

namespace burnish::app {

// What the end of an import writes beside its change, in the same transaction.
using ImportEnding = std::function<void(store::Writer&, const ImportReport&)>;

// Decodes each picture of what was checked once, and appends the samples as one change. Nothing is in the project
// before; cancelling or failing leaves the project as it was. `ending` is called within the transaction.
ImportReport CommitSamples(Workspace& workspace, const formats::Reader& reader, ImportSession& session,
                           const ReadyImport& ready, const base::OperationId& operation, const ImportEnding& ending,
                           jobs::Context& job);

// The same for model results: a model run.
ImportReport CommitPredictions(Workspace& workspace, const formats::Reader& reader, ImportSession& session,
                               const ReadyImport& ready, const base::OperationId& operation, const ImportEnding& ending,
                               jobs::Context& job);

// How many things of a source these problems kept out.
std::uint64_t LeftOut(const std::vector<formats::ProblemGroup>& problems);

// The classes of an import as ids. New names get the next ids; retired ones are brought back.
class ImportClasses {
 public:
  explicit ImportClasses(const model::Ontology& ontology) : ontology_(ontology) {}
  model::ClassId For(const std::string& name);
  // What the change does to the ontology.
  const std::vector<model::ClassEdit>& Edits() const noexcept { return edits_; }
  // All ids that were given, ascending.
  std::vector<model::ClassId> Used() const;

 private:
  model::Ontology ontology_;
  std::map<std::string, model::ClassId> ids_;
  std::vector<model::ClassEdit> edits_;
};

}  // namespace burnish::app
