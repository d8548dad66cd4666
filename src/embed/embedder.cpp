#include "embed/embedder.hpp"

#include <onnxruntime_cxx_api.h>

#include <algorithm>
#include <array>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/thread_priority.hpp"
#include "embed/bfloat16.hpp"

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

Ort::SessionOptions SingleThreaded() {
  Ort::SessionOptions session;
  // Whole batches run beside each other instead: threads that share a layer wait for the slowest, and the decoders on
  // the same cores make one of them slow.
  session.SetIntraOpNumThreads(1);
  session.SetExecutionMode(ORT_SEQUENTIAL);
  session.SetGraphOptimizationLevel(ORT_ENABLE_ALL);
  return session;
}

}  // namespace

class Embedder::Impl {
 public:
  Impl(Model model, EmbedderOptions options)
      : model_(std::move(model)), options_(options), env_(ORT_LOGGING_LEVEL_ERROR, "burnish") {
    try {
      Load(base::ReadFile(model_.file, kMaxModelBytes));
    } catch (const Ort::Exception&) {
      throw Error(ErrorCode::kUnavailable, "The model " + model_.name + " cannot be loaded: ONNX Runtime refuses it.",
                  model_.name);
    }
    Check();
  }

  const Model& GetModel() const { return model_; }

  std::vector<base::Half> Embed(std::span<const std::uint8_t> inputs, const std::function<bool()>& cancelled) {
    if (inputs.size() % PictureBytes() != 0) {
      throw Error(ErrorCode::kInvalidArgument, "The pictures to embed are not of the model's size.");
    }
    const std::size_t count = inputs.size() / PictureBytes();
    const std::size_t batch = static_cast<std::size_t>(options_.batch);
    std::vector<base::Half> rows(count * Dimensions());
    InParallel((count + batch - 1) / batch, cancelled, [&](std::size_t i) {
      const std::size_t first = i * batch;
      const std::size_t pictures = std::min(batch, count - first);
      RunBatch(inputs.subspan(first * PictureBytes(), pictures * PictureBytes()),
               std::span(rows).subspan(first * Dimensions(), pictures * Dimensions()));
    });
    return rows;
  }

 private:
  std::size_t Pixels() const {
    return static_cast<std::size_t>(model_.spec.size) * static_cast<std::size_t>(model_.spec.size);
  }
  std::size_t PictureBytes() const { return Pixels() * 3; }
  std::size_t Dimensions() const { return static_cast<std::size_t>(model_.dimensions); }

  // OpenVINO computes on threads that it starts here, at the priority of the thread that starts them.
  void Load(const std::string& bytes) {
    std::exception_ptr failure;
    std::jthread([&] {
      base::LowerThreadPriority();
      try {
        Ort::SessionOptions options = SingleThreaded();
        if (!options_.bfloat16_plugin.empty()) UseBfloat16(env_, options, options_.bfloat16_plugin, options_.threads);
        session_ = Ort::Session(env_, bytes.data(), bytes.size(), options);
      } catch (...) {
        failure = std::current_exception();
      }
    }).join();
    if (failure) std::rethrow_exception(failure);
  }

  // Runs a grey picture: what the file says about itself may be less than what it does.
  void Check() {
    std::vector<base::Half> row(Dimensions());
    const std::vector<std::uint8_t> grey(PictureBytes(), 128);
    RunBatch(grey, row);
  }

  // Calls work(0) ... work(count - 1) from all threads; throws what the first failure threw.
  void InParallel(std::size_t count, const std::function<bool()>& cancelled,
                  const std::function<void(std::size_t)>& work) {
    std::mutex mutex;  // guards next and failure, and holds `cancelled` to one call at a time
    std::size_t next = 0;
    std::exception_ptr failure;
    const auto take = [&]() -> std::optional<std::size_t> {
      const std::scoped_lock lock(mutex);
      if (failure || next == count) return std::nullopt;
      if (cancelled && cancelled()) throw Error(ErrorCode::kCancelled, "The embedding was cancelled.");
      return next++;
    };
    const auto run = [&] {
      try {
        while (const auto index = take()) work(*index);
      } catch (...) {
        const std::scoped_lock lock(mutex);
        if (!failure) failure = std::current_exception();
      }
    };
    {
      const std::scoped_lock one_call(calls_);
      std::vector<std::jthread> others;
      while (others.size() + 1 < std::min(count, static_cast<std::size_t>(options_.threads))) others.emplace_back(run);
      run();
    }
    if (failure) std::rethrow_exception(failure);
  }

  void RunBatch(std::span<const std::uint8_t> pictures, std::span<base::Half> rows) {
    const std::size_t count = pictures.size() / PictureBytes();
    std::vector<float> planes(pictures.size());
    for (std::size_t i = 0; i < count; ++i) {
      Normalise(pictures.data() + i * PictureBytes(), Pixels(), model_, planes.data() + i * PictureBytes());
    }
    const std::array<std::int64_t, 4> shape = {static_cast<std::int64_t>(count), 3, model_.spec.size, model_.spec.size};
    try {
      const auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
      const auto input =
          Ort::Value::CreateTensor<float>(memory, planes.data(), planes.size(), shape.data(), shape.size());
      const char* input_name = model_.input.c_str();
      const char* output_name = model_.output.c_str();
      const auto outputs = session_.Run(Ort::RunOptions(), &input_name, &input, 1, &output_name, 1);
      const auto type = outputs.front().GetTensorTypeAndShapeInfo();
      if (type.GetElementType() != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT || type.GetElementCount() != rows.size()) {
        throw Error(ErrorCode::kUnavailable,
                    "The model " + model_.name + " does not give the embeddings that its JSON promises.", model_.name);
      }
      base::ToHalf(std::span(outputs.front().GetTensorData<float>(), rows.size()), rows);
    } catch (const Ort::Exception&) {
      throw Error(ErrorCode::kUnavailable,
                  "The model " + model_.name + " failed: its tensors are not what its JSON says.", model_.name);
    }
  }

  const Model model_;
  const EmbedderOptions options_;
  std::mutex calls_;  // held by the call that runs: more threads than cores would only take memory
  Ort::Env env_;
  Ort::Session session_{nullptr};
};

Embedder::Embedder(Model model, EmbedderOptions options) : impl_(std::make_unique<Impl>(std::move(model), options)) {}
Embedder::~Embedder() = default;

const Model& Embedder::GetModel() const { return impl_->GetModel(); }

std::vector<base::Half> Embedder::Embed(std::span<const std::uint8_t> inputs, const std::function<bool()>& cancelled) {
  return impl_->Embed(inputs, cancelled);
}

}  // namespace burnish::embed
