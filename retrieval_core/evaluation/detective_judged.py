"""How often the detective is right: on what is known of the unlabelled, and on labelled photographs that are hidden among them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.detective import Suspect
from retrieval_core.evaluation.significance import LEVEL, interval_of_mean

PRECISION, LOW, HIGH, FOUND = "precision", "lowest", "highest", "found of hidden"
FEWEST = 2  # photographs of a landmark that stay labelled


@dataclass(frozen=True, eq=False)
class Trial:
    """The suspects, with one vote or more, when the photographs of `hidden` (their landmarks by id) had no label."""

    suspects: Sequence[Suspect]
    hidden: Mapping[str, str]


def hide(dataset: Dataset, share: float, seed: int) -> dict[str, str]:
    """A random share of the photographs of every landmark, with its name by id; FEWEST of each landmark are never hidden.

    Raises RetrievalError unless the share lies between 0 and 0.5, or if there is nothing to hide.
    """
    if not 0 < share <= 0.5:
        raise RetrievalError(f"A share of {share:g} can't be hidden. Give a number above 0 and up to 0.5 with --hide.")
    hidden: dict[str, str] = {}
    random = np.random.default_rng([seed, 41])
    for landmark in dataset.labels:
        own = [image.id for image in dataset.images if image.label == landmark]
        count = min(max(1, round(share * len(own))), len(own) - FEWEST)
        hidden |= {own[place]: landmark for place in random.permutation(len(own))[: max(0, count)]}
    if not hidden:
        raise RetrievalError(f"No landmark of {dataset.name!r} has more than {FEWEST} photographs: none can be hidden.")
    return hidden


def hardly_seen(dataset: Dataset) -> dict[str, set[str]]:
    """Unlabelled photographs that the ground truth calls junk, and the landmarks that they show hardly."""
    found: dict[str, set[str]] = {}
    for query in dataset.queries:
        for image_id in query.junk:
            if dataset.image(image_id).label is None:
                found.setdefault(image_id, set()).add(query.label)
    return found


def judged(dataset: Dataset, trials: Sequence[Trial], voters: int) -> pd.DataFrame:
    """By the least number of votes: how many photographs are suspects, how many of them show the landmark, and which share that is.

    Over several trials, counts are sums. "show it" counts the hidden ones, and "hardly seen" the junk of the landmark; any other
    suspect is taken for wrong, which is known only where the truth of the unlabelled is. The 95 % interval of the precision is that of
    whole landmarks drawn anew; where all are right or all wrong, Clopper and Pearson's. "found of hidden": the share of all hidden
    photographs that are suspects of their landmark. Percent.
    """
    hardly, rows = hardly_seen(dataset), {}
    hidden = sum(len(trial.hidden) for trial in trials)
    for least in range(1, voters + 1):
        counted = [(one, trial) for trial in trials for one in trial.suspects if len(one.votes) >= least]
        shown = [trial.hidden.get(one.image_id) == one.landmark for one, trial in counted]
        junk = [one.landmark in hardly.get(one.image_id, ()) for one, _ in counted]
        right = [float(first or second) for first, second in zip(shown, junk, strict=True)]
        low, high = _interval(right, [one.landmark for one, _ in counted]) if right else (np.nan, np.nan)
        rows[least] = {
            "suspects": len(counted), "show it": sum(shown), "hardly seen": sum(junk),
            PRECISION: 100 * np.mean(right) if right else np.nan, LOW: low, HIGH: high,
            **({FOUND: 100 * sum(shown) / hidden} if hidden else {}),
        }  # fmt: skip
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("votes")
    return table if hidden else table.drop(columns="show it")


def _interval(right: Sequence[float], landmarks: Sequence[str]) -> tuple[float, float]:
    """In percent. Where all values are equal, drawing anew gives no interval: the exact one of a binomial share does."""
    if 0 < sum(right) < len(right):
        return interval_of_mean(right, landmarks)
    unlikely = 100 * (LEVEL / 2) ** (1 / len(right))
    return (unlikely, 100.0) if right[0] else (0.0, 100 - unlikely)
