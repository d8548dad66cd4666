#include "store/catalog/fields.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "store/catalog/sql.hpp"

namespace burnish::store {

using base::Error;
using base::ErrorCode;

std::vector<model::Field> LoadFields(Reader& reader, const base::ProjectId& project) {
  std::vector<model::Field> fields;
  for (auto& [name, type] : sql::Select<std::string, model::FieldType>(
           reader, "SELECT name, type FROM fields WHERE project = :a ORDER BY id", {project})) {
    fields.push_back({std::move(name), type});
  }
  return fields;
}

std::vector<std::uint32_t> RegisterFields(Writer& writer, const base::ProjectId& project,
                                          std::span<const model::Field> fields) {
  // Two servers must not give one id twice.
  static_cast<void>(
      sql::SelectOne<std::int64_t>(writer, "SELECT head FROM projects WHERE id = :a" + sql::Locked(writer), {project}));
  std::vector<model::Field> present = LoadFields(writer, project);
  std::vector<std::uint32_t> ids;
  for (const model::Field& field : fields) {
    sql::CheckName(field.name, 120, "field");
    const auto found = std::find_if(present.begin(), present.end(),
                                    [&](const model::Field& other) { return other.name == field.name; });
    const auto id = static_cast<std::uint32_t>(found - present.begin());
    ids.push_back(id);
    if (found == present.end()) {
      sql::Execute(writer, "INSERT INTO fields (project, id, name, type) VALUES (:a, :b, :c, :d)",
                   {project, id, field.name, field.type});
      present.push_back(field);
    } else if (found->type != field.type) {
      throw Error(ErrorCode::kConflict,
                  "The project already has a field \"" + field.name + "\" of the type " +
                      std::string(model::kFieldTypeNames[static_cast<std::size_t>(found->type)]) +
                      ". Choose that type, or another name.",
                  field.name);
    }
  }
  return ids;
}

}  // namespace burnish::store
