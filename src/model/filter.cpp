#include "model/filter.hpp"

#include <algorithm>

namespace burnish::model {

bool AsksAboutExcluded(const Filter& filter) {
  if (std::holds_alternative<ExcludedIs>(filter.node)) return true;
  if (const auto* all = std::get_if<AllOf>(&filter.node))
    return std::any_of(all->filters.begin(), all->filters.end(), AsksAboutExcluded);
  if (const auto* any = std::get_if<AnyOf>(&filter.node))
    return std::any_of(any->filters.begin(), any->filters.end(), AsksAboutExcluded);
  if (const auto* negation = std::get_if<NotOf>(&filter.node))
    return negation->filter && AsksAboutExcluded(*negation->filter);
  return false;
}

}  // namespace burnish::model
