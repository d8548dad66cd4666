#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/catalog/session.hpp"

namespace burnish::store {

enum class ImportState : std::uint8_t { kPreview = 0, kRunning = 1, kDone = 2, kFailed = 3, kCancelled = 4 };
inline constexpr std::array<std::string_view, 5> kImportStateNames = {"preview", "running", "done", "failed",
                                                                      "cancelled"};
std::string_view ImportStateName(ImportState state);

// One arrival of data, from its preview on. The report stays.
struct ImportRecord {
  base::ImportId id;
  base::PersonId author;
  ImportState state = ImportState::kPreview;
  std::string source = "{}";                     // JSON: what was brought, for people and for a second import
  std::string options = "{}";                    // JSON: the person's mapping and choices
  std::string report = "{}";                     // JSON: what came in, what was left out and why
  std::optional<base::SequenceNumber> sequence;  // its change, once done
  base::Micros created = 0;                      // filled by CreateImport
};

void CreateImport(Writer& writer, const base::ProjectId& project, const ImportRecord& import);
// State, source, options, report and sequence become those of `import`. Throws kNotFound.
void UpdateImport(Writer& writer, const base::ProjectId& project, const ImportRecord& import);
std::optional<ImportRecord> FindImport(Reader& reader, const base::ProjectId& project, const base::ImportId& import);
std::vector<ImportRecord> ListImports(Reader& reader, const base::ProjectId& project);  // newest first

}  // namespace burnish::store
