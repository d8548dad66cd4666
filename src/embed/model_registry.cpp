#include "embed/model_registry.hpp"

#include <sodium.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <system_error>

#include "base/error.hpp"
#include "base/files.hpp"
#include "embed/onnx_file.hpp"

namespace burnish::embed {
namespace {

namespace json = boost::json;
using base::Error;
using base::ErrorCode;

constexpr std::size_t kMaxJsonBytes = 64U << 10U;
constexpr int kMaxDimensions = 8192;

[[noreturn]] void Refuse(const std::string& reason) { throw Error(ErrorCode::kInvalidArgument, reason); }

std::string Sha256(std::string_view bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  std::array<char, 2 * crypto_hash_sha256_BYTES + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
  return hex.data();
}

std::string Text(const json::object& object, std::string_view key, std::string fallback) {
  const auto* value = object.if_contains(key);
  if (value == nullptr) return fallback;
  if (!value->is_string() || value->get_string().size() > 200)
    Refuse("\"" + std::string(key) + "\" is not a short text");
  return std::string(value->get_string());
}

int Whole(const json::object& object, std::string_view key, int fallback, int least, int most) {
  const auto* value = object.if_contains(key);
  const auto number = value == nullptr ? fallback : value->is_int64() ? value->get_int64() : -1;
  if (number < least || number > most) {
    Refuse("\"" + std::string(key) + "\" is not a number from " + std::to_string(least) + " to " +
           std::to_string(most));
  }
  return static_cast<int>(number);
}

std::array<float, 3> Channels(const json::object& object, std::string_view key, float fallback) {
  std::array<float, 3> channels = {fallback, fallback, fallback};
  const auto* value = object.if_contains(key);
  if (value == nullptr) return channels;
  if (!value->is_array() || value->get_array().size() != 3)
    Refuse("\"" + std::string(key) + "\" is not a list of three numbers");
  for (std::size_t i = 0; i < 3; ++i) {
    boost::system::error_code failed;
    channels[i] = value->get_array()[i].to_number<float>(failed);
    if (failed || !std::isfinite(channels[i])) Refuse("\"" + std::string(key) + "\" is not a list of three numbers");
  }
  return channels;
}

media::ModelInputSpec::Fit FitOf(const std::string& name) {
  using Fit = media::ModelInputSpec::Fit;
  if (name == "squash") return Fit::kSquash;
  if (name == "crop") return Fit::kCrop;
  if (name == "pad") return Fit::kPad;
  Refuse("\"fit\" is not squash, crop or pad");
}

media::Filter FilterOf(const std::string& name) {
  if (name == "bilinear") return media::Filter::kBilinear;
  if (name == "bicubic") return media::Filter::kBicubic;
  if (name == "lanczos") return media::Filter::kLanczos;
  Refuse("\"filter\" is not bilinear, bicubic or lanczos");
}

std::string Number(float value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", static_cast<double>(value));
  return text.data();
}

// "efficientnet-lite0/028b763c8534/224 crop 224 bicubic/0.498039 0.498039 0.498039/0.501961 0.501961 0.501961"
std::string Recipe(const Model& model, const std::string& fit, const std::string& filter) {
  std::string recipe = model.name + "/" + model.sha256.substr(0, 12) + "/" + std::to_string(model.spec.size) + " " +
                       fit + " " + std::to_string(model.spec.resize) + " " + filter + "/";
  for (const float value : model.mean) recipe += Number(value) + " ";
  recipe.back() = '/';
  for (const float value : model.std) recipe += Number(value) + " ";
  recipe.pop_back();
  return recipe;
}

Model ReadModel(const std::filesystem::path& file) {
  auto description = file;
  description.replace_extension(".json");
  boost::system::error_code failed;
  const auto value = json::parse(base::ReadFile(description, kMaxJsonBytes), failed);
  if (failed || !value.is_object()) Refuse("its JSON cannot be read");
  const auto& object = value.get_object();

  Model model;
  model.file = file;
  model.name = Text(object, "name", file.stem().string());
  model.title = Text(object, "title", model.name);
  model.licence = Text(object, "licence", {});
  model.input = Text(object, "input", "input");
  model.output = Text(object, "output", "embedding");
  model.dimensions = Whole(object, "dimensions", 0, 1, kMaxDimensions);
  model.spec.size = Whole(object, "size", 224, 8, media::kMaxModelSize);
  model.spec.resize = Whole(object, "resize", model.spec.size, model.spec.size, 4 * media::kMaxModelSize);
  const auto fit = Text(object, "fit", "crop");
  const auto filter = Text(object, "filter", "bilinear");
  model.spec.fit = FitOf(fit);
  model.spec.filter = FilterOf(filter);
  model.mean = Channels(object, "mean", 0);
  model.std = Channels(object, "std", 1);
  if (std::find_if(model.std.begin(), model.std.end(), [](float each) { return each <= 0; }) != model.std.end()) {
    Refuse("\"std\" is not positive");
  }

  const auto bytes = base::ReadFile(file, kMaxModelBytes);
  model.sha256 = Sha256(bytes);
  if (Text(object, "sha256", model.sha256) != model.sha256)
    Refuse("its content is not what its JSON says (SHA-256 differs)");
  if (NamesOtherFiles(std::as_bytes(std::span(bytes)))) Refuse("it is no ONNX model with all its weights inside");
  model.recipe = Recipe(model, fit, filter);
  return model;
}

}  // namespace

ModelRegistry::ModelRegistry(const std::filesystem::path& folder) {
  std::error_code absent;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, absent)) {
    if (entry.path().extension() == ".onnx") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    try {
      models_.push_back(ReadModel(file));
    } catch (const Error& error) {
      problems_.push_back("The model " + file.filename().string() + " is left out: " + error.what() + ".");
    }
  }
}

std::optional<Model> ModelRegistry::Find(std::string_view name) const {
  const auto found =
      std::find_if(models_.begin(), models_.end(), [&](const Model& model) { return model.name == name; });
  return found == models_.end() ? std::nullopt : std::optional(*found);
}

}  // namespace burnish::embed
