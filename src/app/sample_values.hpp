#pragma once

#include <string>

#include "app/explore.hpp"

namespace burnish::app {

// One value of each sample, to colour the map by. Throws kInvalidArgument naming what `by` or `run` does not know.
SampleValues CollectValues(const store::Snapshot& snapshot, const std::string& by, const std::string& run);

// The qualities by name, as facets, sorts and colours call them, and one of them for a sample (NaN: not measured).
inline constexpr std::array<std::string_view, 8> kQualityNames = {
    "width", "height", "bytes", "brightness", "contrast", "sharpness", "colourfulness", "entropy"};
float QualityOf(const store::Snapshot& snapshot, std::string_view name, model::Ordinal ordinal);

}  // namespace burnish::app
