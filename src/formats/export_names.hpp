#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "model/sample.hpp"

namespace burnish::formats {

// Gives each sample of an export a file name that is its own, also where case does not count, and that every file
// system takes. The same samples get the same names each time.
class FileNames {
 public:
  // `wanted` where it is clean and free; else a name in "renamed/" with the ordinal.
  std::string Take(const std::string& wanted, std::uint32_t ordinal);
  // In folder `folder`: the last part of `path`, with the ordinal where that is taken.
  std::string TakeIn(const std::string& folder, std::string_view path, std::uint32_t ordinal);
  // A name that is there already: the table, the manifest.
  void Reserve(const std::string& name);

 private:
  bool Free(const std::string& name) const;
  // Hashes instead of names: a million of them must not fill the memory. A clash only costs a nicer name.
  std::unordered_set<std::uint64_t> files_;
  std::unordered_set<std::uint64_t> folders_;
};

// A folder name for each class: its own, unless it has signs that file systems or importers take for something else.
class ClassFolders {
 public:
  const std::string& For(const std::string& class_name);
  // Folder name to class name, where they differ.
  std::map<std::string, std::string> Renamed() const;

 private:
  std::map<std::string, std::string> folders_;  // by class
  std::set<std::string> taken_ = {"unlabeled"};
};
inline constexpr std::string_view kNoLabelFolder = "unlabeled";

// Column names for fields that differ from the built-in ones and from each other, also where case does not count.
std::vector<std::string> ColumnNames(const std::vector<model::Field>& fields);

}  // namespace burnish::formats
