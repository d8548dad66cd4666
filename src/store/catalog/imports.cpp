#include "store/catalog/imports.hpp"

#include "base/error.hpp"
#include "store/catalog/sql.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;

std::vector<ImportRecord> Read(Reader& reader, const std::string& condition, const std::vector<sql::Param>& params) {
  std::vector<ImportRecord> imports;
  for (auto& [id, author, state, source, options, report, sequence, created] :
       sql::Select<base::ImportId, base::PersonId, ImportState, std::string, std::string, std::string,
                   std::optional<base::SequenceNumber>, base::Micros>(
           reader,
           "SELECT id, author, state, source, options, report, sequence, created FROM imports WHERE project = :a" +
               condition,
           params)) {
    imports.push_back({std::move(id), std::move(author), state, std::move(source), std::move(options),
                       std::move(report), sequence, created});
  }
  return imports;
}

void Check(const ImportRecord& import) {
  sql::CheckJsonObject(import.source, "source");
  sql::CheckJsonObject(import.options, "options");
  sql::CheckJsonObject(import.report, "report");
}

}  // namespace

std::string_view ImportStateName(ImportState state) { return kImportStateNames[static_cast<std::size_t>(state)]; }

void CreateImport(Writer& writer, const base::ProjectId& project, const ImportRecord& import) {
  Check(import);
  const auto added =
      sql::Execute(writer,
                   "INSERT INTO imports (project, id, author, state, source, options, report, sequence, created) "
                   "VALUES (:a, :b, :c, :d, :e, :f, :g, :h, :i) ON CONFLICT (project, id) DO NOTHING",
                   {project, import.id, import.author, import.state, import.source, import.options, import.report,
                    import.sequence, writer.Now()});
  if (added != 1) throw Error(ErrorCode::kConflict, "There is already an import with this id.", "import");
}

void UpdateImport(Writer& writer, const base::ProjectId& project, const ImportRecord& import) {
  Check(import);
  const auto touched =
      sql::Execute(writer,
                   "UPDATE imports SET state = :a, source = :b, options = :c, report = :d, sequence = :e WHERE project "
                   "= :f AND id = :g",
                   {import.state, import.source, import.options, import.report, import.sequence, project, import.id});
  if (touched != 1) throw Error(ErrorCode::kNotFound, "There is no such import.", "import");
}

std::optional<ImportRecord> FindImport(Reader& reader, const base::ProjectId& project, const base::ImportId& import) {
  auto found = Read(reader, " AND id = :b", {project, import});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<ImportRecord> ListImports(Reader& reader, const base::ProjectId& project) {
  return Read(reader, " ORDER BY created DESC, id", {project});
}

}  // namespace burnish::store
