#include "app/import_report.hpp"

#include <boost/json.hpp>

namespace burnish::app {
namespace {

namespace json = boost::json;

constexpr std::size_t kNamesKept = 1'000;  // of each problem: a report must fit a row of the catalog

json::object DifferenceJson(const ImportDifference& difference) {
  return {{"added", difference.added},
          {"unchanged", difference.unchanged},
          {"changed_content", difference.changed_content},
          {"changed_labels", difference.changed_labels},
          {"filled_labels", difference.filled_labels},
          {"duplicates", difference.duplicates},
          {"missing", difference.missing}};
}

std::uint64_t Count(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr ? 0 : value->to_number<std::uint64_t>();
}

json::array ProblemsJson(const std::vector<formats::ProblemGroup>& problems) {
  json::array list;
  for (const auto& group : problems) {
    json::array names;
    for (std::size_t i = 0; i < std::min(group.names.size(), kNamesKept); ++i) names.emplace_back(group.names[i]);
    list.push_back(
        json::object{{"code", formats::CodeName(group.code)}, {"count", group.count}, {"names", std::move(names)}});
  }
  return list;
}

std::vector<formats::ProblemGroup> ProblemsFrom(const json::array& list) {
  std::vector<formats::ProblemGroup> problems;
  for (const auto& value : list) {
    const auto& object = value.as_object();
    const auto code = formats::CodeFromName(std::string_view(object.at("code").as_string()));
    if (!code) continue;  // of a later program
    formats::ProblemGroup group;
    group.code = *code;
    group.count = Count(object, "count");
    for (const auto& name : object.at("names").as_array()) group.names.emplace_back(name.as_string());
    problems.push_back(std::move(group));
  }
  return problems;
}

}  // namespace

std::string ReportToText(const ImportReport& report) {
  json::object object = {{"samples", report.samples},
                         {"predictions", report.predictions},
                         {"left_out", report.left_out},
                         {"seconds", report.seconds},
                         {"difference", DifferenceJson(report.difference)},
                         {"problems", ProblemsJson(report.problems)}};
  if (report.sequence) object["sequence"] = *report.sequence;
  return json::serialize(object);
}

std::optional<ImportReport> ReportFromText(const std::string& text) {
  boost::system::error_code error;
  const auto value = json::parse(text, error);
  if (error || !value.is_object() || !value.as_object().contains("samples")) return std::nullopt;
  const auto& object = value.as_object();
  ImportReport report;
  report.samples = Count(object, "samples");
  report.predictions = Count(object, "predictions");
  report.left_out = Count(object, "left_out");
  report.seconds = object.at("seconds").to_number<double>();
  if (object.contains("sequence")) report.sequence = Count(object, "sequence");
  const auto& difference = object.at("difference").as_object();
  report.difference = {Count(difference, "added"),           Count(difference, "unchanged"),
                       Count(difference, "changed_content"), Count(difference, "changed_labels"),
                       Count(difference, "filled_labels"),   Count(difference, "duplicates"),
                       Count(difference, "missing")};
  report.problems = ProblemsFrom(object.at("problems").as_array());
  return report;
}

std::string SourceToText(const ImportSource& source) {
  if (const auto* upload = std::get_if<UploadSource>(&source))
    return json::serialize(json::object{{"kind", "upload"}, {"name", upload->name}});
  const auto& folder = std::get<FolderSource>(source);
  return json::serialize(json::object{{"kind", "folder"}, {"root", folder.root}, {"path", folder.path}});
}

ImportSource SourceFromText(const std::string& text) {
  const auto object = json::parse(text).as_object();
  const auto text_of = [&](std::string_view key) { return std::string(object.at(key).as_string()); };
  if (object.at("kind").as_string() == "upload") return UploadSource{text_of("name")};
  return FolderSource{text_of("root"), text_of("path")};
}

}  // namespace burnish::app
