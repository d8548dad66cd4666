#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "formats/plan.hpp"
#include "formats/reader_child.hpp"
#include "formats/rows.hpp"

// Names of tables are paths in the source; formats without tables get an empty one.
namespace burnish::formats {

// How sure a format is that it can read a source.
struct Recognition {
  FormatId format = FormatId::kFolder;
  std::string table;
  double confidence = 0;
  std::string sentence;
};

// One way to read a source. Stateless; any thread may call.
class Format {
 public:
  virtual ~Format() = default;
  virtual FormatId Id() const = 0;
  // The ways in which this format could read the source, from names and the first rows of tables.
  virtual std::vector<Recognition> Recognize(const FileSet& files, const Reader& reader) const = 0;
  // Reads the source once from start to end: columns, counts, problems, and the guess of a mapping.
  virtual ImportPlan Inspect(const FileSet& files, const std::string& table, const Reader& reader) const = 0;
  // The rows as they are, in a fixed order, cells in the order of the plan's columns. Row problems go to `problems`.
  virtual void ReadRows(const FileSet& files, const Mapping& mapping, const Reader& reader, Pictures pictures,
                        const RowSink& sink, Problems& problems) const = 0;
};

const std::vector<std::unique_ptr<Format>>& Formats();
const Format& FormatOf(FormatId id);

// The plan of the likeliest reading, the others as alternatives. A source without anything readable gives a plan with
// kNothingToImport among its problems. With `table` only readings of that table count.
ImportPlan Detect(const FileSet& files, const Reader& reader, const std::string& table = {});
// The plan of one particular reading, as named by an alternative.
ImportPlan Inspect(const FileSet& files, FormatId format, const std::string& table, const Reader& reader);

}  // namespace burnish::formats
