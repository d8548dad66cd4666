#include "store/catalog/versions.hpp"

#include "base/error.hpp"
#include "store/catalog/audit.hpp"
#include "store/catalog/sql.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;

std::vector<Version> Read(Reader& reader, const std::string& condition, const std::vector<sql::Param>& params) {
  std::vector<Version> versions;
  for (auto& [id, name, note, sequence, digest, author, at] :
       sql::Select<base::VersionId, std::string, std::string, base::SequenceNumber, std::string, base::PersonId,
                   base::Micros>(
           reader, "SELECT id, name, note, sequence, digest, author, at FROM versions WHERE project = :a" + condition,
           params)) {
    versions.push_back(
        {std::move(id), std::move(name), std::move(note), sequence, std::move(digest), std::move(author), at});
  }
  return versions;
}

std::optional<Version> First(std::vector<Version> versions) {
  if (versions.empty()) return std::nullopt;
  return std::move(versions.front());
}

}  // namespace

Version CreateVersion(Writer& writer, const base::ProjectId& project, const base::PersonId& author,
                      const NewVersion& wanted) {
  sql::CheckName(wanted.name, 200, "name");
  const auto head = sql::SelectOne<base::SequenceNumber>(
      writer, "SELECT head FROM projects WHERE id = :a" + sql::Locked(writer), {project});
  if (!head) throw Error(ErrorCode::kNotFound, "There is no such project.", "project");
  if (wanted.sequence > std::get<0>(*head)) {
    throw Error(ErrorCode::kInvalidArgument, "A version can only name what has happened already.", "sequence");
  }
  Version version{
      writer.NewId<base::VersionId>(), wanted.name, wanted.note, wanted.sequence, wanted.digest, author, writer.Now()};
  const auto added = sql::Execute(
      writer,
      "INSERT INTO versions (project, id, name, note, sequence, digest, author, at) "
      "VALUES (:a, :b, :c, :d, :e, :f, :g, :h) ON CONFLICT (project, name) DO NOTHING",
      {project, version.id, version.name, version.note, version.sequence, version.digest, author, version.at});
  if (added != 1) {
    throw Error(ErrorCode::kConflict,
                "There is already a version called \"" + version.name + "\". Choose another name.", "name");
  }
  AppendAudit(writer, project, author, "version.create", version.id.Text());
  return version;
}

std::vector<Version> ListVersions(Reader& reader, const base::ProjectId& project) {
  return Read(reader, " ORDER BY sequence DESC, at DESC, id", {project});
}

std::optional<Version> FindVersion(Reader& reader, const base::ProjectId& project, const base::VersionId& version) {
  return First(Read(reader, " AND id = :b", {project, version}));
}

std::optional<Version> FindVersionByName(Reader& reader, const base::ProjectId& project, std::string_view name) {
  return First(Read(reader, " AND name = :b", {project, name}));
}

}  // namespace burnish::store
