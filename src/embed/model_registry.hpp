#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "media/decoder.hpp"

namespace burnish::embed {

// One embedding model: NAME.onnx and NAME.json in the same folder.
struct Model {
  std::string name;   // "efficientnet-lite0"
  std::string title;  // for people: "EfficientNet-Lite0"
  // Names everything that an embedding depends on besides the picture: name, start of the ONNX file's SHA-256 and
  // preprocessing. Artifacts are keyed by it.
  std::string recipe;
  std::filesystem::path file;
  std::string sha256;   // of the ONNX file, hex
  std::string licence;  // SPDX id, empty if the JSON does not say
  std::string input;    // tensor names in the graph
  std::string output;
  int dimensions = 0;  // of one embedding
  media::ModelInputSpec spec;
  std::array<float, 3> mean{};  // (pixel / 255 - mean) / std, in RGB order
  std::array<float, 3> std{1, 1, 1};
};

// The models found in a folder at construction. Immutable afterwards: any thread may call.
class ModelRegistry {
 public:
  // Reads NAME.json beside each NAME.onnx; a model that is refused (no JSON, JSON that makes no sense, larger than
  // kMaxModelBytes, weights outside the file) is left out and listed in Problems. No folder: no models.
  explicit ModelRegistry(const std::filesystem::path& folder);

  const std::vector<Model>& Models() const { return models_; }  // by name
  std::optional<Model> Find(std::string_view name) const;
  const std::vector<std::string>& Problems() const { return problems_; }  // one sentence each

 private:
  std::vector<Model> models_;
  std::vector<std::string> problems_;
};

inline constexpr std::uint64_t kMaxModelBytes = 2ULL << 30;

}  // namespace burnish::embed
