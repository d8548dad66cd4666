#include "formats/table_path.hpp"

#include <algorithm>
#include <vector>

#include "formats/file_set.hpp"
#include "formats/text.hpp"

namespace burnish::formats {

std::optional<TableKind> TableKindOf(std::string_view path) {
  const std::string lower = LowerAscii(path);
  if (lower.ends_with(".csv") || lower.ends_with(".tsv") || lower.ends_with(".tab")) return TableKind::kCsv;
  if (lower.ends_with(".parquet") || lower.ends_with(".pq")) return TableKind::kParquet;
  return std::nullopt;
}

std::optional<std::string> ResolvePath(const std::string& base, std::string_view cell, ProblemCode& why) {
  const auto refuse = [&](ProblemCode code) {
    why = code;
    return std::nullopt;
  };
  if (Trim(cell).empty()) return refuse(ProblemCode::kPathEmpty);
  std::string path(cell);
  std::replace(path.begin(), path.end(), '\\', '/');
  const bool drive = path.size() >= 2 && path[1] == ':';
  if (path.starts_with('/') || drive || path.find("://") != std::string::npos) return refuse(ProblemCode::kPathOutside);
  if (!base.empty()) path = base + "/" + path;

  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const std::string part = path.substr(begin, end - begin);
    begin = end + 1;
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
      continue;
    }
    if (parts.empty()) return refuse(ProblemCode::kPathOutside);
    parts.pop_back();
  }
  std::string result;
  for (const auto& part : parts) result += (result.empty() ? "" : "/") + part;
  return CleanPath(result, why);
}

}  // namespace burnish::formats
