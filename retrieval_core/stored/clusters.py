"""Clusters and pair similarities of a model, as they are stored. runs/cluster_steps.py makes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from retrieval_core.datasets.array_files import read_arrays
from retrieval_core.evaluation.clusters import Clusters, label_codes, measure_clusters
from retrieval_core.evaluation.density_clusters import Agreement, agreement
from retrieval_core.evaluation.pair_similarities import Pairs
from retrieval_core.search_choices import described_key
from retrieval_core.stored.artefacts import CLUSTERS, SUBSETS, VERSIONS, model_folder, subset_ids
from retrieval_core.stored.results import Results


@dataclass(frozen=True, eq=False)
class StoredClusters:
    """Number of the cluster of every photograph of a subset, by subset (see `density_clusters`), and how similar pairs are."""

    numbers: dict[str, np.ndarray]
    pairs: Pairs
    version: str


def clusters_path(results: Results) -> Path:
    """The file of a model's clusters, beside its descriptors: what is done after the search is no part of them."""
    return model_folder(results.workspace, results.dataset.name, results.run, described_key(results.model)) / CLUSTERS


def clusters_inputs(results: Results) -> dict:
    """What they are made from: these descriptors, and which photographs show which landmark."""
    return {"version": VERSIONS["clusters"], "descriptors": results.version, "truth": results.dataset.truth}


def read_clusters(results: Results) -> StoredClusters | None:
    """What was found; None if it was not looked for, or in other descriptors, or by another ground truth."""
    path = clusters_path(results)
    if results.state[0] != "ready" or results.workspace.state(path, clusters_inputs(results)) != "fresh":
        return None
    return _read(path, results.workspace.record(path).sha256)


def cluster_of(results: Results, subset: str = "all") -> dict[str, int] | None:
    """Number of the cluster, −1 for none, that HDBSCAN puts each photograph of a subset in, by image id; None if not made."""
    found = read_clusters(results)
    return None if found is None else dict(zip(subset_ids(results.dataset, subset), found.numbers[subset].tolist(), strict=True))


def measured(results: Results, k: int) -> Clusters | None:
    """How the landmarks lie in a model's descriptors, by the k nearest; None where neighbour lists are missing."""
    lists = {subset: results.neighbours(subset) for subset in SUBSETS}
    if None in lists.values():
        return None
    return measure_clusters(results.dataset, results.descriptors[0].matrix, lists["all"][0], lists["labelled"][0], k)


def nearest_of(results: Results, asked: Iterable[tuple[str, str]]) -> list[str | None]:
    """For labelled photographs, each with a landmark, the photograph of that landmark that is nearest to it under a model.

    None where its neighbour list has none, or no lists were made.
    """
    lists, ids = results.neighbours("labelled"), subset_ids(results.dataset, "labelled")
    if lists is None:
        return [None for _ in asked]
    places, labels = {image_id: place for place, image_id in enumerate(ids)}, [results.dataset.image(one).label for one in ids]
    return [next((ids[near] for near in lists[0][places[image_id]].tolist() if labels[near] == label), None)
            for image_id, label in asked]  # fmt: skip


def agreements(results: Results, found: StoredClusters) -> dict[str, Agreement]:
    """How clusters agree with landmarks, by subset: the labelled alone first."""
    codes = label_codes(results.dataset)
    return {"labelled": agreement(found.numbers["labelled"], codes[codes >= 0]), "all": agreement(found.numbers["all"], codes)}


@lru_cache(maxsize=64)
def _read(path: Path, version: str) -> StoredClusters:
    """Kept as long as the file, whose hash `version` is, stays the same: a page asks for it many times."""
    arrays, _ = read_arrays(path)
    pairs = Pairs(np.array(arrays["right"]), np.array(arrays["wrong"]))
    return StoredClusters({subset: np.array(arrays[subset]) for subset in SUBSETS}, pairs, version)
