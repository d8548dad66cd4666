#pragma once

#include "formats/registry.hpp"
#include "formats/table_path.hpp"

namespace burnish::formats {

// CSV, TSV and Parquet tables with a column of paths (or, in Parquet, of pictures) and further columns.
class TableFormat final : public Format {
 public:
  explicit TableFormat(FormatId id) : id_(id) {}
  FormatId Id() const override { return id_; }
  std::vector<Recognition> Recognize(const FileSet& files, const Reader& reader) const override;
  ImportPlan Inspect(const FileSet& files, const std::string& table, const Reader& reader) const override;
  void ReadRows(const FileSet& files, const Mapping& mapping, const Reader& reader, Pictures pictures,
                const RowSink& sink, Problems& problems) const override;

 private:
  FormatId id_;
};

}  // namespace burnish::formats
