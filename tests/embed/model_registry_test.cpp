#include "embed/model_registry.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "embed/onnx_file.hpp"

namespace burnish::embed {
namespace {

using namespace std::string_view_literals;

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "burnish-models-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  void Write(const std::string& name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  const std::filesystem::path& Path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A ModelProto with ir_version 8 and an empty graph.
constexpr auto kEmptyModel = "\x08\x08\x3A\0"sv;

std::string Problem(std::string_view model, std::string_view description) {
  const Folder folder;
  folder.Write("m.onnx", model);
  folder.Write("m.json", description);
  const ModelRegistry registry(folder.Path());
  return registry.Problems().empty() ? "none" : registry.Problems().front();
}

TEST(ModelRegistryTest, ReadsAModelAndNamesItsRecipe) {
  const Folder folder;
  folder.Write("tiny.onnx", kEmptyModel);
  folder.Write(
      "tiny.json",
      R"({"title":"Tiny","dimensions":4,"size":32,"resize":36,"fit":"crop","filter":"bicubic","mean":[0.5,0.5,0.5],"std":[0.25,0.25,0.25]})");
  const ModelRegistry registry(folder.Path());
  ASSERT_TRUE(registry.Find("tiny").has_value());
  const auto model = *registry.Find("tiny");
  EXPECT_EQ(model.title, "Tiny");
  EXPECT_EQ(model.dimensions, 4);
  EXPECT_EQ(model.spec.fit, media::ModelInputSpec::Fit::kCrop);
  EXPECT_EQ(model.recipe, "tiny/" + model.sha256.substr(0, 12) + "/32 crop 36 bicubic/0.5 0.5 0.5/0.25 0.25 0.25");
  EXPECT_FALSE(registry.Find("other").has_value());
}

TEST(ModelRegistryTest, NoFolderIsNoModels) {
  const ModelRegistry registry("/nonexistent");
  EXPECT_TRUE(registry.Models().empty());
  EXPECT_TRUE(registry.Problems().empty());
}

TEST(ModelRegistryTest, SaysWhyAModelIsLeftOut) {
  EXPECT_EQ(Problem(kEmptyModel, "{"), "The model m.onnx is left out: its JSON cannot be read.");
  EXPECT_EQ(Problem(kEmptyModel, "{}"), "The model m.onnx is left out: \"dimensions\" is not a number from 1 to 8192.");
  EXPECT_EQ(Problem(kEmptyModel, R"({"dimensions":4,"fit":"melt"})"),
            "The model m.onnx is left out: \"fit\" is not squash, crop or pad.");
  EXPECT_EQ(Problem(kEmptyModel, R"({"dimensions":4,"std":[1,0,1]})"),
            "The model m.onnx is left out: \"std\" is not positive.");
  EXPECT_EQ(Problem(kEmptyModel, R"({"dimensions":4,"sha256":"00"})"),
            "The model m.onnx is left out: its content is not what its JSON says (SHA-256 differs).");
  EXPECT_EQ(Problem("\xFF\xFF", R"({"dimensions":4})"),
            "The model m.onnx is left out: it is no ONNX model with all its weights inside.");
}

std::span<const std::byte> Bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST(OnnxFileTest, FindsWeightsInOtherFiles) {
  EXPECT_FALSE(NamesOtherFiles(Bytes(kEmptyModel)));
  // graph { initializer { name: "w" } }
  EXPECT_FALSE(NamesOtherFiles(Bytes("\x3A\x05\x2A\x03\x42\x01w"sv)));
  // graph { initializer { data_location: EXTERNAL } }
  EXPECT_TRUE(NamesOtherFiles(Bytes("\x3A\x04\x2A\x02\x70\x01"sv)));
  // graph { initializer { external_data {} } }
  EXPECT_TRUE(NamesOtherFiles(Bytes("\x3A\x04\x2A\x02\x6A\0"sv)));
  // graph { node { attribute { g { initializer { data_location: EXTERNAL } } } } }
  EXPECT_TRUE(NamesOtherFiles(Bytes("\x3A\x0A\x0A\x08\x2A\x06\x32\x04\x2A\x02\x70\x01"sv)));
}

TEST(OnnxFileTest, BrokenBytesAreRefused) {
  EXPECT_TRUE(NamesOtherFiles(Bytes("\x3A\x05\x2A"sv)));  // shorter than it says
  EXPECT_TRUE(NamesOtherFiles(Bytes("\x38\x05"sv)));      // a graph that is a number
  EXPECT_TRUE(NamesOtherFiles(Bytes("\x0F"sv)));          // no such wire type
  std::string deep;
  for (int i = 0; i < 100; ++i) deep = std::string("\x32", 1) + static_cast<char>(deep.size()) + deep;
  EXPECT_TRUE(NamesOtherFiles(Bytes(deep)));
}

}  // namespace
}  // namespace burnish::embed
