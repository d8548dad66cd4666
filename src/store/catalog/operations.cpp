#include "store/catalog/operations.hpp"

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "store/catalog/sql.hpp"

namespace burnish::store {
namespace {

std::string ScopeOf(const OperationKey& key) {
  if (BURNISH_SEEDED_BUG("operations.any_project")) return "any";
  return key.project.Empty() ? "person:" + key.person.Text() : key.project.Text();
}

}  // namespace

std::optional<std::string> FindOperation(Reader& reader, const OperationKey& key) {
  if (BURNISH_SEEDED_BUG("operations.forgotten")) return std::nullopt;
  auto row = sql::SelectOne<std::string, std::string>(
      reader, "SELECT digest, result FROM operations WHERE scope = :a AND operation = :b",
      {ScopeOf(key), key.operation});
  if (!row) return std::nullopt;
  if (std::get<0>(*row) != key.digest) {
    throw base::Error(base::ErrorCode::kConflict,
                      "This Idempotency-Key was used before for another request. Send the new request with a new key.",
                      "Idempotency-Key");
  }
  return std::move(std::get<1>(*row));
}

void RememberOperation(Writer& writer, const OperationKey& key, std::string_view result) {
  BURNISH_FAILPOINT("operations.remember.before");
  if (BURNISH_SEEDED_BUG("operations.forgotten")) return;
  sql::Execute(writer, "INSERT INTO operations (scope, operation, digest, result, at) VALUES (:a, :b, :c, :d, :e)",
               {ScopeOf(key), key.operation, key.digest, result, writer.Now()});
  BURNISH_FAILPOINT("operations.remember.after");
}

}  // namespace burnish::store
