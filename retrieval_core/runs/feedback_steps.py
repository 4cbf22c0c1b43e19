"""The step in which a simulated user marks the rankings of all queries, method by method, and what is gained is stored."""

import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, replace

from retrieval_core.datasets.no_precision import why_no_precision
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.feedback.methods import METHODS, as_round
from retrieval_core.feedback.residual import masks
from retrieval_core.feedback.simulated_user import simulate
from retrieval_core.feedback.simulations import MARKS, ROUNDS
from retrieval_core.progress import Progress
from retrieval_core.runs.making import Steps, half_done, is_fresh, locked
from retrieval_core.search_choices import described_key
from retrieval_core.stored.feedback import simulation_choice, simulation_inputs, simulation_path, walked
from retrieval_core.stored.results import Results, open_results
from retrieval_core.workspace import Workspace, read_json, write_json

MOST = 1000  # marks a round and rounds, at most


def simulate_feedback(
    workspace: Workspace,
    dataset: str,
    run: str,
    models: Sequence[str],
    methods: Sequence[str] = (),
    beside: str = "",
    marks: int = MARKS,
    rounds: int = ROUNDS,
) -> Steps:
    """Simulate a user of some methods (all that the models allow, if none is named) under some models, where that was not done before.

    `beside`: the second model of the methods that learn from two. Raises RetrievalError, before anything is simulated, for an unknown
    method, counts that can't be, a method of two models without a second, sets of visual words, where a model has not described the
    dataset, and where no query has anything to find.
    """
    for name, value in (("marks", marks), ("rounds", rounds)):
        if not 1 <= value <= MOST:
            raise RetrievalError(f"--{name} must be a whole number from 1 to {MOST}, not {value}.")
    keys, beside = list(dict.fromkeys(map(described_key, models))), described_key(beside) if beside else ""
    opened = {key: open_results(workspace, dataset, run, key) for key in dict.fromkeys([*keys, beside] if beside else keys)}
    tasks = [(key, method) for key in keys for method in methods or _going_with(key, beside)]
    first = next(iter(opened.values()))
    if not any(query.positives for query in first.dataset.queries):
        raise RetrievalError(why_no_precision(workspace, first.dataset))
    for key, method in tasks:
        check_choice("method of feedback", method, METHODS)
        if METHODS[method].views == 2 and beside in ("", key):
            raise RetrievalError(f"{METHODS[method].title} learns from two models, and {key} is one. Name another with --beside.")
        as_round(_views(opened, key, beside, method, 0), (), ())
    for number, (key, method) in enumerate(tasks):
        for progress in _simulate(opened, key, simulation_choice(method, beside, marks, rounds)):
            done = number + (progress.done / progress.total if progress.total else 0.0)
            yield replace(progress, stage=f"{METHODS[method].title}, {key}", overall=done / len(tasks))
    yield Progress("all done", 1, 1, overall=1.0)


def _going_with(model: str, beside: str) -> list[str]:
    """The methods for which there are models enough."""
    return [name for name, method in METHODS.items() if method.views == 1 or beside not in ("", model)]


def _views(opened: dict[str, Results], key: str, beside: str, method: str, row: int) -> list:
    """What a method learns from: a query's descriptor and the photographs under each of its models."""
    found = [opened[one].descriptors for one in (key, beside)[: METHODS[method].views]]
    return [(queries.matrix[row], photographs) for photographs, queries in found]


def _simulate(opened: dict[str, Results], key: str, choice: dict) -> Steps:
    """One method under one model, query by query; the queries that are done are kept if the work is stopped."""
    results, method = opened[key], METHODS[choice["method"]]
    workspace, path, inputs = results.workspace, simulation_path(results, choice), simulation_inputs(results, choice)
    with (yield from locked(workspace, results.dataset.name, results.run, results.model, f"feedback-{path.stem}")):
        if (yield from is_fresh(workspace, path, inputs)):
            return
        begin, folder = time.monotonic(), half_done(path, inputs)
        photographs, queries = results.descriptors
        neighbours, pairs = walked(results, method), []
        for row, query_id in enumerate(queries.ids):
            yield Progress(method.title, row, len(queries.ids))
            file = folder / f"{row}.json"
            if not file.exists():
                first = as_round(_views(opened, key, choice["beside"], choice["method"], row), (), (), neighbours)
                right, junk = masks(results.dataset.query(query_id), photographs.ids)
                found = simulate(method, choice["parameters"], first, query_id, right, junk, choice["marks"], choice["rounds"])
                write_json(file, [[asdict(score) for score in pair] for pair in found])
            pairs.append(read_json(file))
        with workspace.writing(path, inputs, seconds=time.monotonic() - begin) as temporary:
            write_json(temporary, {"method": choice["method"], "beside": choice["beside"], "pairs": pairs})
        shutil.rmtree(folder)
