#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "formats/file_set.hpp"
#include "formats/plan.hpp"

namespace burnish::formats {

// What an export of ours says about itself, where a format alone would lose it: names that are no folder names, types
// of columns.
struct Manifest {
  std::string format;                                // as in kExportFormatNames
  std::map<std::string, std::string> class_folders;  // folder name to class name, where they differ
  std::string no_label_folder;
  struct ManifestColumn {
    std::string name;
    Role role = Role::kIgnore;
    model::FieldType type = model::FieldType::kText;
    std::string field;
  };
  std::vector<ManifestColumn> columns;
};

inline constexpr std::string_view kManifestName = "manifest.json";
inline constexpr std::string_view kChecksumsName = "checksums.txt";  // "BLAKE2b-256 (name) = hex", for b2sum --check

// The manifest in the folder `folder` of the source, if there is one of ours; files of that name by others are not.
std::optional<Manifest> FindManifest(const FileSet& files, const std::string& folder);

}  // namespace burnish::formats
