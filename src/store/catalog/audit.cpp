#include "store/catalog/audit.hpp"

#include "base/hash.hpp"
#include "store/catalog/sql.hpp"

namespace burnish::store {
namespace {

std::string HashOf(const std::string& previous, const base::ProjectId& project, const AuditRow& row) {
  base::Digest digest;
  digest.UpdateText(previous);
  digest.UpdateText(project.Text());
  digest.UpdateU64(row.number);
  digest.UpdateU64(static_cast<std::uint64_t>(row.at));
  for (const std::string* text : {&row.person.Text(), &row.action, &row.thing, &row.details}) digest.UpdateText(*text);
  return digest.FinishHex();
}

}  // namespace

void AppendAudit(Writer& writer, const base::ProjectId& project, const base::PersonId& person, std::string_view action,
                 std::string_view thing, std::string_view details) {
  sql::CheckJsonObject(details, "details");
  sql::Execute(writer,
               "INSERT INTO audit_heads (project, number, hash) VALUES (:a, 0, '') ON CONFLICT (project) DO NOTHING",
               {project});
  const auto head = sql::SelectOne<std::uint64_t, std::string>(
      writer, "SELECT number, hash FROM audit_heads WHERE project = :a" + sql::Locked(writer), {project});
  const AuditRow row{std::get<0>(*head) + 1, writer.Now(),       person,
                     std::string(action),    std::string(thing), std::string(details)};
  const std::string hash = HashOf(std::get<1>(*head), project, row);
  sql::Execute(writer,
               "INSERT INTO audit (project, number, at, person, action, thing, details, hash) VALUES (:a, :b, :c, :d, "
               ":e, :f, :g, :h)",
               {project, row.number, row.at, person, action, thing, details, hash});
  sql::Execute(writer, "UPDATE audit_heads SET number = :a, hash = :b WHERE project = :c", {row.number, hash, project});
}

std::vector<AuditRow> ListAudit(Reader& reader, const base::ProjectId& project, std::size_t limit) {
  std::vector<AuditRow> rows;
  for (auto& [number, at, person, action, thing, details] :
       sql::Select<std::uint64_t, base::Micros, base::PersonId, std::string, std::string, std::string>(
           reader,
           "SELECT number, at, person, action, thing, details FROM audit WHERE project = :a ORDER BY number DESC LIMIT "
           ":b",
           {project, limit})) {
    rows.push_back({number, at, std::move(person), std::move(action), std::move(thing), std::move(details)});
  }
  return rows;
}

bool AuditIsWhole(Reader& reader, const base::ProjectId& project) {
  std::string previous;
  std::uint64_t count = 0;
  for (auto& [number, at, person, action, thing, details, hash] :
       sql::Select<std::uint64_t, base::Micros, base::PersonId, std::string, std::string, std::string, std::string>(
           reader,
           "SELECT number, at, person, action, thing, details, hash FROM audit WHERE project = :a ORDER BY number",
           {project})) {
    const AuditRow row{number, at, std::move(person), std::move(action), std::move(thing), std::move(details)};
    if (number != ++count || HashOf(previous, project, row) != hash) return false;
    previous = hash;
  }
  const auto head = sql::SelectOne<std::uint64_t, std::string>(
      reader, "SELECT number, hash FROM audit_heads WHERE project = :a", {project});
  return head ? std::get<0>(*head) == count && std::get<1>(*head) == previous : count == 0;
}

}  // namespace burnish::store
