#include "store/columns/filter_names.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "base/error.hpp"

namespace burnish::store {

namespace {
[[noreturn]] void Unknown(const std::string& sentence, const std::string& thing) {
  throw base::Error(base::ErrorCode::kInvalidArgument, sentence, thing);
}
// A name in a sentence: cut, so that a hostile one does not fill the page.
std::string Quoted(std::string_view name) {
  if (name.size() <= 120) return "\"" + std::string(name) + "\"";
  std::size_t cut = 120;
  while (cut > 0 && (static_cast<unsigned char>(name[cut]) & 0xC0U) == 0x80) --cut;
  return "\"" + std::string(name.substr(0, cut)) + "…\"";
}
}  // namespace

QualityName RequireQuality(std::string_view name) {
  const auto* found = std::find(std::begin(kQualityNames), std::end(kQualityNames), name);
  if (found == std::end(kQualityNames)) Unknown("There is no quality called " + Quoted(name) + ".", std::string(name));
  return static_cast<QualityName>(found - std::begin(kQualityNames));
}

const Column<float>* MeasuredColumn(const Snapshot& snapshot, QualityName name) {
  if (!snapshot.quality) return nullptr;
  switch (name) {
    case QualityName::kBrightness:
      return &snapshot.quality->brightness;
    case QualityName::kContrast:
      return &snapshot.quality->contrast;
    case QualityName::kSharpness:
      return &snapshot.quality->sharpness;
    case QualityName::kColourfulness:
      return &snapshot.quality->colourfulness;
    case QualityName::kEntropy:
      return &snapshot.quality->entropy;
    default:
      return nullptr;
  }
}

const RunColumns& RequireRun(const std::string& run, const Snapshot& snapshot) {
  const RunColumns* found = snapshot.FindRun(run);
  if (found == nullptr) Unknown("There is no model run called " + Quoted(run) + ".", run);
  return *found;
}

const FieldColumn& RequireField(const std::string& field, const Snapshot& snapshot) {
  const auto found = snapshot.FindField(field);
  if (!found) Unknown("There is no field called " + Quoted(field) + ".", field);
  return snapshot.fields[*found];
}

void CheckFieldValues(const model::FieldIn& node, const model::Field& field) {
  if (field.type == model::FieldType::kText && !node.numbers.empty())
    Unknown("The field " + Quoted(field.name) + " holds texts, not numbers.", field.name);
  if (field.type != model::FieldType::kText && !node.texts.empty())
    Unknown("The field " + Quoted(field.name) + " holds no texts.", field.name);
}

void CheckRangeField(const model::Field& field) {
  if (field.type == model::FieldType::kText)
    Unknown("The field " + Quoted(field.name) + " holds texts: it has no range.", field.name);
}

void CheckTextField(const model::Field& field) {
  if (field.type != model::FieldType::kText)
    Unknown("The field " + Quoted(field.name) + " holds no texts to search in.", field.name);
}

void CheckLabelSet(const std::string& set) {
  if (set != "truth") Unknown("There is no label set called " + Quoted(set) + ".", set);
}

std::vector<model::ClassId> ClassIds(const std::vector<std::string>& names, const Snapshot& snapshot) {
  std::vector<model::ClassId> ids;
  for (const std::string& name : names) {
    const model::Class* found = snapshot.ontology.FindByName(name);
    if (found == nullptr) Unknown("There is no class called " + Quoted(name) + ".", name);
    ids.push_back(found->id);
  }
  return ids;
}

std::vector<bool> ClassTable(const std::vector<std::string>& names, const Snapshot& snapshot) {
  std::vector<bool> table;
  if (names.empty()) return table;
  table.resize(std::size_t{model::kNoClass} + 1, false);
  for (const model::ClassId id : ClassIds(names, snapshot)) table[id] = true;
  return table;
}

std::vector<std::uint32_t> TagIds(const model::HasTag& node, const Snapshot& snapshot) {
  std::vector<std::uint32_t> ids;
  if (node.tags.empty()) {
    ids.resize(snapshot.tag_names.size());
    std::iota(ids.begin(), ids.end(), 0U);
  }
  for (const std::string& name : node.tags) {
    const auto found = snapshot.FindTag(name);
    if (!found) Unknown("There is no tag called " + Quoted(name) + ".", name);
    ids.push_back(*found);
  }
  return ids;
}

std::vector<std::size_t> ImportIndices(const model::FromImport& node, const Snapshot& snapshot) {
  std::vector<std::size_t> indices;
  for (const base::ImportId& id : node.imports) {
    const auto found = std::find_if(snapshot.imports.begin(), snapshot.imports.end(),
                                    [&](const ImportInfo& import) { return import.id == id; });
    if (found == snapshot.imports.end())
      Unknown("There is no import " + Quoted(id.Text()) + " in this project.", id.Text());
    indices.push_back(static_cast<std::size_t>(found - snapshot.imports.begin()));
  }
  return indices;
}

}  // namespace burnish::store
