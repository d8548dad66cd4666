#include "embed/embedder.hpp"

#include <onnxruntime_cxx_api.h>

#include <algorithm>
#include <mutex>

#include "base/error.hpp"
#include "base/files.hpp"

namespace burnish::embed {
namespace {

using base::Error;
using base::ErrorCode;

// Interleaved bytes to three planes of (pixel / 255 - mean) / std.
void Normalise(const std::uint8_t* pixels, std::size_t count, const Model& model, float* planes) {
  std::array<std::array<float, 256>, 3> tables{};
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t level = 0; level < 256; ++level) {
      tables[c][level] = (static_cast<float>(level) / 255 - model.mean[c]) / model.std[c];
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    planes[i] = tables[0][pixels[3 * i]];
    planes[count + i] = tables[1][pixels[3 * i + 1]];
    planes[2 * count + i] = tables[2][pixels[3 * i + 2]];
  }
}

Ort::SessionOptions Options(const EmbedderOptions& options) {
  Ort::SessionOptions session;
  session.SetIntraOpNumThreads(options.threads);
  session.SetExecutionMode(ORT_SEQUENTIAL);
  session.SetGraphOptimizationLevel(ORT_ENABLE_ALL);
  // Decoders work on the same cores: a thread that waits has to sleep, not spin.
  session.AddConfigEntry("session.intra_op.allow_spinning", "0");
  return session;
}

}  // namespace

class Embedder::Impl {
 public:
  Impl(Model model, EmbedderOptions options) : model_(std::move(model)), options_(options), env_(ORT_LOGGING_LEVEL_ERROR, "burnish") {
    try {
      const auto bytes = base::ReadFile(model_.file, kMaxModelBytes);
      session_ = Ort::Session(env_, bytes.data(), bytes.size(), Options(options_));
    } catch (const Ort::Exception&) {
      throw Error(ErrorCode::kUnavailable, "The model " + model_.name + " cannot be loaded: ONNX Runtime refuses it.", model_.name);
    }
    Check();
  }

  const Model& GetModel() const { return model_; }

  std::vector<base::Half> Embed(std::span<const std::uint8_t> inputs, const std::function<bool()>& cancelled) {
    if (inputs.size() % PictureBytes() != 0) {
      throw Error(ErrorCode::kInvalidArgument, "The pictures to embed are not of the model's size.");
    }
    const std::scoped_lock lock(mutex_);
    const std::size_t count = inputs.size() / PictureBytes();
    std::vector<base::Half> rows(count * Dimensions());
    for (std::size_t done = 0; done < count;) {
      if (cancelled && cancelled()) throw Error(ErrorCode::kCancelled, "The embedding was cancelled.");
      const auto batch = std::min(count - done, static_cast<std::size_t>(options_.batch));
      RunBatch(inputs.subspan(done * PictureBytes(), batch * PictureBytes()), std::span(rows).subspan(done * Dimensions(), batch * Dimensions()));
      done += batch;
    }
    return rows;
  }

 private:
  std::size_t Pixels() const { return static_cast<std::size_t>(model_.spec.size) * static_cast<std::size_t>(model_.spec.size); }
  std::size_t PictureBytes() const { return Pixels() * 3; }
  std::size_t Dimensions() const { return static_cast<std::size_t>(model_.dimensions); }

  // Runs a grey picture: what the file says about itself may be less than what it does.
  void Check() {
    std::vector<base::Half> row(Dimensions());
    const std::vector<std::uint8_t> grey(PictureBytes(), 128);
    RunBatch(grey, row);
  }

  void RunBatch(std::span<const std::uint8_t> pictures, std::span<base::Half> rows) {
    const std::size_t count = pictures.size() / PictureBytes();
    planes_.resize(pictures.size());
    for (std::size_t i = 0; i < count; ++i) {
      Normalise(pictures.data() + i * PictureBytes(), Pixels(), model_, planes_.data() + i * PictureBytes());
    }
    const std::array<std::int64_t, 4> shape = {static_cast<std::int64_t>(count), 3, model_.spec.size, model_.spec.size};
    try {
      const auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
      const auto input = Ort::Value::CreateTensor<float>(memory, planes_.data(), planes_.size(), shape.data(), shape.size());
      const char* input_name = model_.input.c_str();
      const char* output_name = model_.output.c_str();
      const auto outputs = session_.Run(Ort::RunOptions(), &input_name, &input, 1, &output_name, 1);
      const auto type = outputs.front().GetTensorTypeAndShapeInfo();
      if (type.GetElementType() != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT || type.GetElementCount() != rows.size()) {
        throw Error(ErrorCode::kUnavailable, "The model " + model_.name + " does not give the embeddings that its JSON promises.", model_.name);
      }
      base::ToHalf(std::span(outputs.front().GetTensorData<float>(), rows.size()), rows);
    } catch (const Ort::Exception&) {
      throw Error(ErrorCode::kUnavailable, "The model " + model_.name + " failed: its tensors are not what its JSON says.", model_.name);
    }
  }

  const Model model_;
  const EmbedderOptions options_;
  std::mutex mutex_;  // guards session_ and planes_
  Ort::Env env_;
  Ort::Session session_{nullptr};
  std::vector<float> planes_;
};

Embedder::Embedder(Model model, EmbedderOptions options) : impl_(std::make_unique<Impl>(std::move(model), options)) {}
Embedder::~Embedder() = default;

const Model& Embedder::GetModel() const { return impl_->GetModel(); }

std::vector<base::Half> Embedder::Embed(std::span<const std::uint8_t> inputs, const std::function<bool()>& cancelled) {
  return impl_->Embed(inputs, cancelled);
}

}  // namespace burnish::embed
