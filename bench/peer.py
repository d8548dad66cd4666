"""One run of a peer in a process of its own: python peer.py WHAT FOLDER [ARGUMENTS]. Prints its seconds, after its warm-up."""

from __future__ import annotations

import gzip
import json
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

NEIGHBOURS = 15
# How far each solver goes to reach the optimum to 1e-6 of the objective.
TOLERANCES = {"lbfgs": 1e-6, "newton-cholesky": 1e-4}


def knn(rows: np.ndarray, folder: Path) -> float:
    import faiss

    faiss.omp_set_num_threads(2)
    start = time.perf_counter()
    index = faiss.IndexFlatL2(rows.shape[1])
    index.add(rows)
    squares, _ = index.search(rows, NEIGHBOURS + 1)
    seconds = time.perf_counter() - start
    np.save(folder / "peer-distances.npy", np.sqrt(np.maximum(squares[:, 1:], 0)))
    return seconds


def pynndescent(rows: np.ndarray, folder: Path) -> float:
    from pynndescent import NNDescent

    NNDescent(rows[:500], n_neighbors=NEIGHBOURS + 1, n_jobs=2).neighbor_graph  # noqa: B018 (compiles)
    start = time.perf_counter()
    _, distances = NNDescent(rows, n_neighbors=NEIGHBOURS + 1, n_trees=64, n_iters=20, max_candidates=120, n_jobs=2).neighbor_graph
    seconds = time.perf_counter() - start
    np.save(folder / "peer-distances.npy", distances[:, 1:])
    return seconds


def map_(rows: np.ndarray, folder: Path) -> float:
    from umap import UMAP

    UMAP(n_neighbors=NEIGHBOURS, n_jobs=2).fit_transform(rows[:500])  # compiles
    start = time.perf_counter()
    places = UMAP(n_neighbors=NEIGHBOURS, n_jobs=2).fit_transform(rows)
    seconds = time.perf_counter() - start
    places.astype(np.float32).tofile(folder / "peer-map.f32")
    return seconds


def probe(rows: np.ndarray, folder: Path, solver: str) -> float:
    from sklearn.linear_model import LogisticRegression

    labels = np.load(folder / "labels.npy")
    start = time.perf_counter()
    model = LogisticRegression(C=1.0, max_iter=1000, solver=solver, tol=TOLERANCES[solver]).fit(rows, labels)
    seconds = time.perf_counter() - start
    np.save(folder / "peer-weights.npy", model.coef_)
    np.save(folder / "peer-intercepts.npy", model.intercept_)
    return seconds


def label_errors(rows: np.ndarray, folder: Path, mode: str) -> float:
    from cleanlab.filter import find_label_issues

    labels = np.load(folder / "labels.npy").astype(np.int64)
    start = time.perf_counter()
    find_label_issues(labels, rows, filter_by="prune_by_noise_rate", n_jobs=int(mode.removeprefix("n_jobs=")))
    return time.perf_counter() - start


def hamming_join(rows: np.ndarray, folder: Path, radius: str, queries: str) -> float:
    """The first `queries` codes against all: all against all would take minutes."""
    import faiss

    faiss.omp_set_num_threads(2)
    codes = rows.view(np.uint8).reshape(-1, 8)
    index = faiss.IndexBinaryFlat(64)
    index.add(codes)
    start = time.perf_counter()
    # faiss leaves out what lies at the radius itself
    limits, distances, found = index.range_search(codes[: int(queries)], int(radius) + 1)
    seconds = time.perf_counter() - start
    near = np.stack([np.repeat(np.arange(int(queries)), np.diff(limits.astype(np.int64))), found, distances.astype(np.int64)], axis=1)
    np.save(folder / "peer-near.npy", near)
    return seconds


def inference(folder: Path, model: str) -> dict[str, float]:
    """Pillow and ONNX Runtime as their user would write it; both are timed on their own."""
    import onnxruntime
    from PIL import Image

    spec = json.loads(Path(model + ".json").read_text())
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(model + ".onnx", options, providers=["CPUExecutionProvider"])
    files = json.loads((folder / "files.json").read_text())
    pictures = idx_pictures(Path(files[0])) if Path(files[0]).is_dir() else (Image.open(file) for file in files)
    waiting: list[np.ndarray] = []
    embeddings = []
    decode = seconds = 0.0

    def run() -> float:
        start = time.perf_counter()
        embeddings.append(session.run([spec["output"]], {spec["input"]: np.stack(waiting)})[0])
        waiting.clear()
        return time.perf_counter() - start

    start = time.perf_counter()
    for picture in pictures:
        whole = picture.convert("RGB")
        side = min(whole.size)
        left, top = (whole.width - side) / 2, (whole.height - side) / 2
        scaled = whole.resize((spec["size"],) * 2, Image.Resampling.BICUBIC, box=(left, top, left + side, top + side))
        values = (np.asarray(scaled, np.float32) / 255 - np.float32(spec["mean"])) / np.float32(spec["std"])
        waiting.append(values.transpose(2, 0, 1))
        if len(waiting) == 4:
            decode += time.perf_counter() - start
            seconds += run()
            start = time.perf_counter()
    decode += time.perf_counter() - start
    if waiting:
        seconds += run()
    np.save(folder / "peer-embeddings.npy", np.concatenate(embeddings))
    return {"seconds": seconds, "decode_seconds": decode, "count": sum(len(rows) for rows in embeddings)}


def idx_pictures(folder: Path) -> Iterator[Any]:
    from PIL import Image

    for file in sorted(folder.glob("*images-idx3-ubyte.gz")):
        content = gzip.open(file).read()
        for picture in np.frombuffer(content, np.uint8, offset=16).reshape(-1, 28, 28):
            yield Image.fromarray(picture)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    what, where, others = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
    if what == "inference":
        print(json.dumps(inference(where, others[0])))
    else:
        work = {"knn": knn, "pynndescent": pynndescent, "map": map_, "probe": probe, "label-errors": label_errors, "hamming-join": hamming_join}[what]
        print(json.dumps({"seconds": work(np.load(where / "rows.npy"), where, *others)}))
