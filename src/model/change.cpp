#include "model/change.hpp"

#include <algorithm>

namespace burnish::model {

Delta Inverse(const Delta& delta) {
  Delta inverse;
  for (const AspectDelta& aspect : delta.aspects) {
    inverse.aspects.push_back({aspect.aspect, aspect.ordinals, aspect.after, aspect.before});
  }
  for (auto edit = delta.classes.rbegin(); edit != delta.classes.rend(); ++edit) {
    Class back = edit->before.value_or(edit->after);
    if (!edit->before) back.retired = true;
    inverse.classes.push_back({edit->after, back});
  }
  return inverse;
}

std::vector<Ordinal> TouchedSamples(const Delta& delta) {
  std::vector<Ordinal> touched;
  for (const AspectDelta& aspect : delta.aspects)
    touched.insert(touched.end(), aspect.ordinals.begin(), aspect.ordinals.end());
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  return touched;
}

std::string_view ChangeKindName(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kImport:
      return "import";
    case ChangeKind::kEdit:
      return "edit";
    case ChangeKind::kOntology:
      return "ontology";
    case ChangeKind::kUndo:
      return "undo";
    case ChangeKind::kModelRun:
      return "model_run";
  }
  return "edit";
}

}  // namespace burnish::model
