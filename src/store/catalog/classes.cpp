#include "store/catalog/classes.hpp"

#include "base/error.hpp"
#include "store/catalog/sql.hpp"

namespace burnish::store {

using base::Error;
using base::ErrorCode;

model::Ontology LoadOntology(Reader& reader, const base::ProjectId& project) {
  model::Ontology ontology;
  for (auto& [id, name, retired, merged_into] :
       sql::Select<model::ClassId, std::string, bool, std::optional<model::ClassId>>(
           reader, "SELECT id, name, retired, merged_into FROM classes WHERE project = :a ORDER BY id", {project})) {
    ontology.Put({id, std::move(name), retired, merged_into});
  }
  return ontology;
}

void FoldClassEdit(Writer& writer, const base::ProjectId& project, const model::Ontology& present,
                   const model::ClassEdit& edit, base::SequenceNumber sequence) {
  const model::Class& after = edit.after;
  sql::CheckName(after.name, 200, "class");
  if (after.id > present.Classes().size() || after.id >= model::kMaxClasses) {
    throw Error(ErrorCode::kInvalidArgument, "There is no class with this id.", "class");
  }
  if (after.merged_into && (*after.merged_into == after.id || present.Find(*after.merged_into) == nullptr)) {
    throw Error(ErrorCode::kInvalidArgument, "The class to merge into does not exist.", "class");
  }
  const model::Class* same_name = present.FindByName(after.name);
  if (!after.merged_into && same_name != nullptr && same_name->id != after.id) {
    throw Error(ErrorCode::kConflict,
                "There is already a class called \"" + after.name + "\". Choose another name, or merge the two.",
                "class");
  }
  sql::Execute(writer,
               "INSERT INTO classes (project, id, name, retired, merged_into, changed) VALUES (:a, :b, :c, :d, :e, :f) "
               "ON CONFLICT (project, id) DO UPDATE SET name = excluded.name, retired = excluded.retired, "
               "merged_into = excluded.merged_into, changed = excluded.changed",
               {project, after.id, after.name, after.retired, after.merged_into, sequence});
}

}  // namespace burnish::store
