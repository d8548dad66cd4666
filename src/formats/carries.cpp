#include <algorithm>

#include "formats/export.hpp"

namespace burnish::formats {

std::optional<ExportFormat> ExportFormatFromName(std::string_view name) {
  const auto found = std::find(kExportFormatNames.begin(), kExportFormatNames.end(), name);
  if (found == kExportFormatNames.end()) return std::nullopt;
  return static_cast<ExportFormat>(found - kExportFormatNames.begin());
}

Carries CarriesOf(ExportFormat format, CsvMode mode, bool with_media) {
  Carries carries;
  auto& carried = carries.carried;
  auto& left = carries.not_carried;
  carried = {"the class of each sample", "the split of each sample"};
  if (format == ExportFormat::kFolder) {
    carried.emplace_back("the pictures, byte for byte");
    left = {"paths: a file keeps its name, not its folder", "fields", "tags"};
  } else {
    carried.emplace_back(with_media ? "paths (changed where two would become the same file)" : "paths");
    carried.emplace_back("fields with their types");
    (with_media ? carried : left)
        .emplace_back(with_media ? "the pictures, byte for byte" : "the pictures: only their paths");
    left.emplace_back("tags: they come as a text that an import does not read back");
  }
  if (format == ExportFormat::kCsv && mode == CsvMode::kSpreadsheets) {
    left.emplace_back("exact texts: cells that a spreadsheet would take for a formula begin with an apostrophe");
  }
  for (const std::string_view always : {"whether a label was confirmed, and who set it", "excluded samples",
                                        "classes without samples", "history", "predictions, embeddings and findings"}) {
    left.push_back(always);
  }
  return carries;
}

}  // namespace burnish::formats
