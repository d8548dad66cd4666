#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "formats/plan.hpp"
#include "formats/registry.hpp"
#include "model/sample.hpp"

namespace burnish::formats {

// A row under its mapping: a sample before its picture is read.
struct StagedSample {
  std::string path;              // its identity within the source
  std::size_t file = kNoFile;    // in the file set; kNoFile: `bytes` hold the picture
  std::vector<std::byte> bytes;  // of a picture that came inside a table
  std::optional<std::string> class_name;
  std::optional<model::Split> split;
  std::vector<model::FieldValue> fields;  // in the order of FieldsOf
};

// The fields that a mapping brings, in column order.
std::vector<model::Field> FieldsOf(const Mapping& mapping);

// Throws kInvalidArgument, naming the column, for a mapping that cannot work: no path, two paths, a field twice, a
// column count that differs from the plan's.
void CheckMapping(const ImportPlan& plan, const Mapping& mapping);

// What a mapping makes of a source, without its pictures.
struct MappedSummary {
  std::uint64_t samples = 0;
  std::uint64_t unlabeled = 0;
  std::vector<ValueCount> classes;  // by name
  std::vector<ValueCount> splits;   // "train", ...; "none" where the source says nothing
};

// Rows to samples, streaming, in the order of the source. Rows that name no file, a file twice, or a path out of the
// source are left out and listed; what Inspect already said about the table's rows is not said again. `sink` returns
// false to stop.
MappedSummary ReadSamples(const FileSet& files, const Mapping& mapping, const Reader& reader, Pictures pictures,
                          const std::function<bool(StagedSample&&)>& sink, Problems& problems);

}  // namespace burnish::formats
