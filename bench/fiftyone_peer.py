"""FiftyOne for bench/imports.py and bench/sidebar.py, run by the Python of bench/peers/fiftyone.txt:

python fiftyone_peer.py import FOLDER MODEL     samples, embeddings by the same ONNX model, UMAP; prints the seconds of each
python fiftyone_peer.py counts SAMPLES          one line of JSON for each filter that comes in

FIFTYONE_DATABASE_URI names a running mongod."""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import fiftyone as fo
import numpy as np
from fiftyone import ViewField as F

CHUNK = 5_000


def onnx_model(name: str) -> Any:
    from fiftyone.core.models import EmbeddingsMixin, Model
    from onnx_peer import OnnxModel
    from PIL import Image

    model = OnnxModel(name)

    class Embedder(Model, EmbeddingsMixin):
        media_type = "image"
        ragged_batches = False
        transforms = None
        preprocess = True
        has_embeddings = True

        def predict(self, arg: np.ndarray) -> None:
            raise NotImplementedError

        def get_embeddings(self) -> np.ndarray:
            return self.last

        def embed(self, arg: np.ndarray) -> np.ndarray:
            return self.embed_all([arg])[0]

        def embed_all(self, args: list[np.ndarray]) -> np.ndarray:
            self.last = model.embed([Image.fromarray(pixels) for pixels in args])
            return self.last

    return Embedder()


def import_all(folder: Path, model: str) -> dict[str, Any]:
    import fiftyone.brain as brain
    from onnx_peer import BATCH
    from umap import UMAP

    UMAP(n_jobs=2).fit_transform(np.random.default_rng(0).random((500, 8), np.float32))  # compiles
    files = json.loads((folder / "files.json").read_text())
    embedder = onnx_model(model)
    start = time.perf_counter()
    dataset = fo.Dataset("import")
    dataset.add_samples([fo.Sample(filepath=file, label=fo.Classification(label=Path(file).parent.name)) for file in files], progress=False)
    added = time.perf_counter() - start
    embeddings = dataset.compute_embeddings(embedder, batch_size=BATCH, progress=False)
    embedded = time.perf_counter() - start
    brain.compute_visualization(dataset, embeddings=np.asarray(embeddings), method="umap", brain_key="map", verbose=False)
    seconds = time.perf_counter() - start
    np.save(folder / "fiftyone-embeddings.npy", embeddings)
    return {"seconds": seconds, "added": added, "embedded": embedded, "count": len(dataset), "version": fo.__version__}


def generated(samples: int) -> dict[str, list[Any]]:
    """The values of bench/generated.hpp: 24 draws of std::mt19937(1) a sample."""
    engine = np.random.MT19937()
    engine._legacy_seeding(1)
    draws = engine.random_raw(24 * samples).reshape(samples, 24)
    splits = np.array(["train", "validation", "test", "pool"])
    columns: dict[str, list[Any]] = {"split": splits[draws[:, 2] % 4].tolist()}
    at = 4
    for field in range(12):
        number, at = draws[:, at] % 10_000, at + 1
        if field % 3 == 2:
            columns[f"field_{field}"] = number.astype(float).tolist()
        else:
            texts = draws[:, at] % (10 if field < 4 else 1_000)
            columns[f"field_{field}"] = [f"value {text}" for text in texts.tolist()]
            at += 1
    return columns


def load(samples: int) -> Any:
    columns = generated(samples)
    dataset = fo.Dataset("counts")
    for first in range(0, samples, CHUNK):
        rows = range(first, min(samples, first + CHUNK))
        dataset.add_samples([fo.Sample(filepath=f"/folder/{row}.jpg", **{name: values[row] for name, values in columns.items()}) for row in rows], progress=False)
    return dataset


def counts(samples: int) -> None:
    dataset = load(samples)
    print(json.dumps({"version": fo.__version__, "count": len(dataset)}), flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        view = dataset
        for name, values in json.loads(line).items():
            view = view.match(F(name).is_in(values))
        wanted = [fo.Count()]
        for field in range(12):
            name = f"field_{field}"
            wanted.append(fo.HistogramValues(name, bins=20) if field % 3 == 2 else fo.CountValues(name))
        count, *found = view.aggregate(wanted)
        seconds = time.perf_counter() - start
        print(json.dumps({"seconds": seconds, "count": count, "fields": [one if isinstance(one, dict) else list(one[0]) for one in found]}), flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    if sys.argv[1] == "import":
        print(json.dumps(import_all(Path(sys.argv[2]), sys.argv[3])))
    else:
        counts(int(sys.argv[2]))
