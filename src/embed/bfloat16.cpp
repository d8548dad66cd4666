#include "embed/bfloat16.hpp"

#include <onnxruntime_cxx_api.h>
#include <onnxruntime_ep_device_ep_metadata_keys.h>

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"

namespace burnish::embed {
namespace {

// The plug-in drives other devices too.
std::vector<Ort::ConstEpDevice> ProcessorsOf(const std::string& plugin, const Ort::Env& env) {
  const auto is = [](const char* found, std::string_view wanted) { return found != nullptr && found == wanted; };
  std::vector<Ort::ConstEpDevice> processors;
  for (const auto& device : env.GetEpDevices()) {
    const auto about = device.EpMetadata();
    if (is(about.GetValue(kOrtEpDevice_EpMetadataKey_LibraryPath), plugin) && is(about.GetValue("ov_device"), "CPU"))
      processors.push_back(device);
  }
  return processors;
}

}  // namespace

bool HasBfloat16() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return false;
#endif
}

void UseBfloat16(Ort::Env& env, Ort::SessionOptions& session, const std::filesystem::path& plugin, int threads) {
  const std::string number = std::to_string(threads);
  const std::unordered_map<std::string, std::string> options = {
      {"load_config", R"({"CPU": {"INFERENCE_PRECISION_HINT": "bf16", "NUM_STREAMS": ")" + number +
                          R"(", "INFERENCE_NUM_THREADS": ")" + number + R"("}})"}};
  try {
    const std::string file = std::filesystem::absolute(plugin);
    // The environment is the process's: another session may have brought the plug-in already.
    auto devices = ProcessorsOf(file, env);
    if (devices.empty()) {
      env.RegisterExecutionProviderLibrary(file.c_str(), file);
      devices = ProcessorsOf(file, env);
    }
    session.AppendExecutionProvider_V2(env, devices, options);
  } catch (const Ort::Exception& error) {
    throw base::Error(base::ErrorCode::kUnavailable, std::string("OpenVINO cannot be used: ") + error.what());
  }
}

}  // namespace burnish::embed
