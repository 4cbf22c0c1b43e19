"""What describing a photograph costs a model, as it is stored: where it lies and when it is fresh. runs/cost_steps.py measures it."""

from functools import lru_cache
from pathlib import Path

from retrieval_core.evaluation.costs import Cost
from retrieval_core.search_choices import described_key
from retrieval_core.stored.artefacts import COSTS, VERSIONS, model_folder
from retrieval_core.stored.results import Results
from retrieval_core.workspace import read_json


def costs_path(results: Results) -> Path:
    """The file of a model's costs, beside its descriptors: what is done after the search is no part of them."""
    folder = model_folder(results.workspace, results.dataset.name, results.run, described_key(results.model))
    return folder / COSTS


def costs_inputs(results: Results) -> dict:
    """What costs are measured of: the making of these descriptors."""
    return {"version": VERSIONS["costs"], "descriptors": results.version}


def read_cost(results: Results) -> Cost | None:
    """What was measured of the model that made these descriptors; None if it was not, or of other descriptors."""
    path = costs_path(results)
    if results.state[0] != "ready" or results.workspace.state(path, costs_inputs(results)) != "fresh":
        return None
    return _read(path, results.workspace.record(path).sha256)


@lru_cache(maxsize=256)
def _read(path: Path, version: str) -> Cost:
    """Kept as long as the file, whose hash `version` is, stays the same: a page asks for it many times."""
    entry = read_json(path)
    return Cost(**{**entry, "repeats": tuple(entry["repeats"])})
