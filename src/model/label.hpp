#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace burnish::model {

// Dense in a project, given when the class is added, never reused. kNoClass: no label.
using ClassId = std::uint16_t;
inline constexpr ClassId kNoClass = 0xFFFF;
inline constexpr std::size_t kMaxClasses = 65'000;

enum class LabelState : std::uint8_t { kDraft = 0, kSet = 1, kConfirmed = 2, kRejected = 3 };
inline constexpr std::array<std::string_view, 4> kLabelStateNames = {"draft", "set", "confirmed", "rejected"};
std::string_view LabelStateName(LabelState state);

// One name in the project's ontology. `id` is stable through renames; a merged or retired class
// keeps its labels' history and its name, and takes no new labels.
struct Class {
  ClassId id = kNoClass;
  std::string name;
  bool retired = false;
  std::optional<ClassId> merged_into;
  auto operator<=>(const Class&) const = default;
};

// The classes of a project, by id (classes[i].id == i). Plain value; names of classes that are not
// merged away are unique.
class Ontology {
 public:
  const std::vector<Class>& Classes() const noexcept { return classes_; }
  const Class* Find(ClassId id) const noexcept;
  // The class that answers to `name` and was not merged away; retired ones included.
  const Class* FindByName(std::string_view name) const noexcept;
  std::string NameOf(ClassId id) const;  // empty for kNoClass
  // Puts `value` in place (id == size: appended). Throws kInvalidArgument when the id leaves a gap.
  void Put(Class value);

 private:
  std::vector<Class> classes_;
};

}  // namespace burnish::model
