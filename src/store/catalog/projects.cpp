#include "store/catalog/projects.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "store/catalog/audit.hpp"
#include "store/catalog/sql.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;

const std::string kSelect =
    "SELECT p.id, p.name, p.settings, p.created, p.trashed, p.head, p.next_ordinal, m.role "
    "FROM memberships m JOIN projects p ON p.id = m.project WHERE m.person = :a";

std::vector<Project> Read(Reader& reader, const std::string& condition, const std::vector<sql::Param>& params) {
  std::vector<Project> projects;
  for (auto& [id, name, settings, created, trashed, head, samples, role] :
       sql::Select<base::ProjectId, std::string, std::string, base::Micros, std::optional<base::Micros>,
                   base::SequenceNumber, std::uint32_t, Role>(reader, kSelect + condition, params)) {
    projects.push_back({std::move(id), std::move(name), std::move(settings), created, trashed, head, samples, role});
  }
  return projects;
}

Project MustFind(Reader& reader, const base::PersonId& person, const base::ProjectId& project) {
  auto found = FindProject(reader, person, project);
  if (!found) throw Error(ErrorCode::kNotFound, "There is no such project.", "project");
  return std::move(*found);
}

void RefuseTakenName(Reader& reader, const base::PersonId& person, std::string_view name,
                     const base::ProjectId& except) {
  for (const Project& other : Read(reader, " AND p.trashed IS NULL AND p.name = :b", {person, name})) {
    if (other.id == except) continue;
    throw Error(ErrorCode::kConflict,
                "There is already a project called \"" + std::string(name) + "\". Choose another name.", "name");
  }
}

}  // namespace

Project CreateProject(Writer& writer, const base::PersonId& owner, std::string_view name, std::string_view settings) {
  sql::CheckName(name, 200, "name");
  sql::CheckJsonObject(settings, "settings");
  RefuseTakenName(writer, owner, name, {});
  const auto id = writer.NewId<base::ProjectId>();
  sql::Execute(writer,
               "INSERT INTO projects (id, name, settings, created, trashed, head, head_hash, next_ordinal) "
               "VALUES (:a, :b, :c, :d, NULL, 0, '', 0)",
               {id, name, settings, writer.Now()});
  sql::Execute(writer, "INSERT INTO memberships (project, person, role) VALUES (:a, :b, :c)",
               {id, owner, Role::kOwner});
  AppendAudit(writer, id, owner, "project.create", id.Text());
  return MustFind(writer, owner, id);
}

std::optional<Project> FindProject(Reader& reader, const base::PersonId& person, const base::ProjectId& project) {
  auto found = Read(reader, " AND p.id = :b", {person, project});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<Project> ListProjects(Reader& reader, const base::PersonId& person, bool trashed) {
  auto projects = Read(reader, trashed ? " AND p.trashed IS NOT NULL" : " AND p.trashed IS NULL", {person});
  // Here, since the two backends order text differently.
  std::sort(projects.begin(), projects.end(),
            [](const Project& a, const Project& b) { return std::tie(a.name, a.id) < std::tie(b.name, b.id); });
  return projects;
}

void RenameProject(Writer& writer, const base::PersonId& person, const base::ProjectId& project,
                   std::string_view name) {
  const Project present = MustFind(writer, person, project);
  sql::CheckName(name, 200, "name");
  if (!present.trashed) RefuseTakenName(writer, person, name, project);
  sql::Execute(writer, "UPDATE projects SET name = :a WHERE id = :b", {name, project});
  AppendAudit(writer, project, person, "project.rename", project.Text());
}

void SaveProjectSettings(Writer& writer, const base::PersonId& person, const base::ProjectId& project,
                         std::string_view settings) {
  static_cast<void>(MustFind(writer, person, project));
  sql::CheckJsonObject(settings, "settings");
  sql::Execute(writer, "UPDATE projects SET settings = :a WHERE id = :b", {settings, project});
  AppendAudit(writer, project, person, "project.settings", project.Text());
}

void TrashProject(Writer& writer, const base::PersonId& person, const base::ProjectId& project) {
  if (MustFind(writer, person, project).trashed) return;
  sql::Execute(writer, "UPDATE projects SET trashed = :a WHERE id = :b", {writer.Now(), project});
  AppendAudit(writer, project, person, "project.trash", project.Text());
}

void BringBackProject(Writer& writer, const base::PersonId& person, const base::ProjectId& project) {
  const Project present = MustFind(writer, person, project);
  if (!present.trashed) return;
  RefuseTakenName(writer, person, present.name, project);
  sql::Execute(writer, "UPDATE projects SET trashed = NULL WHERE id = :a", {project});
  AppendAudit(writer, project, person, "project.bring_back", project.Text());
}

std::vector<base::ProjectId> AllProjects(Reader& reader) {
  std::vector<base::ProjectId> projects;
  for (auto& [id] : sql::Select<base::ProjectId>(reader, "SELECT id FROM projects ORDER BY created, id", {}))
    projects.push_back(std::move(id));
  return projects;
}

void AddMediaRoot(Writer& writer, const base::ProjectId& project, const MediaRoot& root) {
  sql::CheckName(root.name, 200, "root");
  sql::Execute(
      writer,
      "INSERT INTO media_roots (project, name, path) VALUES (:a, :b, :c) ON CONFLICT (project, name) DO NOTHING",
      {project, root.name, root.path});
  const auto present = sql::SelectOne<std::string>(
      writer, "SELECT path FROM media_roots WHERE project = :a AND name = :b", {project, root.name});
  if (present && std::get<0>(*present) == root.path) return;
  throw Error(ErrorCode::kConflict, "The project already has another folder called \"" + root.name + "\".", "root");
}

std::vector<MediaRoot> ListMediaRoots(Reader& reader, const base::ProjectId& project) {
  std::vector<MediaRoot> roots;
  for (auto& [name, path] : sql::Select<std::string, std::string>(
           reader, "SELECT name, path FROM media_roots WHERE project = :a", {project})) {
    roots.push_back({std::move(name), std::move(path)});
  }
  std::sort(roots.begin(), roots.end(), [](const MediaRoot& a, const MediaRoot& b) { return a.name < b.name; });
  return roots;
}

}  // namespace burnish::store
