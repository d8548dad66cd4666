#pragma once

#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include "model/label.hpp"
#include "model/sample.hpp"
#include "store/columns/attachments.hpp"

namespace burnish::app {

// The full probabilities of a model run: f16 rows by ordinal, one column per class, little-endian, no header.
// A row of NaN: no probabilities for that sample.
void WriteProbabilities(const std::filesystem::path& file, std::span<const float> rows);

// One sample's, by class; empty when the run has none for it or the file is gone.
std::vector<std::pair<model::ClassId, float>> ReadProbabilities(const store::RunColumns& run, model::Ordinal ordinal);

}  // namespace burnish::app
