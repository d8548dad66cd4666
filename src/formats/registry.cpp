#include "formats/registry.hpp"

#include <algorithm>

#include "formats/folder_format.hpp"
#include "formats/idx_format.hpp"
#include "formats/table_format.hpp"

namespace burnish::formats {
namespace {

std::vector<std::unique_ptr<Format>> MakeFormats() {
  std::vector<std::unique_ptr<Format>> formats;
  formats.push_back(std::make_unique<IdxFormat>());
  formats.push_back(std::make_unique<TableFormat>(FormatId::kCsv));
  formats.push_back(std::make_unique<TableFormat>(FormatId::kParquet));
  formats.push_back(std::make_unique<FolderFormat>());
  return formats;
}

std::string SourceName(const FileSet& files) {
  return files.Files().size() == 1 ? files.Files()[0].path : "this source";
}

ImportPlan WithFileProblems(ImportPlan plan, const FileSet& files) {
  plan.problems.Add(files.Found());
  const bool explained = plan.problems.Blocking();
  if (plan.rows == 0 && !explained) plan.problems.Add(ProblemCode::kNothingToImport, SourceName(files));
  return plan;
}

}  // namespace

const std::vector<std::unique_ptr<Format>>& Formats() {
  static const auto formats = MakeFormats();
  return formats;
}

const Format& FormatOf(FormatId id) {
  return **std::find_if(Formats().begin(), Formats().end(), [&](const auto& format) { return format->Id() == id; });
}

ImportPlan Detect(const FileSet& files, const Reader& reader, const std::string& table) {
  std::vector<Recognition> found;
  for (const auto& format : Formats()) {
    for (auto& way : format->Recognize(files, reader)) {
      if (table.empty() || way.table == table) found.push_back(std::move(way));
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.confidence > b.confidence; });
  // Without anything recognised, the folder reading says of each file why it does not count.
  if (found.empty()) found.push_back({FormatId::kFolder, "", 0, ""});
  ImportPlan plan = Inspect(files, found[0].format, found[0].table, reader);
  plan.confidence = found[0].confidence;
  for (std::size_t i = 1; i < found.size(); ++i) {
    plan.alternatives.push_back({found[i].format, found[i].table, found[i].confidence, found[i].sentence});
  }
  return plan;
}

ImportPlan Inspect(const FileSet& files, FormatId format, const std::string& table, const Reader& reader) {
  return WithFileProblems(FormatOf(format).Inspect(files, table, reader), files);
}

}  // namespace burnish::formats
