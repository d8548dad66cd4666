"""imagededup's CNN method for bench/near_duplicates.py, run by the Python of bench/peers/imagededup.txt: python imagededup_peer.py FOLDER MODEL

Its own MobileNetV3 where the weights are at hand (it fetches them at run time), else the embedding model given, through imagededup's
CustomModel. Prints the seconds, which model it was, and for each threshold the pairs of file names that it finds."""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from imagededup.methods import CNN
from imagededup.utils import CustomModel
from onnx_peer import OnnxModel

THRESHOLDS = (0.9, 0.95, 0.925, 0.875, 0.85, 0.825, 0.8)  # its default first


class Embedding(torch.nn.Module):
    def __init__(self, model: OnnxModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(self.model.session.run([self.model.spec["output"]], {self.model.spec["input"]: inputs.numpy()})[0])


def method(model: str) -> tuple[str, CNN]:
    try:
        return "MobileNetV3", CNN(verbose=False)
    except OSError:  # its weights come from a hub
        shared = OnnxModel(model)
        config = CustomModel(name="shared", model=Embedding(shared), transform=lambda picture: torch.from_numpy(shared.input_of(picture)))
        return "our embedding model", CNN(verbose=False, model_config=config)


def main(folder: Path, model: str) -> dict[str, Any]:
    name, cnn = method(model)
    start = time.perf_counter()
    encodings = cnn.encode_images(image_dir=folder)
    found = {}
    seconds = 0.0
    for threshold in THRESHOLDS:
        near = cnn.find_duplicates(encoding_map=encodings, min_similarity_threshold=threshold)
        found[str(threshold)] = sorted({tuple(sorted((one, other))) for one, others in near.items() for other in others})
        seconds = seconds or time.perf_counter() - start
    return {"seconds": seconds, "model": name, "version": importlib.metadata.version("imagededup"), "found": found, "count": len(encodings)}


if __name__ == "__main__":
    np.seterr(all="ignore")
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2])))
