#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/error.hpp"
#include "base/files.hpp"
#include "model/filter_json.hpp"
#include "store/columns/columns_file.hpp"
#include "store/columns/filter_compiler.hpp"
#include "store/columns/test_project.hpp"

// Runs tests/queries/*.txt: filters as text with the ordinals that they must give, from memory and from DuckDB.
namespace burnish::store {
namespace {

namespace json = boost::json;

const std::filesystem::path kQueries = "tests/queries";

std::string TextOf(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr ? std::string() : std::string(value->as_string());
}

// clothes.json as a project with two imports and the edits that its marks ask for.
class Clothes {
 public:
  Clothes() : data_(json::parse(base::ReadFile(kQueries / "clothes.json")).as_object()) {
    model::Change classes;
    for (const json::value& name : data_["classes"].as_array()) {
      classes.delta.classes.push_back({std::nullopt,
                                       {static_cast<model::ClassId>(classes.delta.classes.size()),
                                        std::string(name.as_string()), false, std::nullopt}});
    }
    project_.Append(std::move(classes));
    for (const json::value& name : data_["tags"].as_array()) project_.AddTag(std::string(name.as_string()));
    Import(0, 4);
    Import(4, data_["samples"].as_array().size());
    LabelRegions();
    Mark();
    Attach();
  }

  const Snapshot& Now() const { return *snapshot_; }

  FilterSources Sources() {
    FilterSources sources;
    sources.stored_set = [this](const base::StoredSetId& set) {
      std::vector<model::Ordinal> ordinals;
      for (const json::value& value : data_["stored_sets"].as_object().at(set.Text()).as_array())
        ordinals.push_back(value.to_number<model::Ordinal>());
      return ordinals;
    };
    return sources;
  }

  std::unique_ptr<ColumnsFile> File() {
    duck::DatabaseOptions options;
    options.file = project_.File();
    options.folders = {project_.Folder()};
    auto file = std::make_unique<ColumnsFile>(base::ProjectId("project"), options);
    file->Apply(project_.Changes(), project_.BatchFile());
    return file;
  }

 private:
  model::FieldValue Value(const json::object& sample, const std::string& key, bool text) const {
    const json::value* value = sample.if_contains(key);
    if (value == nullptr) return Missing();
    return text ? Text(std::string(value->as_string())) : Number(value->to_number<double>());
  }

  void Import(std::size_t first, std::size_t last) {
    std::vector<model::Field> fields;
    for (const json::value& field : data_["fields"].as_array()) {
      const std::string type(field.at("type").as_string());
      const auto place = std::find(model::kFieldTypeNames.begin(), model::kFieldTypeNames.end(), type);
      fields.push_back({std::string(field.at("name").as_string()),
                        static_cast<model::FieldType>(place - model::kFieldTypeNames.begin())});
    }
    std::vector<SampleRow> rows;
    for (std::size_t i = first; i < last; ++i) {
      const json::object& sample = data_["samples"].as_array()[i].as_object();
      std::uint32_t label = model::kNoLabelCode;
      if (sample.contains("label")) {
        const std::string state = TextOf(sample, "state");
        const auto place =
            std::find(model::kLabelStateNames.begin(), model::kLabelStateNames.end(), state.empty() ? "set" : state);
        label = Labeled(project_.Now()->ontology.FindByName(TextOf(sample, "label"))->id,
                        static_cast<model::LabelState>(place - model::kLabelStateNames.begin()));
      }
      SampleRow row = Row(TextOf(sample, "path"), *model::SplitFromName(TextOf(sample, "split")), label,
                          {Value(sample, "site", true), Value(sample, "age", false), Value(sample, "indoor", false),
                           Value(sample, "captured", false), Value(sample, "hostile", true), Value(sample, "rtl", true),
                           Value(sample, "split_field", true)});
      if (sample.contains("twin")) row.media.content = Row("twin").media.content;
      rows.push_back(std::move(row));
    }
    project_.Import(fields, rows);
  }

  void LabelRegions() {
    RegionWriter writer(project_.Folder() / "regions");
    model::AspectDelta delta{{model::AspectKind::kRegions, 0}, {}, {}, {}};
    for (const json::value& sample : data_["regions"].as_array()) {
      std::vector<RegionLabel> labels;
      for (const json::value& region : sample.as_array()) {
        const json::array& pair = region.as_array();
        labels.push_back({project_.Now()->ontology.FindByName(std::string(pair[0].as_string()))->id,
                          pair[1].is_null() ? kMissingFloat : pair[1].to_number<float>(),
                          {}});
      }
      writer.Append(labels);
      delta.ordinals.push_back(static_cast<model::Ordinal>(delta.ordinals.size()));
      delta.before.push_back(0);
      delta.after.push_back(writer.Rows());
    }
    writer.Finish();
    model::Change change;
    change.imported = model::ImportedRange{base::ImportId("regions"),
                                           static_cast<model::Ordinal>(project_.Now()->Size()), 0, "regions"};
    change.delta.aspects.push_back(std::move(delta));
    project_.Append(std::move(change));
  }

  void Mark() {
    const json::array& samples = data_["samples"].as_array();
    for (model::Ordinal i = 0; i < samples.size(); ++i) {
      const json::object& sample = samples[i].as_object();
      if (sample.contains("excluded")) project_.Set({model::AspectKind::kExcluded, 0}, {i}, 1);
      if (sample.contains("withdrawn")) project_.Set({model::AspectKind::kWithdrawn, 0}, {i}, 1);
      if (!sample.contains("tags")) continue;
      for (const json::value& tag : sample.at("tags").as_array()) {
        project_.Set({model::AspectKind::kTag, *project_.Now()->FindTag(std::string(tag.as_string()))}, {i}, 1);
      }
    }
  }

  void Attach() {
    RunColumns run;
    run.run = base::RunId("probe");
    for (const json::value& row : data_["predictions"].as_object().at("probe").as_array()) {
      const bool none = row.is_null();
      run.predicted.push_back(
          none ? model::kNoClass : project_.Now()->ontology.FindByName(std::string(row.as_array()[0].as_string()))->id);
      run.confidence.push_back(none ? kMissingFloat : row.as_array()[1].to_number<float>());
      run.margin.push_back(none ? kMissingFloat : row.as_array()[2].to_number<float>());
    }
    MapColumns map;
    for (const json::value& at : data_["map"].as_array()) {
      map.positions.push_back(
          at.is_null() ? std::array{kMissingFloat, kMissingFloat}
                       : std::array{at.as_array()[0].to_number<float>(), at.as_array()[1].to_number<float>()});
    }
    SuspectColumns suspects;
    for (const json::value& suspect : data_["suspects"].as_array()) {
      suspects.ranking.push_back(
          {suspect.at("ordinal").to_number<model::Ordinal>(),
           project_.Now()->ontology.FindByName(std::string(suspect.at("given").as_string()))->id,
           project_.Now()->ontology.FindByName(std::string(suspect.at("suggested").as_string()))->id,
           suspect.at("score").to_number<float>()});
    }
    QualityColumns quality;
    for (const json::value& value : data_["brightness"].as_array()) {
      QualityRow row;
      if (!value.is_null()) row.brightness = value.to_number<float>();
      AppendQuality(quality, std::vector{row});
    }
    NearDuplicateColumns near;
    near.members = Bitset(project_.Now()->Size());
    for (const json::value& pair : data_["near"].as_array()) {
      for (const json::value& one : pair.as_array()) near.members.Set(one.to_number<std::size_t>());
    }
    snapshot_ = WithSuspects(*WithMap(*WithRun(*WithQuality(*project_.Now(), quality), run), map), suspects);
    snapshot_ = WithNearDuplicates(*snapshot_, near);
  }

  json::object data_;
  TestProject project_;
  SnapshotPtr snapshot_;
};

// «text×n» becomes n times the text.
std::string Expand(std::string line) {
  const std::string open = "«", times = "×", close = "»";
  for (std::size_t begin = line.find(open); begin != std::string::npos; begin = line.find(open)) {
    const std::size_t end = line.find(close, begin);
    const std::size_t cross = line.rfind(times, end);
    const std::string text = line.substr(begin + open.size(), cross - begin - open.size());
    std::string repeated;
    for (int i = std::stoi(line.substr(cross + times.size(), end - cross - times.size())); i > 0; --i) repeated += text;
    line.replace(begin, end + close.size() - begin, repeated);
  }
  return line;
}

std::string Print(const std::vector<model::Ordinal>& ordinals) {
  std::string text = "=";
  for (const model::Ordinal ordinal : ordinals) text += " " + std::to_string(ordinal);
  return text;
}

TEST(QueriesTest, FiltersAnswerAsWrittenFromMemoryAndFromDuckDb) {
  Clothes clothes;
  const FilterSources sources = clothes.Sources();
  const auto file = clothes.File();
  std::ifstream input(kQueries / "filters.txt");
  std::string line, question;
  int cases = 0;
  for (int number = 1; std::getline(input, line); ++number) {
    if (line.starts_with("? ")) question = Expand(line.substr(2));
    if (!line.starts_with("=") && !line.starts_with("!")) continue;
    const std::string place = "filters.txt:" + std::to_string(number) + ": " + question.substr(0, 200);
    ++cases;
    try {
      const model::Filter filter = model::ParseFilter(question);
      EXPECT_EQ(Print(Evaluate(filter, clothes.Now(), sources).Ordinals()), line) << place;
      EXPECT_EQ(Print(file->Select(CompileToSql(filter, clothes.Now(), sources))), line) << place;
      const model::Filter again = model::FilterFromJson(model::FilterToJson(filter));
      EXPECT_EQ(Print(Evaluate(again, clothes.Now(), sources).Ordinals()), line) << "written and read again, " << place;
      EXPECT_TRUE(line.starts_with("=")) << place;
    } catch (const base::Error& error) {
      EXPECT_EQ("! " + error.Thing(), Expand(line)) << place << "\n" << error.what();
      EXPECT_EQ(error.Code(), base::ErrorCode::kInvalidArgument) << place;
      EXPECT_LT(std::string(error.what()).size(), 400U) << place;
    }
  }
  EXPECT_GT(cases, 100);
}

}  // namespace
}  // namespace burnish::store
