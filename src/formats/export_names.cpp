#include "formats/export_names.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "formats/file_set.hpp"
#include "formats/plan.hpp"
#include "formats/text.hpp"

namespace burnish::formats {
namespace {

constexpr std::size_t kMaxPartBytes = 200;  // 255 is the limit of most file systems

std::uint64_t Key(std::string_view name) { return std::hash<std::string>{}(LowerAscii(name)); }

bool IsSafePart(std::string_view part) {
  return !part.empty() && part.size() <= kMaxPartBytes && part.find_first_of("\\/:*?\"<>|") == std::string_view::npos &&
         !HasControl(part) && IsUtf8(part) && part.front() != '.' && part.back() != '.' && part.front() != ' ' &&
         part.back() != ' ' && !IsHidden(part);
}

bool IsSafePath(std::string_view path) {
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    if (!IsSafePart(path.substr(begin, end - begin))) return false;
    begin = end + 1;
  }
  return true;
}

// Signs that file systems refuse become '_'.
std::string SafePart(std::string_view part) {
  std::string safe;
  for (const char c : part) {
    const bool bad = std::string_view("\\/:*?\"<>|").find(c) != std::string_view::npos ||
                     static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    safe.push_back(bad ? '_' : c);
  }
  // The end holds the extension: cut in front of it.
  if (safe.size() > kMaxPartBytes - 20) safe = safe.substr(safe.size() - (kMaxPartBytes - 20));
  while (!safe.empty() && !IsUtf8(safe)) safe.erase(0, 1);
  while (!safe.empty() && (safe.front() == '.' || safe.front() == ' ')) safe.erase(0, 1);
  while (!safe.empty() && (safe.back() == '.' || safe.back() == ' ')) safe.pop_back();
  return safe.empty() || !IsSafePart(safe) ? "sample" : safe;
}

std::string_view LastPart(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

bool FileNames::Free(const std::string& name) const {
  if (files_.contains(Key(name)) || folders_.contains(Key(name))) return false;
  for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    if (files_.contains(Key(name.substr(0, slash)))) return false;
  }
  return true;
}

void FileNames::Reserve(const std::string& name) {
  files_.insert(Key(name));
  for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1))
    folders_.insert(Key(name.substr(0, slash)));
}

std::string FileNames::Take(const std::string& wanted, std::uint32_t ordinal) {
  if (IsSafePath(wanted) && Free(wanted)) {
    Reserve(wanted);
    return wanted;
  }
  return TakeIn("renamed", std::to_string(ordinal) + "-" + SafePart(LastPart(wanted)), ordinal);
}

std::string FileNames::TakeIn(const std::string& folder, std::string_view path, std::uint32_t ordinal) {
  const std::string safe = SafePart(LastPart(path));
  std::string name = folder + "/" + safe;
  const auto dot = safe.rfind('.');
  const std::string stem = safe.substr(0, dot);
  const std::string extension = dot == std::string::npos ? "" : safe.substr(dot);
  std::string mark = "~" + std::to_string(ordinal);
  while (!Free(name)) {
    name = folder;
    name += "/" + stem + mark + extension;
    mark += "~";
  }
  Reserve(name);
  return name;
}

const std::string& ClassFolders::For(const std::string& class_name) {
  const auto known = folders_.find(class_name);
  if (known != folders_.end()) return known->second;
  std::string folder = IsSafePart(class_name) ? class_name : SafePart(class_name);
  const std::string base = folder;
  for (int number = 2; !taken_.insert(LowerAscii(folder)).second; ++number)
    folder = base + "~" + std::to_string(number);
  return folders_.emplace(class_name, folder).first->second;
}

std::map<std::string, std::string> ClassFolders::Renamed() const {
  std::map<std::string, std::string> renamed;
  for (const auto& [class_name, folder] : folders_) {
    // "pool" as a class must not be read as the absence of one.
    if (folder != class_name || SplitFromWord(folder)) renamed.emplace(folder, class_name);
  }
  return renamed;
}

std::vector<std::string> ColumnNames(const std::vector<model::Field>& fields) {
  static constexpr std::array<std::string_view, 4> kBuiltIn = {"path", "class", "split", "tags"};
  std::set<std::string> taken(kBuiltIn.begin(), kBuiltIn.end());
  std::vector<std::string> names;
  for (const auto& field : fields) {
    std::string name = field.name;
    if (taken.contains(LowerAscii(name)) || name.starts_with("field:")) name = "field:" + name;
    const std::string base = name;
    for (int number = 2; !taken.insert(LowerAscii(name)).second; ++number)
      name = base + " (" + std::to_string(number) + ")";
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace burnish::formats
