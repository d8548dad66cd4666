#pragma once

#include <string>
#include <string_view>

#include "store/columns/bitset.hpp"
#include "store/columns/column.hpp"

namespace burnish::store {

// Lower case for "contains": simple mapping of one code point to one, whatever the process's locale. Bytes that are no
// UTF-8 stay as they are.
std::string FoldCase(std::string_view text);

// Sets the rows of `column` that contain `folded` (already folded) when folded themselves.
void MatchContains(const TextColumn& column, std::string_view folded, Bitset& matches);
bool ContainsFolded(std::string_view text, std::string_view folded);

}  // namespace burnish::store
