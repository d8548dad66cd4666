// The samples that benchmarks measure on: twelve fields, no media that could be read.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "model/label.hpp"
#include "store/columns/snapshot.hpp"

namespace burnish::bench {

inline constexpr int kFields = 12;
inline constexpr model::ClassId kClasses = 100;

inline bool IsNumber(int field) { return field % 3 == 2; }
inline std::string FieldName(int field) { return "field " + std::to_string(field); }

// Sizes and fields by a seed. Eight fields are texts of 10 or 1,000 values, four are numbers.
inline store::BatchSource Generated(std::size_t samples) {
  store::BatchSource source;
  for (int i = 0; i < kFields; ++i)
    source.fields.push_back({FieldName(i), IsNumber(i) ? model::FieldType::kNumber : model::FieldType::kText});
  source.next = [samples, made = std::size_t{0},
                 engine = std::mt19937(1)](std::vector<store::SampleRow>& rows) mutable {
    if (made == samples) return false;
    rows.resize(std::min<std::size_t>(2'048, samples - made));
    for (store::SampleRow& row : rows) {
      row.source = "generated";
      row.path = "folder/" + std::to_string(made) + ".jpg";
      row.media.location = {"generated", row.path};
      row.media.content = base::HashContent(std::as_bytes(std::span(row.path)));
      row.media.bytes = engine() % 100'000;
      row.media.width = 64 + engine() % 64;
      row.media.height = 64;
      row.split = static_cast<model::Split>(engine() % 4);
      row.label = model::PackLabel(static_cast<model::ClassId>(engine() % kClasses), model::LabelState::kSet);
      row.fields.resize(kFields);
      for (int f = 0; f < kFields; ++f) {
        row.fields[f] = {false, static_cast<double>(engine() % 10'000), {}};
        if (!IsNumber(f)) row.fields[f].text = "value " + std::to_string(engine() % (f < 4 ? 10 : 1'000));
      }
      ++made;
    }
    return true;
  };
  return source;
}

inline constexpr model::ClassId kRegionClasses = 80;

// `each` regions on every sample, by a seed: a batch of region labels in `file`. Calls `visit(sample, label)` for each.
template <class Visit>
void WriteGeneratedRegions(const std::filesystem::path& file, std::size_t samples, std::size_t each, Visit&& visit) {
  store::RegionWriter writer(file);
  std::mt19937 engine(5);
  const auto share = [&] { return static_cast<float>(engine() % 1'000) / 1'000; };
  std::vector<store::RegionLabel> labels(each);
  for (std::size_t sample = 0; sample < samples; ++sample) {
    for (store::RegionLabel& label : labels) {
      label = {static_cast<model::ClassId>(engine() % kRegionClasses), share(), {share(), share(), share(), share()}};
      visit(sample, label);
    }
    writer.Append(labels);
  }
  writer.Finish();
}

// Gives sample i the row i of the first batch of region labels.
inline model::AspectDelta FirstRegions(std::size_t samples) {
  model::AspectDelta delta{{model::AspectKind::kRegions, 0}, std::vector<model::Ordinal>(samples), {}, {}};
  std::iota(delta.ordinals.begin(), delta.ordinals.end(), 0U);
  delta.before.assign(samples, 0);
  delta.after.resize(samples);
  std::iota(delta.after.begin(), delta.after.end(), 1U);
  return delta;
}

inline std::vector<model::ClassEdit> GeneratedClasses() {
  std::vector<model::ClassEdit> edits;
  for (model::ClassId i = 0; i < kClasses; ++i)
    edits.push_back({std::nullopt, {i, "class " + std::to_string(i), false, std::nullopt}});
  return edits;
}

}  // namespace burnish::bench
