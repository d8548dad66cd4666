#include "formats/manifest.hpp"

#include <boost/json.hpp>

#include "base/error.hpp"
#include "formats/limits.hpp"

namespace burnish::formats {
namespace {

namespace json = boost::json;

std::string TextOf(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

model::FieldType TypeOf(const std::string& name) {
  for (std::size_t i = 0; i < model::kFieldTypeNames.size(); ++i) {
    if (name == model::kFieldTypeNames[i]) return static_cast<model::FieldType>(i);
  }
  return model::FieldType::kText;
}

std::optional<Manifest> Parse(const std::string& text) {
  boost::system::error_code error;

  const auto value = json::parse(text, error);
  if (error || !value.is_object() || !value.as_object().contains("burnish")) return std::nullopt;
  const auto& object = value.as_object();
  Manifest manifest;
  manifest.format = TextOf(object, "format");
  manifest.no_label_folder = TextOf(object, "no_label_folder");
  if (const auto* folders = object.if_contains("class_folders"); folders != nullptr && folders->is_object()) {
    for (const auto& [folder, name] : folders->as_object()) {
      if (name.is_string()) manifest.class_folders.emplace(std::string(folder), std::string(name.as_string()));
    }
  }
  if (const auto* columns = object.if_contains("columns"); columns != nullptr && columns->is_array()) {
    for (const auto& column : columns->as_array()) {
      if (!column.is_object()) continue;
      const auto& fields = column.as_object();
      manifest.columns.push_back({TextOf(fields, "name"), RoleFromName(TextOf(fields, "role")).value_or(Role::kIgnore),
                                  TypeOf(TextOf(fields, "type")), TextOf(fields, "field")});
    }
  }
  return manifest;
}

}  // namespace

std::optional<Manifest> FindManifest(const FileSet& files, const std::string& folder) {
  const auto file = files.Find(folder.empty() ? std::string(kManifestName) : folder + "/" + std::string(kManifestName));
  if (file == kNoFile || files.Files()[file].bytes > kMaxManifestBytes) return std::nullopt;
  try {
    return Parse(base::ReadAll(files.Open(file), kMaxManifestBytes));
  } catch (const base::Error&) {
    return std::nullopt;  // a manifest helps; the data can be read without it
  }
}

}  // namespace burnish::formats
