#pragma once

#include "formats/registry.hpp"

namespace burnish::formats {

// Pictures in folders. The columns are the path and the folders on it ("folder 1", "folder 2", ...), so that classes
// inside splits, splits inside classes and anything else is a matter of the mapping.
class FolderFormat final : public Format {
 public:
  FormatId Id() const override { return FormatId::kFolder; }
  std::vector<Recognition> Recognize(const FileSet& files, const Reader& reader) const override;
  ImportPlan Inspect(const FileSet& files, const std::string& table, const Reader& reader) const override;
  void ReadRows(const FileSet& files, const Mapping& mapping, const Reader& reader, Pictures pictures,
                const RowSink& sink, Problems& problems) const override;
};

}  // namespace burnish::formats
