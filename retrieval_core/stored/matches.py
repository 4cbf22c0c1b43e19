"""How many local matches geometry confirms of every query and its first photographs: stored, since counting takes long.

Where it lies and when it is fresh; runs/match_steps.py counts. Models that do different things with it share it.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from retrieval_core.datasets.array_files import read_arrays
from retrieval_core.search_choices import described_key
from retrieval_core.stored import artefacts
from retrieval_core.stored.results import Results


def matches_path(results: Results) -> Path:
    """The file of the matches, beside the descriptors by which the first photographs were found."""
    folder = artefacts.model_folder(results.workspace, results.dataset.name, results.run, described_key(results.model))
    return folder / artefacts.MATCHES


def matches_inputs(results: Results) -> dict:
    """What they are counted of: the photographs and boxes, of which the descriptors say which come first."""
    return {"version": artefacts.VERSIONS["after"], "descriptors": results.version}


def read_matches(results: Results) -> Mapping[str, dict[int, int]]:
    """By query id: the confirmed matches by the position of the photograph; empty where they were not counted, or of others."""
    path = matches_path(results)
    if results.workspace.state(path, matches_inputs(results)) != "fresh":
        return {}
    return _read(path, artefacts.sha256(results.workspace, path))


@lru_cache(maxsize=16)
def _read(path: Path, version: str) -> Mapping[str, dict[int, int]]:
    """Kept as long as the file, whose hash `version` is, stays the same."""
    arrays, about = read_arrays(path)
    rows = zip(about["queries"], np.asarray(arrays["positions"]).tolist(), np.asarray(arrays["matches"]).tolist(), strict=True)
    return {query: dict(zip(positions, counts, strict=True)) for query, positions, counts in rows}
