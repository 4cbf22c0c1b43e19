"""What a simulated user gains, as it is stored: where it lies and when it is fresh. runs/feedback_steps.py makes it."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np

from retrieval_core.evaluation.average_precision import Score
from retrieval_core.feedback.method import Method
from retrieval_core.feedback.methods import METHODS
from retrieval_core.feedback.simulations import MARKS, ROUNDS, Simulation
from retrieval_core.stored import artefacts
from retrieval_core.stored.results import Results, open_results
from retrieval_core.workspace import read_json, short_hash


def simulation_choice(method: str, beside: str = "", marks: int = MARKS, rounds: int = ROUNDS) -> dict:
    """What is chosen of a simulation; parameters are the defaults. `beside`, a second model, is left out where one is enough."""
    parameters = METHODS[method].fill_in({})
    beside = beside if METHODS[method].views == 2 else ""
    return {"method": method, "parameters": parameters, "beside": beside, "marks": marks, "rounds": rounds}


def simulation_path(results: Results, choice: dict) -> Path:
    """The file of a simulation, by what was chosen."""
    return results.folder / artefacts.FEEDBACK / f"{choice['method']}-{short_hash(choice)}.json"


def simulation_inputs(results: Results, choice: dict) -> dict:
    """What it is made from: the descriptors of its models, the ground truth, and neighbour lists where the method walks along them."""
    workspace, dataset, run = results.workspace, results.dataset, results.run
    described = {key: artefacts.sha256(workspace, artefacts.descriptors_path(workspace, dataset.name, run, key))
                 for key in (results.model, choice["beside"]) if key}  # fmt: skip
    listed = artefacts.neighbours_path(workspace, dataset.name, run, results.model, "all")
    walks = {"neighbours": artefacts.sha256(workspace, listed)} if METHODS[choice["method"]].walks else {}
    return {"version": artefacts.VERSIONS["feedback"], "truth": dataset.truth, "descriptors": described, "choice": choice, **walks}


def walked(results: Results, method: Method) -> np.ndarray | None:
    """The neighbours that a method walks along, (N, K) rows: None where they are not listed, or it takes none."""
    found = results.neighbours("all") if method.walks else None
    return found[0] if found else None


def read_simulation(results: Results, choice: dict) -> Simulation | None:
    """What was found; None if it was not tried, or on other descriptors, another ground truth or with other defaults."""
    path = simulation_path(results, choice)
    if not _ready(results, choice["beside"]) or results.workspace.state(path, simulation_inputs(results, choice)) != "fresh":
        return None
    return _read(path, results.workspace.record(path).sha256)


def read_simulations(
    results: Results, methods: Iterable[str] = METHODS, beside: str = "", marks: int = MARKS, rounds: int = ROUNDS
) -> list[Simulation]:
    """What was found of some methods, in their order; of those that learn from two models with the one that is named."""
    found = (read_simulation(results, simulation_choice(method, beside, marks, rounds)) for method in methods)
    return [one for one in found if one]


def _ready(results: Results, beside: str) -> bool:
    others = [open_results(results.workspace, results.dataset.name, results.run, beside)] if beside else []
    return all(one.state[0] == "ready" for one in (results, *others))


@lru_cache(maxsize=256)
def _read(path: Path, version: str) -> Simulation:
    """Kept as long as the file, whose hash `version` is, stays the same: a page asks for it many times."""
    entry = read_json(path)
    pairs = tuple(tuple((Score(**before), Score(**after)) for before, after in query) for query in entry["pairs"])
    return Simulation(entry["method"], entry["beside"], pairs)
