#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "formats/export_support.hpp"

namespace burnish::formats {
namespace {

// Texts that are hard on writers and readers, without control characters where names must not have them.
std::string AnyText(bool lines) {
  static const std::vector<std::string> kPieces = {"a", "B",  "ä",  "猫", "=", "-",   "@",         ",",
                                                   ";", "|",  "\"", "'",  " ", "1",   "0",         ".",
                                                   "/", "\\", "%",  "#",  "ß", "x y", "\U0001F600"};
  std::string text;
  for (const auto piece : *rc::gen::container<std::vector<std::size_t>>(
           rc::gen::inRange<std::size_t>(0, kPieces.size() + (lines ? 3 : 0)))) {
    text +=
        piece < kPieces.size() ? kPieces[piece] : std::vector<std::string>{"\n", "\r\n", "\t"}[piece - kPieces.size()];
  }
  return text;
}

// A name as the product lets people give it: not empty, no spaces around it.
std::string AnyName() {
  std::string name = AnyText(false);
  name.erase(0, name.find_first_not_of(' '));
  while (!name.empty() && name.back() == ' ') name.pop_back();
  name.resize(std::min<std::size_t>(name.size(), 60));
  while (!name.empty() && (static_cast<unsigned char>(name.back()) & 0x80U) != 0) name.pop_back();
  while (!name.empty() && name.back() == ' ') name.pop_back();
  return name.empty() ? "name" : name;
}

model::FieldValue AnyValue(model::FieldType type) {
  if (*rc::gen::inRange(0, 4) == 0) return {};
  switch (type) {
    case model::FieldType::kText:
      return {false, 0, AnyText(true)};
    case model::FieldType::kNumber:
      return {false, *rc::gen::element(0.0, -5.0, 0.1, 1e300, -1e-300, 12345678.25, 3.0), {}};
    case model::FieldType::kBoolean:
      return {false, *rc::gen::element(0.0, 1.0), {}};
    case model::FieldType::kTime:
      return {
          false, static_cast<double>(*rc::gen::inRange<std::int64_t>(-1'000'000'000'000, 4'000'000'000'000'000)), {}};
  }
  return {};
}

struct Project {
  TestSource source;
  ExportRequest request;
};

void AnyProject(Project& project, bool fields) {
  std::set<std::string> names;
  for (int i = *rc::gen::inRange(0, 4); fields && i > 0; --i) {
    const auto name = AnyName();
    if (names.insert(name).second)
      project.request.fields.push_back({name, static_cast<model::FieldType>(*rc::gen::inRange(0, 4))});
  }
  const std::vector<std::string> classes = {AnyName(), AnyName(), "unlabeled", "pool", "test", "Cat", "cat"};
  const int count = *rc::gen::inRange(1, 12);
  for (int i = 0; i < count; ++i) {
    std::vector<model::FieldValue> values;
    for (const auto& field : project.request.fields) values.push_back(AnyValue(field.type));
    std::optional<std::string> label;
    if (*rc::gen::inRange(0, 4) != 0) label = *rc::gen::elementOf(classes);
    const std::string folder = *rc::gen::element<std::string>("", "a/", "A/", "ä b/c/", "train/");
    project.source.Add(Sample(folder + std::to_string(i) + *rc::gen::element<std::string>(".png", ".PNG", " x.png"),
                              label, static_cast<model::Split>(*rc::gen::inRange(0, 4)), values),
                       Png(i * 7 + 1));
  }
}

// What the format carries of a sample, as one text.
std::string Carried(const std::optional<std::string>& path, base::ContentHash content,
                    const std::optional<std::string>& label, model::Split split,
                    const std::vector<model::Field>& fields, const std::vector<model::FieldValue>& values) {
  std::string text = path.value_or("") + " " + content.Hex() + " class=" + label.value_or("(none)") + " " +
                     std::string(model::SplitName(split));
  for (std::size_t i = 0; i < fields.size(); ++i) {
    text += "\n  " + fields[i].name + ":" +
            std::string(model::kFieldTypeNames[static_cast<std::size_t>(fields[i].type)]) + "=" +
            (values[i].missing                           ? "missing"
             : fields[i].type == model::FieldType::kText ? "'" + values[i].text + "'"
                                                         : std::to_string(values[i].number));
  }
  return text;
}

void ExpectRoundTrip(Project& project, ExportFormat format) {
  const bool paths = format != ExportFormat::kFolder;
  project.request.format = format;
  TestFolder folder;
  ExportTo(folder, project.request, project.source);

  const auto files = OpenFolder(folder.Root(), "out");
  const auto plan = Detect(*files, Reader());
  RC_ASSERT(Describe(plan.problems) == "");
  CheckMapping(plan, plan.mapping);
  std::vector<std::string> read;
  Problems problems;
  ReadSamples(
      *files, plan.mapping, Reader(), Pictures::kWith,
      [&](StagedSample&& sample) {
        const std::string bytes = base::ReadAll(files->Open(sample.file), 1 << 20);
        const auto content = base::HashContent(std::as_bytes(std::span(bytes)));
        read.push_back(Carried(paths ? std::optional(sample.path) : std::nullopt, content, sample.class_name,
                               sample.split.value_or(model::Split::kPool), FieldsOf(plan.mapping), sample.fields));
        return true;
      },
      problems);
  RC_ASSERT(Describe(problems) == "");

  std::vector<std::string> written;
  for (const auto& sample : project.source.Samples()) {
    written.push_back(Carried(paths ? std::optional(sample.path) : std::nullopt, sample.content, sample.class_name,
                              sample.split, project.request.fields, sample.fields));
  }
  std::sort(read.begin(), read.end());
  std::sort(written.begin(), written.end());
  RC_ASSERT(read == written);
}

RC_GTEST_PROP(RoundTripTest, FolderPerClass, ()) {
  Project project;
  AnyProject(project, false);
  ExpectRoundTrip(project, ExportFormat::kFolder);
}

RC_GTEST_PROP(RoundTripTest, CsvExact, ()) {
  Project project;
  AnyProject(project, true);
  ExpectRoundTrip(project, ExportFormat::kCsv);
}

RC_GTEST_PROP(RoundTripTest, Parquet, ()) {
  Project project;
  AnyProject(project, true);
  ExpectRoundTrip(project, ExportFormat::kParquet);
}

}  // namespace
}  // namespace burnish::formats
