#pragma once

#include <filesystem>

namespace Ort {
struct Env;
struct SessionOptions;
}  // namespace Ort

namespace burnish::embed {

// Inference in bfloat16: OpenVINO's plug-in for ONNX Runtime computes there what ONNX Runtime itself only does in 32
// bits. Why, and what it costs: docs/decisions/bfloat16-embeddings.md.

// Whether the processor multiplies bfloat16 (AVX-512 BF16; those with AMX have it too).
bool HasBfloat16();

// Makes `session` run in `plugin`, libonnxruntime_providers_openvino_plugin.so with OpenVINO's libraries beside it, on
// `threads` threads that each run a call of their own. Throws kUnavailable if the plug-in cannot be used.
void UseBfloat16(Ort::Env& env, Ort::SessionOptions& session, const std::filesystem::path& plugin, int threads);

}  // namespace burnish::embed
