#include "model/label.hpp"

#include <utility>

#include "base/error.hpp"

namespace burnish::model {

std::string_view LabelStateName(LabelState state) { return kLabelStateNames[static_cast<std::size_t>(state)]; }

const Class* Ontology::Find(ClassId id) const noexcept { return id < classes_.size() ? &classes_[id] : nullptr; }

const Class* Ontology::FindByName(std::string_view name) const noexcept {
  for (const Class& value : classes_) {
    if (value.name == name && !value.merged_into) return &value;
  }
  return nullptr;
}

std::string Ontology::NameOf(ClassId id) const {
  const Class* found = Find(id);
  return found == nullptr ? std::string() : found->name;
}

void Ontology::Put(Class value) {
  if (value.id > classes_.size())
    throw base::Error(base::ErrorCode::kInvalidArgument, "A class id leaves a gap.", value.name);
  if (value.id == classes_.size()) {
    classes_.push_back(std::move(value));
  } else {
    classes_[value.id] = std::move(value);
  }
}

}  // namespace burnish::model
