#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/half.hpp"
#include "embed/model_registry.hpp"

namespace burnish::embed {

struct EmbedderOptions {
  int threads = 2;  // each runs batches of its own: no waiting for each other within a layer
  int batch = 2;    // pictures in one inference; many no longer fit a core's cache
  // OpenVINO's plug-in for ONNX Runtime: embeddings are computed in bfloat16 by it. Empty: in 32 bits.
  std::filesystem::path bfloat16_plugin{};
};

// A model ready to run. Any thread may call Embed; calls run one after the other.
class Embedder {
 public:
  // Throws kUnavailable if the model or the plug-in cannot be loaded or its tensors are not what its JSON says.
  explicit Embedder(Model model, EmbedderOptions options = {});
  ~Embedder();
  Embedder(const Embedder&) = delete;
  Embedder& operator=(const Embedder&) = delete;

  const Model& GetModel() const;

  // `inputs`: pictures one after the other, each spec.size x spec.size x 3 as the decoder gives them.
  // Returns one row of `dimensions` for each. Throws kCancelled when `cancelled` says so (asked before each batch,
  // from several threads, one at a time),
  // kInvalidArgument if `inputs` is no whole number of pictures.
  std::vector<base::Half> Embed(std::span<const std::uint8_t> inputs, const std::function<bool()>& cancelled = {});

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace burnish::embed
