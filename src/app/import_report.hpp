#pragma once

#include <string>

#include "app/imports.hpp"

namespace burnish::app {

// The report of an import and where it came from, as the catalog keeps them.
std::string ReportToText(const ImportReport& report);
// Nothing for a text that is no report: an import that never ended.
std::optional<ImportReport> ReportFromText(const std::string& text);
std::string SourceToText(const ImportSource& source);
ImportSource SourceFromText(const std::string& text);

}  // namespace burnish::app
