#include "formats/plan.hpp"

#include <algorithm>
#include <utility>

#include "formats/text.hpp"

namespace burnish::formats {
namespace {

template <class Id, std::size_t size>
std::optional<Id> FromName(const std::array<std::string_view, size>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Id>(found - names.begin());
}

}  // namespace

std::string_view FormatName(FormatId id) { return kFormatNames.at(static_cast<std::size_t>(id)); }
std::optional<FormatId> FormatFromName(std::string_view name) { return FromName<FormatId>(kFormatNames, name); }
std::string_view RoleName(Role role) { return kRoleNames.at(static_cast<std::size_t>(role)); }
std::optional<Role> RoleFromName(std::string_view name) { return FromName<Role>(kRoleNames, name); }

std::optional<model::Split> SplitFromWord(std::string_view word) {
  using model::Split;
  static constexpr std::array<std::pair<std::string_view, Split>, 16> kWords = {{{"train", Split::kTrain},
                                                                                 {"training", Split::kTrain},
                                                                                 {"trn", Split::kTrain},
                                                                                 {"val", Split::kValidation},
                                                                                 {"valid", Split::kValidation},
                                                                                 {"validation", Split::kValidation},
                                                                                 {"dev", Split::kValidation},
                                                                                 {"test", Split::kTest},
                                                                                 {"testing", Split::kTest},
                                                                                 {"tst", Split::kTest},
                                                                                 {"t10k", Split::kTest},
                                                                                 {"pool", Split::kPool},
                                                                                 {"unlabeled", Split::kPool},
                                                                                 {"unlabelled", Split::kPool},
                                                                                 {"unused", Split::kPool},
                                                                                 {"holdout", Split::kTest}}};
  const std::string lower = LowerAscii(Trim(word));
  for (const auto& [text, split] : kWords) {
    if (lower == text) return split;
  }
  return std::nullopt;
}

}  // namespace burnish::formats
