"""Reading what describing a photograph costs a model; it is measured in runs/cost_steps.py."""

from functools import lru_cache
from pathlib import Path

from retrieval_core.evaluation.costs import Cost
from retrieval_core.stored import artefacts
from retrieval_core.stored.results import Results
from retrieval_core.workspace import read_json


def read_cost(results: Results) -> Cost | None:
    """What was measured of the model that made these descriptors; None if it was not, or of other descriptors."""
    workspace, place = results.workspace, (results.dataset.name, results.run, results.model)
    path = artefacts.costs_path(workspace, *place)
    if results.state[0] != "ready" or workspace.state(path, artefacts.costs_inputs(workspace, *place)) != "fresh":
        return None
    return _read(path, artefacts.sha256(workspace, path))


@lru_cache(maxsize=256)
def _read(path: Path, version: str) -> Cost:
    entry = read_json(path)
    return Cost(**{**entry, "repeats": tuple(entry["repeats"])})
