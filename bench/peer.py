"""One run of a peer in a process of its own: python peer.py knn|map|probe FOLDER. Prints its seconds, after its warm-up."""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np

NEIGHBOURS = 15


def knn(rows: np.ndarray, folder: Path) -> float:
    from sklearn.neighbors import NearestNeighbors

    start = time.perf_counter()
    found = NearestNeighbors(n_neighbors=NEIGHBOURS + 1, algorithm="brute", n_jobs=2).fit(rows).kneighbors(rows)
    seconds = time.perf_counter() - start
    np.save(folder / "peer-distances.npy", found[0][:, 1:].astype(np.float32))
    return seconds


def map_(rows: np.ndarray, folder: Path) -> float:
    from umap import UMAP

    UMAP(n_neighbors=NEIGHBOURS, n_jobs=2).fit_transform(rows[:500])  # compiles
    start = time.perf_counter()
    places = UMAP(n_neighbors=NEIGHBOURS, n_jobs=2).fit_transform(rows)
    seconds = time.perf_counter() - start
    np.save(folder / "peer-map.npy", places)
    return seconds


def probe(rows: np.ndarray, folder: Path) -> float:
    from sklearn.linear_model import LogisticRegression

    labels = np.load(folder / "labels.npy")
    start = time.perf_counter()
    model = LogisticRegression(C=1.0, max_iter=1000).fit(rows, labels)
    seconds = time.perf_counter() - start
    np.save(folder / "peer-weights.npy", model.coef_)
    np.save(folder / "peer-intercepts.npy", model.intercept_)
    return seconds


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    where = Path(sys.argv[2])
    work = {"knn": knn, "map": map_, "probe": probe}[sys.argv[1]]
    print(json.dumps({"seconds": work(np.load(where / "rows.npy"), where)}))
