#include <string_view>

#include "store/catalog/accounts.hpp"

namespace burnish::store {
// Stands in for store/catalog, which would bring the databases along for one word of a refusal.
std::string_view RoleName(Role) { return "role"; }
}  // namespace burnish::store
