#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/plan.hpp"
#include "formats/reader_child.hpp"

namespace burnish::formats {

// Model results: a table of path plus class (and confidence), or path plus one probability for each class.
struct PredictionPlan {
  std::string sentence;
  std::string details;
  std::vector<Column> columns;
  std::vector<ColumnMapping> mapping;  // guess: kPath, kClass, kConfidence, kProbability or kIgnore
  std::uint64_t rows = 0;
  std::vector<PreviewRow> first_rows;
  std::vector<ValueCount> unknown_classes;  // named by the table, not in the project
  Problems problems;
};

// What to do with a class that the project does not have.
struct ClassChoice {
  enum class Kind : std::uint8_t { kIgnore, kMap, kAdd };
  Kind kind = Kind::kIgnore;
  std::string to;  // kMap
};

struct PredictionMapping {
  std::vector<ColumnMapping> columns;
  std::map<std::string, ClassChoice> unknown_classes;
  bool normalize = false;  // divide by the sum where probabilities do not add up to one
};

struct PredictionRow {
  std::uint32_t sample = 0;       // as `find` gave it
  std::uint32_t class_index = 0;  // into `classes` of ReadPredictions
  std::optional<float> confidence;
  std::vector<float> probabilities;  // by class of the result; empty if the table has none
};

struct PredictionResult {
  std::vector<std::string> classes;  // the project's, then those that are added
  std::uint64_t rows = 0;
};

// Finds a sample by path; nothing if the project has none.
using SampleFinder = std::function<std::optional<std::uint32_t>(std::string_view path)>;

PredictionPlan InspectPredictions(const FileSet& files, std::size_t file, const std::vector<std::string>& classes,
                                  const SampleFinder& find, const Reader& reader);

// Streams the rows that can be used. Left out and listed: unknown samples, NaN, values outside 0..1, sums that are off
// by more than kProbabilitySumTolerance (unless `normalize`), ignored classes, a second row for a sample.
PredictionResult ReadPredictions(const FileSet& files, std::size_t file, const PredictionMapping& mapping,
                                 const std::vector<std::string>& classes, const SampleFinder& find,
                                 const Reader& reader, const std::function<bool(PredictionRow&&)>& sink,
                                 Problems& problems);

}  // namespace burnish::formats
