#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "model/label.hpp"
#include "store/columns/bitset.hpp"
#include "store/columns/column.hpp"

namespace burnish::store {

// What is derived from samples and lives beside them by ordinal: not truth, not in the digest, replaced
// as a whole or in row ranges. Rows beyond an attachment's end, and NaN, are missing.

inline constexpr float kMissingFloat = std::numeric_limits<float>::quiet_NaN();

struct QualityRow {
  float brightness = kMissingFloat;
  float contrast = kMissingFloat;
  float sharpness = kMissingFloat;
  float colourfulness = kMissingFloat;
  float entropy = kMissingFloat;
  std::uint64_t perceptual_hash = 0;
  bool measured = false;
};

// Width, height and bytes are columns of the media; these are measured on the pixels.
struct QualityColumns {
  Column<float> brightness, contrast, sharpness, colourfulness, entropy;
  Column<std::uint64_t> perceptual_hash;
  std::shared_ptr<const Bitset> measured;
  std::uint64_t generation = 0;
};

// Adds those of the samples that follow.
void AppendQuality(QualityColumns& quality, std::span<const QualityRow> rows);

// Predictions of one model run, one per sample at most.
struct RunColumns {
  base::RunId run;
  std::string name;
  std::vector<model::ClassId> predicted;  // by ordinal; kNoClass: no prediction
  std::vector<float> confidence;          // NaN: the model gave none
  std::vector<float> margin;              // first minus second probability; NaN: the model gave no probabilities
  // Where the full probabilities are (f16 rows by ordinal, the classes in `probability_classes`'s order); empty:
  // nowhere.
  std::string probabilities_file;
  std::vector<model::ClassId> probability_classes;
  std::uint64_t generation = 0;  // of whoever made it: the run of the probe, the change that brought it

  model::ClassId Predicted(model::Ordinal i) const noexcept {
    return i < predicted.size() ? predicted[i] : model::kNoClass;
  }
  float Confidence(model::Ordinal i) const noexcept { return i < confidence.size() ? confidence[i] : kMissingFloat; }
  float Margin(model::Ordinal i) const noexcept { return i < margin.size() ? margin[i] : kMissingFloat; }
};

// The 2-D map: (x, y) by ordinal, NaN where a sample has no place yet.
struct MapColumns {
  std::vector<std::array<float, 2>> positions;
  std::uint64_t generation = 0;
};

struct Suspect {
  model::Ordinal ordinal = 0;
  model::ClassId given = model::kNoClass;
  model::ClassId suggested = model::kNoClass;
  float score = 0;  // as the ranking orders; see insight
};

// Suspected wrong labels, best first.
struct SuspectColumns {
  std::vector<Suspect> ranking;
  std::vector<float> label_score;  // by ordinal: how well the label is believed, NaN where there is none; may be empty
  std::uint64_t generation = 0;
};

// The near duplicates of each sample: for sample i those at [begins[i], begins[i + 1]), closest first.
struct NearDuplicateColumns {
  struct Near {
    model::Ordinal ordinal = 0;
    float score = 0;  // see insight
    bool operator==(const Near&) const = default;
  };
  std::vector<std::uint32_t> begins;  // samples + 1
  std::vector<Near> near;
  Bitset members;  // samples that have some
  std::uint64_t generation = 0;

  std::span<const Near> Of(model::Ordinal i) const noexcept {
    if (std::size_t{i} + 1 >= begins.size()) return {};
    return std::span(near).subspan(begins[i], begins[i + 1] - begins[i]);
  }
};

}  // namespace burnish::store
