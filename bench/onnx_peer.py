"""One ONNX model for pictures of Pillow, in ONNX Runtime on both cores, for peers that take a model of one's own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

BATCH = 4


class OnnxModel:
    def __init__(self, name: str) -> None:
        self.spec = json.loads(Path(name + ".json").read_text())
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        self.session = onnxruntime.InferenceSession(name + ".onnx", options, providers=["CPUExecutionProvider"])

    def input_of(self, picture: Image.Image) -> np.ndarray:
        picture = picture.convert("RGB")
        side = min(picture.size)
        left, top = (picture.width - side) / 2, (picture.height - side) / 2
        scaled = picture.resize((self.spec["size"],) * 2, Image.Resampling.BICUBIC, box=(left, top, left + side, top + side))
        values = (np.asarray(scaled, np.float32) / 255 - np.float32(self.spec["mean"])) / np.float32(self.spec["std"])
        return np.asarray(values.transpose(2, 0, 1))

    def embed(self, pictures: Sequence[Image.Image]) -> np.ndarray:
        inputs = np.stack([self.input_of(picture) for picture in pictures])
        return np.asarray(self.session.run([self.spec["output"]], {self.spec["input"]: inputs})[0])
