#!/usr/bin/env bash
# Fetches OpenVINO's plug-in for ONNX Runtime (setup/python/openvino.txt) and lays out what a processor needs of it, without the
# parts for graphics and neural processors: .third_party/openvino/{lib,LICENSE,third-party-programs.txt}
set -euo pipefail
cd "$(dirname "$0")/.."

readonly python=.third_party/venv-build/bin/python
readonly work=.third_party/openvino-work
readonly staged=.third_party/openvino-staged
readonly parts=$work/onnxruntime_ep_openvino

rm -rf "$work" "$staged"
mkdir -p "$work" "$staged/lib"
"$python" -m pip download --quiet --disable-pip-version-check --no-cache-dir --require-hashes --only-binary :all: --no-deps \
  --dest "$work" -r setup/python/openvino.txt
"$python" -m zipfile -e "$work"/*.whl "$work"
cp "$parts"/lib{onnxruntime_providers_openvino_plugin.so,openvino_intel_cpu_plugin.so,tbb.so.12} "$parts"/libopenvino.so.* \
  "$parts"/libopenvino_{onnx,ir}_frontend.so.* "$staged/lib/"
cp "$parts/third-party-programs.txt" "$staged/"
cp /usr/share/common-licenses/Apache-2.0 "$staged/LICENSE"
rm -rf .third_party/openvino "$work"
mv "$staged" .third_party/openvino
