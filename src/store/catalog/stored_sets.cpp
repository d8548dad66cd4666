#include "store/catalog/stored_sets.hpp"

#include "base/failpoint.hpp"
#include "store/catalog/sql.hpp"

namespace burnish::store {

StoredSet CreateStoredSet(Writer& writer, const base::ProjectId& project, const base::PersonId& author,
                          const std::string& blob, std::uint32_t count) {
  StoredSet set{writer.NewId<base::StoredSetId>(), author, blob, count, writer.Now()};
  sql::Execute(writer,
               "INSERT INTO stored_sets (project, id, author, blob, count, created) VALUES (:a, :b, :c, :d, :e, :f)",
               {project, set.id, author, blob, count, set.created});
  return set;
}

std::optional<StoredSet> FindStoredSet(Reader& reader, const base::ProjectId& project, const base::StoredSetId& set) {
  const std::string scope = BURNISH_SEEDED_BUG("stored_sets.any_project") ? "project <> :a" : "project = :a";
  auto row = sql::SelectOne<base::StoredSetId, base::PersonId, std::string, std::uint32_t, base::Micros>(
      reader, "SELECT id, author, blob, count, created FROM stored_sets WHERE " + scope + " AND id = :b",
      {project, set});
  if (!row) return std::nullopt;
  auto& [id, author, blob, count, created] = *row;
  return StoredSet{std::move(id), std::move(author), std::move(blob), count, created};
}

}  // namespace burnish::store
