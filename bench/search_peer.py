"""The peers of search, in an environment of their own: search_peer.py build|search usearch|hnswlib FOLDER [COUNT EF ...]."""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
from pathlib import Path
from typing import Any

import hnswlib
import numpy as np
from usearch.index import Index


def unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def build(peer: str, folder: Path) -> None:
    vectors = np.load(folder / "rows.npy", mmap_mode="r")
    count, width = vectors.shape
    if peer == "usearch":
        index: Any = Index(ndim=width, metric="ip", dtype="f32", connectivity=16, expansion_add=128)
    else:
        index = hnswlib.Index("ip", width)
        index.init_index(count, M=16, ef_construction=200, random_seed=1)
    started = time.perf_counter()
    for at in range(0, count, 50_000):
        some = unit(vectors[at : at + 50_000])
        names = np.arange(at, at + len(some), dtype=np.uint64)
        if peer == "usearch":
            index.add(names, some, threads=2)
        else:
            index.add_items(some, names, num_threads=2)
    seconds = time.perf_counter() - started
    file = str(folder / f"{peer}.index")
    if peer == "usearch":
        index.save(file)
    else:
        index.save_index(file)
    print(json.dumps({"seconds": seconds, "version": importlib.metadata.version(peer)}))


def search(peer: str, folder: Path, count: int, efs: list[int]) -> None:
    queries = unit(np.load(folder / "queries.npy"))
    file = str(folder / f"{peer}.index")
    if peer == "usearch":
        index: Any = Index(ndim=queries.shape[1], metric="ip", dtype="f32")
        index.load(file)
    else:
        index = hnswlib.Index("ip", queries.shape[1])
        index.load_index(file)
        index.set_num_threads(1)
    found = np.zeros((len(queries), count), np.int64)

    def run() -> None:
        for i, query in enumerate(queries):
            found[i] = index.search(query, count, threads=1).keys if peer == "usearch" else index.knn_query(query, count, num_threads=1)[0][0]

    for ef in efs:
        if peer == "usearch":
            index.expansion_search = ef
        else:
            index.set_ef(ef)
        run()  # once to warm up
        started = time.perf_counter()
        run()
        seconds = time.perf_counter() - started
        np.save(folder / f"{peer}-{ef}.npy", found)
        print(json.dumps({"ef": ef, "milliseconds": 1000 * seconds / len(queries)}))


if __name__ == "__main__":
    if sys.argv[1] == "build":
        build(sys.argv[2], Path(sys.argv[3]))
    else:
        search(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]), [int(ef) for ef in sys.argv[5:]])
