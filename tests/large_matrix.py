"""A matrix mapped from the disk beside limits so low that it counts as larger than memory, and what a step takes of memory itself."""

import tracemalloc
from contextlib import contextmanager

import numpy as np

from retrieval_core.datasets import descriptor_files, large_arrays
from retrieval_core.descriptors import whitening
from retrieval_core.projection import quality
from retrieval_core.ranking import search

ROWS, WIDTH = 16_000, 256


def lower_limits(monkeypatch):
    """Blocks of 128 kB, and files for what is larger than that."""
    monkeypatch.setattr(large_arrays, "BLOCK", 1 << 17)
    monkeypatch.setattr(large_arrays, "LARGE", 1 << 17)
    monkeypatch.setattr(whitening, "_ROWS", 128)
    monkeypatch.setattr(descriptor_files, "_ROWS", 128)
    monkeypatch.setattr(quality, "_HELD", 1 << 16)
    monkeypatch.setattr(search, "MOST_KEYS", 1 << 16)
    monkeypatch.setattr(search, "KEYS_HELD", 1 << 16)


def mapped_rows(folder, rows=ROWS, width=WIDTH, seed=0) -> np.ndarray:
    """Rows of length 1 near a subspace, memory-mapped and read-only."""
    random = np.random.default_rng(seed)
    falling = random.normal(size=(64, width)) / np.arange(1, 65)[:, None]
    matrix = random.normal(size=(rows, 64)) @ falling + 0.01 * random.normal(size=(rows, width))
    np.save(folder / "rows.npy", (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32))
    return np.load(folder / "rows.npy", mmap_mode="r")


@contextmanager
def own_memory_below(most: float):
    """Fail where more bytes than `most` are held at a time meanwhile; what is mapped does not count."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < most, f"{peak / 1e6:.1f} MB were held, and {most / 1e6:.1f} may be"
