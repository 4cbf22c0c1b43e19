"""What a simulated user gains by a method of feedback, over all queries of a dataset, round by round."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.average_precision import mean_average_precision
from retrieval_core.evaluation.significance import compare
from retrieval_core.feedback.methods import METHODS
from retrieval_core.feedback.simulated_user import Pair

MARKS, ROUNDS = 12, 5  # of a simulation: photographs marked a round, and rounds
METHOD, ROUND, BEFORE, AFTER, CHANGE, LOW, HIGH = "method", "round", "mAP before", "mAP after", "Δ mAP", "low", "high"
BETTER, WORSE, QUERIES = "better", "worse", "queries"


@dataclass(frozen=True)
class Simulation:
    """`pairs`: for each query in the order of the dataset's, for each round, AP before and after; see `simulated_user`.

    `beside`: the second model of a method that learns from two, else "".
    """

    method: str
    beside: str
    pairs: tuple[tuple[Pair, ...], ...]


def gain_table(found: Mapping[str, Sequence[Simulation]], dataset: Dataset, protocol: str) -> pd.DataFrame:
    """A row for each model, simulation and round: mAP in percent of what is left, before and after, and the change.

    The change is the mean over queries, in points, with its paired 95 % interval over landmarks as `significance.compare` has it;
    "better" and "worse" count queries, "queries" those of which some positive is not marked yet. The index is the model, of a method
    that learns from two both.
    """
    rows, names = [], []
    for model, simulations in found.items():
        for one in simulations:
            for number in range(len(one.pairs[0])):
                names.append(f"{model} + {one.beside}" if one.beside else model)
                rows.append({METHOD: METHODS[one.method].title, ROUND: number + 1, **_round(one, number, dataset, protocol)})
    return pd.DataFrame(rows, index=pd.Index(names, name="model"))


def _round(one: Simulation, number: int, dataset: Dataset, protocol: str) -> dict[str, float]:
    before, after = ([pairs[number][place] for pairs in one.pairs] for place in (0, 1))
    means = [100 * (mean_average_precision(scores, protocol) or np.nan) for scores in (before, after)]
    counted = sum(score.positives > 0 for score in before)
    if not counted:
        return {BEFORE: np.nan, AFTER: np.nan, CHANGE: np.nan, LOW: np.nan, HIGH: np.nan, BETTER: 0, WORSE: 0, QUERIES: 0}
    was, now = ([score.ap(protocol) for score in scores] for scores in (before, after))
    change = compare(was, now, [dataset.query(score.query_id).label for score in before])
    return {BEFORE: means[0], AFTER: means[1], CHANGE: change.points, LOW: change.low, HIGH: change.high, BETTER: change.better,
            WORSE: change.worse, QUERIES: counted}  # fmt: skip


def offered(simulations: Sequence[Simulation], dataset: Dataset, protocol: str) -> str | None:
    """The method that is offered first: of those whose interval lies above zero after the first round, the one that gains most.

    None where no method is safely better than no feedback.
    """
    firsts = {one.method: _round(one, 0, dataset, protocol) for one in simulations}
    safe = {method: row[CHANGE] for method, row in firsts.items() if row[LOW] > 0}
    return max(safe, key=safe.__getitem__) if safe else None
