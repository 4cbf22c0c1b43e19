"""The AP of changed queries, as it is stored: where it lies and when it is fresh. runs/robustness_steps.py makes it."""

from functools import lru_cache
from pathlib import Path

from retrieval_core.descriptors.changes import CHANGES
from retrieval_core.evaluation.average_precision import Score
from retrieval_core.evaluation.robustness import Robustness
from retrieval_core.stored import artefacts
from retrieval_core.stored.results import Results
from retrieval_core.workspace import read_json


def robustness_path(results: Results, change: str) -> Path:
    """The file of one of CHANGES, beside the scores of the model."""
    return results.folder / artefacts.ROBUSTNESS.format(change)


def robustness_inputs(results: Results, change: str) -> dict:
    """What it is made from: what the scores of unchanged queries are made from, the change and its strengths."""
    scored = artefacts.scores_inputs(results.workspace, results.dataset, results.run, results.model)
    strengths = list(CHANGES[change].strengths)
    return {"version": artefacts.VERSIONS["robustness"], "scored": scored, "change": change, "strengths": strengths}


def read_robustness(results: Results, change: str) -> Robustness | None:
    """What was found of a change; None if it was not tried, or on other descriptors, another ground truth or other strengths."""
    path = robustness_path(results, change)
    if results.state[0] != "ready" or results.workspace.state(path, robustness_inputs(results, change)) != "fresh":
        return None
    return _read(path, results.workspace.record(path).sha256)


@lru_cache(maxsize=256)
def _read(path: Path, version: str) -> Robustness:
    """Kept as long as the file, whose hash `version` is, stays the same: a page asks for it many times."""
    entry = read_json(path)
    scores = tuple(tuple(Score(**score) for score in row) for row in entry["scores"])
    return Robustness(entry["change"], tuple(entry["strengths"]), scores)
