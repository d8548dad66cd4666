#pragma once

#include <string>
#include <string_view>

#include "store/log/change_log.hpp"

namespace burnish::store {

// A result as the table of operations keeps it, so that a retry gets all of it again.
std::string ResultToJson(const AppendResult& result);
AppendResult ResultFromJson(std::string_view json);

}  // namespace burnish::store
