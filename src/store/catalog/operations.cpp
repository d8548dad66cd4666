#include "store/catalog/operations.hpp"

#include "base/error.hpp"
#include "store/catalog/sql.hpp"

namespace burnish::store {
namespace {

std::string ScopeOf(const OperationKey& key) {
  return key.project.Empty() ? "person:" + key.person.Text() : key.project.Text();
}

}  // namespace

std::optional<std::string> FindOperation(Reader& reader, const OperationKey& key) {
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
  sql::Execute(writer, "INSERT INTO operations (scope, operation, digest, result, at) VALUES (:a, :b, :c, :d, :e)",
               {ScopeOf(key), key.operation, key.digest, result, writer.Now()});
}

}  // namespace burnish::store
