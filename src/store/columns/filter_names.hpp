#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/filter.hpp"
#include "store/columns/snapshot.hpp"

namespace burnish::store {

// Names in a filter against what the project has; both compilers and the facets use these. All throw kInvalidArgument
// naming what is unknown or of the wrong type.

enum class QualityName : std::uint8_t {
  kWidth,
  kHeight,
  kBytes,
  kBrightness,
  kContrast,
  kSharpness,
  kColourfulness,
  kEntropy
};
inline constexpr std::string_view kQualityNames[] = {"width",    "height",    "bytes",         "brightness",
                                                     "contrast", "sharpness", "colourfulness", "entropy"};

QualityName RequireQuality(std::string_view name);
// The measured column, or null before anything was measured and for width, height, bytes.
const Column<float>* MeasuredColumn(const Snapshot& snapshot, QualityName name);
const RunColumns& RequireRun(const std::string& run, const Snapshot& snapshot);
const FieldColumn& RequireField(const std::string& field, const Snapshot& snapshot);
void CheckFieldValues(const model::FieldIn& node, const model::Field& field);
void CheckRangeField(const model::Field& field);
void CheckTextField(const model::Field& field);
void CheckLabelSet(const std::string& set);
// By class id, one entry for each possible id.
std::vector<bool> ClassTable(const std::vector<std::string>& names, const Snapshot& snapshot);
std::vector<model::ClassId> ClassIds(const std::vector<std::string>& names, const Snapshot& snapshot);
std::vector<std::uint32_t> TagIds(const model::HasTag& node, const Snapshot& snapshot);
std::vector<std::size_t> ImportIndices(const model::FromImport& node, const Snapshot& snapshot);

}  // namespace burnish::store
