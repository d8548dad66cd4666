"""Reads the tensors of a PyTorch checkpoint (the format before 1.6) without PyTorch and without running its code.

The file is five pickles (magic number, protocol, system, the tensors' descriptions, the storages' order), then for each
storage its length as an int64 and its raw values. The unpickler below knows the five names that such a file may
hold and refuses every other.
"""

from __future__ import annotations

import collections
import pickle
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_STORAGE_TYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class _Tensor:
    """Where one tensor lies: a storage's key, and offset, shape and strides counted in values."""

    def __init__(self, storage: tuple, offset: int, shape: tuple, strides: tuple, *_ignored: Any) -> None:
        _, self.dtype, self.key, _, self.storage_length, _ = storage
        self.offset, self.shape, self.strides = offset, shape, strides

    def view(self, storage: np.ndarray) -> np.ndarray:
        last = self.offset + sum((n - 1) * s for n, s in zip(self.shape, self.strides))
        if self.offset < 0 or min(self.strides, default=0) < 0 or last >= len(storage):
            raise ValueError("a tensor reaches outside its storage")
        strides = [s * storage.itemsize for s in self.strides]
        view = np.lib.stride_tricks.as_strided(storage[self.offset :], self.shape, strides)
        return np.ascontiguousarray(view)


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Tensor
        if module == "torch" and name in _STORAGE_TYPES:
            return _STORAGE_TYPES[name]
        raise pickle.UnpicklingError(f"the checkpoint names {module}.{name}, which has no place in it")

    def persistent_load(self, pid: Any) -> Any:
        if not isinstance(pid, tuple) or len(pid) != 6 or pid[0] != "storage":
            raise pickle.UnpicklingError("the checkpoint refers to something that is no storage")
        return pid


def _read_storages(file: BinaryIO, lengths: dict[str, tuple[np.dtype, int]]) -> dict[str, np.ndarray]:
    storages = {}
    for key in _Unpickler(file).load():
        dtype, expected = lengths[key]
        length = int.from_bytes(file.read(8), "little")
        if length != expected:
            raise ValueError(f"storage {key} holds {length} values where {expected} were announced")
        storages[key] = np.frombuffer(file.read(length * dtype.itemsize), dtype)
    return storages


def read_checkpoint(path: Path) -> dict[str, np.ndarray]:
    """All tensors of the checkpoint by name."""
    with path.open("rb") as file:
        if _Unpickler(file).load() != _MAGIC or _Unpickler(file).load() != _PROTOCOL:
            raise ValueError(f"{path.name} is not a PyTorch checkpoint of the old format")
        if not _Unpickler(file).load()["little_endian"]:
            raise ValueError(f"{path.name} was written on a big-endian machine")
        tensors = _Unpickler(file).load()
        lengths = {t.key: (t.dtype, t.storage_length) for t in tensors.values()}
        storages = _read_storages(file, lengths)
    return {name: t.view(storages[t.key]) for name, t in tensors.items()}
