#include "store/catalog/tags.hpp"

#include "store/catalog/sql.hpp"

namespace burnish::store {
namespace {

// The contract's 120 characters, each up to four bytes.
constexpr std::size_t kMostNameBytes = 480;

}  // namespace

std::vector<std::string> LoadTags(Reader& reader, const base::ProjectId& project) {
  std::vector<std::string> names;
  for (auto& [name] :
       sql::Select<std::string>(reader, "SELECT name FROM tags WHERE project = :a ORDER BY id", {project})) {
    names.push_back(std::move(name));
  }
  return names;
}

void FoldTag(Writer& writer, const base::ProjectId& project, const model::TagAdded& tag,
             base::SequenceNumber sequence) {
  sql::CheckName(tag.name, kMostNameBytes, "tag");
  sql::Execute(writer, "INSERT INTO tags (project, id, name, added) VALUES (:a, :b, :c, :d)",
               {project, tag.id, tag.name, sequence});
}

}  // namespace burnish::store
