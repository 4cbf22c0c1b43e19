"""How central each photograph is under a model: PageRank on its neighbour lists, kept as long as these and the labels stay."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from retrieval_core.datasets.array_files import read_arrays
from retrieval_core.evaluation.clusters import label_codes
from retrieval_core.ranking.page_rank import most_central, page_rank
from retrieval_core.stored.artefacts import neighbours_path, sha256
from retrieval_core.stored.results import Results


def central_ranks(results: Results, subset: str = "all") -> np.ndarray | None:
    """PageRank (N,) float32 of each photograph of a subset within its landmark, or among the unlabelled; None without neighbour lists.

    The array is read-only: several pages hold it.
    """
    if results.neighbours(subset) is None:
        return None
    path = neighbours_path(results.workspace, results.dataset.name, results.run, results.model, subset)
    codes = label_codes(results.dataset)
    return _ranks(path, sha256(results.workspace, path), (codes if subset == "all" else codes[codes >= 0]).tobytes())


def faces(results: Results) -> dict[str, str]:
    """Of each landmark the id of its most central photograph; empty without neighbour lists."""
    ranks, dataset = central_ranks(results), results.dataset
    found = {} if ranks is None else most_central(ranks, label_codes(dataset))
    return {dataset.labels[code]: dataset.images[row].id for code, row in found.items() if code >= 0}


@lru_cache(maxsize=32)
def _ranks(path: Path, version: str, codes: bytes) -> np.ndarray:
    """`version`, the hash of the file, makes what is kept another one when the lists are."""
    arrays, _ = read_arrays(path)
    ranks = page_rank(np.asarray(arrays["positions"]), np.asarray(arrays["similarities"]), np.frombuffer(codes, np.int64))
    ranks = ranks.astype(np.float32)
    ranks.flags.writeable = False
    return ranks
