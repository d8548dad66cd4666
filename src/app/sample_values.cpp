#include "app/sample_values.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/error.hpp"

namespace burnish::app {
namespace {

constexpr std::uint16_t kNoCode = 0xFFFF;
constexpr std::size_t kMostNames = 1'000;  // of a text field; further values share no colour
constexpr std::string_view kFieldPrefix = "field:";

using CodeOf = std::function<std::uint16_t(model::Ordinal)>;
using NumberOf = std::function<float(model::Ordinal)>;

SampleValues Categories(const store::Snapshot& snapshot, std::vector<std::string> names, const CodeOf& code) {
  SampleValues values;
  values.as_of = snapshot.as_of;
  values.names = std::move(names);
  for (std::size_t i = 0; i < snapshot.Size(); ++i) {
    const auto ordinal = static_cast<model::Ordinal>(i);
    if (snapshot.IsWithdrawn(ordinal)) continue;
    values.ordinal.push_back(ordinal);
    values.code.push_back(code(ordinal));
  }
  return values;
}

SampleValues Numbers(const store::Snapshot& snapshot, const NumberOf& number) {
  SampleValues values;
  values.as_of = snapshot.as_of;
  values.categories = false;
  bool any = false;
  for (std::size_t i = 0; i < snapshot.Size(); ++i) {
    const auto ordinal = static_cast<model::Ordinal>(i);
    if (snapshot.IsWithdrawn(ordinal)) continue;
    const float value = number(ordinal);
    values.ordinal.push_back(ordinal);
    values.number.push_back(value);
    if (!std::isfinite(value)) continue;
    values.low = any ? std::min(values.low, value) : value;
    values.high = any ? std::max(values.high, value) : value;
    any = true;
  }
  return values;
}

std::vector<std::string> ClassNames(const store::Snapshot& snapshot) {
  std::vector<std::string> names;
  for (const model::Class& value : snapshot.ontology.Classes()) names.push_back(value.name);
  return names;
}

SampleValues OfField(const store::Snapshot& snapshot, const std::string& name) {
  const auto index = snapshot.FindField(name);
  if (!index)
    throw base::Error(base::ErrorCode::kInvalidArgument, "This project has no field called \"" + name + "\".", name);
  const store::FieldColumn& column = snapshot.fields[*index];
  if (column.field.type == model::FieldType::kBoolean) {
    return Categories(snapshot, {"false", "true"}, [&](model::Ordinal i) {
      return std::isnan(column.numbers[i]) ? kNoCode : static_cast<std::uint16_t>(column.numbers[i] != 0);
    });
  }
  if (column.field.type != model::FieldType::kText) {
    return Numbers(snapshot, [&](model::Ordinal i) { return static_cast<float>(column.numbers[i]); });
  }
  std::vector<std::string> names;
  for (std::size_t code = 0; code < std::min(column.texts->Size(), kMostNames); ++code)
    names.push_back(column.texts->Text(static_cast<std::uint32_t>(code)));
  return Categories(snapshot, std::move(names), [&](model::Ordinal i) {
    return column.codes[i] < kMostNames ? static_cast<std::uint16_t>(column.codes[i]) : kNoCode;
  });
}

SampleValues OfRun(const store::Snapshot& snapshot, const std::string& by, const std::string& name) {
  const store::RunColumns* run = snapshot.FindRun(name);
  if (run == nullptr)
    throw base::Error(base::ErrorCode::kInvalidArgument, "There is no model run called \"" + name + "\" yet.", "run");
  if (by == "prediction")
    return Categories(snapshot, ClassNames(snapshot), [run](model::Ordinal i) { return run->Predicted(i); });
  if (by == "confidence") return Numbers(snapshot, [run](model::Ordinal i) { return run->Confidence(i); });
  if (by == "margin") return Numbers(snapshot, [run](model::Ordinal i) { return run->Margin(i); });
  return Categories(snapshot, {"wrong", "right"}, [&snapshot, run](model::Ordinal i) {
    const model::ClassId truth = snapshot.ClassOf(i);
    if (truth == model::kNoClass || run->Predicted(i) == model::kNoClass) return kNoCode;
    return static_cast<std::uint16_t>(truth == run->Predicted(i));
  });
}

}  // namespace

float QualityOf(const store::Snapshot& snapshot, std::string_view name, model::Ordinal i) {
  if (name == "width") return static_cast<float>(snapshot.media_width[snapshot.media[i]]);
  if (name == "height") return static_cast<float>(snapshot.media_height[snapshot.media[i]]);
  if (name == "bytes") return static_cast<float>(snapshot.media_bytes[snapshot.media[i]]);
  if (!snapshot.quality || i >= snapshot.quality->brightness.Size()) return store::kMissingFloat;
  if (name == "brightness") return snapshot.quality->brightness[i];
  if (name == "contrast") return snapshot.quality->contrast[i];
  if (name == "sharpness") return snapshot.quality->sharpness[i];
  if (name == "colourfulness") return snapshot.quality->colourfulness[i];
  return snapshot.quality->entropy[i];
}

SampleValues CollectValues(const store::Snapshot& snapshot, const std::string& by, const std::string& run) {
  if (by == "label")
    return Categories(snapshot, ClassNames(snapshot), [&](model::Ordinal i) { return snapshot.ClassOf(i); });
  if (by == "split") {
    return Categories(snapshot, {model::kSplitNames.begin(), model::kSplitNames.end()},
                      [&](model::Ordinal i) { return static_cast<std::uint16_t>(snapshot.splits[i]); });
  }
  if (by == "excluded")
    return Categories(snapshot, {"included", "excluded"},
                      [&](model::Ordinal i) { return static_cast<std::uint16_t>(snapshot.IsExcluded(i)); });
  if (by == "prediction" || by == "correct" || by == "confidence" || by == "margin") return OfRun(snapshot, by, run);
  if (by.starts_with(kFieldPrefix)) return OfField(snapshot, by.substr(kFieldPrefix.size()));
  if (std::find(kQualityNames.begin(), kQualityNames.end(), by) == kQualityNames.end()) {
    throw base::Error(base::ErrorCode::kInvalidArgument, "Samples have no \"" + by + "\" to colour by.", "by");
  }
  return Numbers(snapshot, [&](model::Ordinal i) { return QualityOf(snapshot, by, i); });
}

}  // namespace burnish::app
