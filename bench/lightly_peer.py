"""LightlyStudio for bench/imports.py, run by the Python of bench/peers/lightly.txt: python lightly_peer.py FOLDER MODEL

Images of files.json are added and embedded by the same ONNX model, then laid out as its plot asks for it. Prints the seconds of each."""

from __future__ import annotations

import importlib.metadata
import json
import logging
import os
import sys
import time
from pathlib import Path
from typing import Any

import lightly_studio
import numpy as np
from lightly_studio.database import db_manager
from lightly_studio.resolvers import embedding_model_resolver, twodim_embedding_resolver
from lightly_studio_serve.embedder import ImagePathEmbedder
from lightly_studio_serve.types import EmbeddingResult, EmbeddingSpaceSpec
from onnx_peer import BATCH, OnnxModel
from PIL import Image


class Embedder(ImagePathEmbedder):
    def __init__(self, model: OnnxModel) -> None:
        self.model = model
        self.rows: dict[str, np.ndarray] = {}

    def embedding_space_spec(self) -> EmbeddingSpaceSpec:
        return EmbeddingSpaceSpec(space_key="onnx", dimension=self.model.spec["dimensions"])

    def embed_images(self, paths: list[str]) -> EmbeddingResult:
        rows = []
        for first in range(0, len(paths), BATCH):
            rows.append(self.model.embed([Image.open(path) for path in paths[first : first + BATCH]]))
        found = np.concatenate(rows)
        self.rows.update(zip(paths, found, strict=True))
        return EmbeddingResult(embeddings=found, kept_indices=list(range(len(paths))))


def main(folder: Path, model: str) -> dict[str, Any]:
    files = json.loads((folder / "files.json").read_text())
    embedder = Embedder(OnnxModel(model))
    common = os.path.commonpath(files)
    start = time.perf_counter()
    db_manager.connect(db_file=str(folder / "lightly.db"), cleanup_existing=True)
    lightly_studio.register_default_embedder(embedder)
    dataset = lightly_studio.ImageDataset.create("import")
    dataset.add_images_from_path(common, tag_depth=1)
    embedded = time.perf_counter() - start
    [space] = embedding_model_resolver.get_all_by_dataset_id(session=dataset.session, dataset_id=dataset.dataset_id)
    x, _, _ = twodim_embedding_resolver.get_twodim_embeddings(
        session=dataset.session, collection_id=dataset.collection_id, embedding_model_id=space.embedding_model_id)
    seconds = time.perf_counter() - start
    assert len(x) == len(files)
    np.save(folder / "lightly-embeddings.npy", np.stack([embedder.rows[file] for file in files]))
    return {"seconds": seconds, "embedded": embedded, "count": len(x), "version": importlib.metadata.version("lightly-studio")}


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2])))
