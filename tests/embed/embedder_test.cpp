#include "embed/embedder.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.hpp"
#include "embed/bfloat16.hpp"

namespace burnish::embed {
namespace {

// What ./dev setup makes; tests run from the repository's root.
std::optional<Model> DefaultModel() { return ModelRegistry(".third_party/models").Find("efficientnet-lite0"); }

std::vector<std::uint8_t> Picture(std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < 224 * 224; ++i) {
    // A pattern, so that the network has edges to see.
    const auto dim = static_cast<std::uint8_t>((i / 16 + i / 224 / 16) % 2 == 0 ? 1 : 2);
    for (const auto channel : {red, green, blue}) pixels.push_back(static_cast<std::uint8_t>(channel / dim));
  }
  return pixels;
}

double Cosine(std::span<const base::Half> a, std::span<const base::Half> b) {
  double product = 0;
  double first = 0;
  double second = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = base::ToFloat(a[i]);
    const double y = base::ToFloat(b[i]);
    product += x * y;
    first += x * x;
    second += y * y;
  }
  return product / std::sqrt(first * second);
}

class EmbedderTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (const auto model = DefaultModel())
      embedder_ = std::make_unique<Embedder>(*model, EmbedderOptions{.threads = 2, .batch = 4});
  }
  static void TearDownTestSuite() { embedder_.reset(); }
  void SetUp() override { ASSERT_TRUE(embedder_) << "the default model is missing: run ./dev setup"; }

  static inline std::unique_ptr<Embedder> embedder_;
};

TEST_F(EmbedderTest, GivesOneRowAPictureWhateverTheBatch) {
  std::vector<std::uint8_t> pictures;
  for (int i = 0; i < 7; ++i) {
    const auto picture = Picture(static_cast<std::uint8_t>(30 * i), 200, 90);
    pictures.insert(pictures.end(), picture.begin(), picture.end());
  }
  const auto rows = embedder_->Embed(pictures);
  ASSERT_EQ(rows.size(), 7U * 1280);
  const auto alone = embedder_->Embed(std::span(pictures).subspan(5 * 224 * 224 * 3, 224 * 224 * 3));
  EXPECT_GT(Cosine(alone, std::span(rows).subspan(5 * 1280, 1280)), 0.9999);
  EXPECT_LT(Cosine(alone, std::span(rows).first(1280)), 0.999);
  EXPECT_TRUE(embedder_->Embed({}).empty());
}

TEST_F(EmbedderTest, StopsBetweenBatches) {
  const auto picture = Picture(1, 2, 3);
  int asked = 0;
  try {
    embedder_->Embed(picture, [&] { return ++asked == 1; });
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.Code(), base::ErrorCode::kCancelled);
  }
}

TEST_F(EmbedderTest, RefusesPicturesOfAnotherSize) {
  EXPECT_THROW(embedder_->Embed(std::vector<std::uint8_t>(100)), base::Error);
}

TEST_F(EmbedderTest, AModelThatDoesNotFitItsDescriptionIsRefused) {
  auto model = *DefaultModel();
  model.dimensions = 1000;
  EXPECT_THROW(Embedder{model}, base::Error);
  model = *DefaultModel();
  model.output = "nothing";
  EXPECT_THROW(Embedder{model}, base::Error);
}

TEST_F(EmbedderTest, Bfloat16GivesNearlyTheSameEmbeddings) {
  const std::filesystem::path plugin = ".third_party/openvino/lib/libonnxruntime_providers_openvino_plugin.so";
  ASSERT_TRUE(std::filesystem::exists(plugin)) << "OpenVINO is missing: run ./dev setup";
  if (!HasBfloat16()) GTEST_SKIP() << "this processor has no bfloat16";
  std::vector<std::uint8_t> pictures;
  for (int i = 0; i < 5; ++i) {  // a last batch that is not whole
    const auto picture = Picture(static_cast<std::uint8_t>(50 * i), 120, static_cast<std::uint8_t>(250 - 50 * i));
    pictures.insert(pictures.end(), picture.begin(), picture.end());
  }
  const Embedder first(*DefaultModel(), {.bfloat16_plugin = plugin});
  Embedder second(*DefaultModel(), {.bfloat16_plugin = plugin});  // the process has the plug-in already
  const auto exact = embedder_->Embed(pictures);
  const auto rows = second.Embed(pictures);
  ASSERT_EQ(rows.size(), exact.size());
  EXPECT_NE(rows, exact) << "not computed in bfloat16";
  for (std::size_t i = 0; i < 5; ++i)
    EXPECT_GT(Cosine(std::span(rows).subspan(i * 1280, 1280), std::span(exact).subspan(i * 1280, 1280)), 0.99) << i;
}

TEST_F(EmbedderTest, APluginThatIsNoneIsRefused) {
  for (const auto* file : {".third_party/models/efficientnet-lite0.json", ".third_party/nowhere.so"})
    EXPECT_THROW(Embedder(*DefaultModel(), {.bfloat16_plugin = file}), base::Error) << file;
}

}  // namespace
}  // namespace burnish::embed
