#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "formats/export.hpp"

namespace burnish::formats {

// The table of a CSV or Parquet export, written to a file of its own.
class ExportTable {
 public:
  virtual ~ExportTable() = default;
  // `path` as the export has it.
  virtual void Add(const std::string& path, const ExportSample& sample) = 0;
  // The file is complete.
  virtual void Finish() = 0;
  virtual std::uint64_t EscapedCells() const { return 0; }
};

// `columns`: names for the fields, see ColumnNames.
std::unique_ptr<ExportTable> MakeCsvTable(const std::filesystem::path& file, CsvMode mode,
                                          const std::vector<std::string>& columns,
                                          const std::vector<model::Field>& fields);
std::unique_ptr<ExportTable> MakeParquetTable(const std::filesystem::path& file,
                                              const std::vector<std::string>& columns,
                                              const std::vector<model::Field>& fields);

std::string JoinTags(const std::vector<std::string>& tags);

}  // namespace burnish::formats
