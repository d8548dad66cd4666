#include "model/sample.hpp"

namespace burnish::model {

std::string_view SplitName(Split split) { return kSplitNames[static_cast<std::size_t>(split)]; }

std::optional<Split> SplitFromName(std::string_view name) {
  for (std::size_t i = 0; i < kSplitNames.size(); ++i) {
    if (kSplitNames[i] == name) return static_cast<Split>(i);
  }
  return std::nullopt;
}

}  // namespace burnish::model
