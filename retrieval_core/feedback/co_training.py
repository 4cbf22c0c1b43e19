"""Co-training: two models, each with a learner that labels photographs for the other one.

Source: Blum and Mitchell, "Combining labeled and unlabeled data with co-training", COLT 1998, with their p = 1, n = 3 and u = 75.
Their pool is drawn from all that is unlabelled; where one photograph in hundreds is right it would mostly hold none, so ours is drawn
from the first of the search.
"""

from collections.abc import Mapping

import numpy as np

from retrieval_core.feedback.logistic import PULL, fit
from retrieval_core.feedback.method import Method, Round


def learn(round: Round, parameters: Mapping[str, float]) -> np.ndarray:
    """The sum (N,) of the log odds of both learners; of the similarities where all marks are of one sign."""
    if not round.decides:
        return round.similarities
    random = np.random.default_rng(int(parameters["seed"]))
    left = np.setdiff1d(round.first(int(parameters["candidates"])), round.marked)
    rows, signs = round.marked, round.signs
    for _ in range(int(parameters["rounds"])):
        pool = random.choice(left, min(int(parameters["pool"]), len(left)), replace=False)
        learners = _fitted(round, rows, signs, parameters["pull"])
        for view, (weights, threshold) in zip(round.views, learners, strict=True):
            order = pool[np.argsort(-(view.database[pool] @ weights + threshold), kind="stable")]
            right = order[: int(parameters["right"])]
            wrong = order[len(right) :][::-1][: int(parameters["wrong"])]
            rows, signs = np.concatenate([rows, right, wrong]), np.append(signs, np.repeat([1.0, -1.0], [len(right), len(wrong)]))
            pool = np.setdiff1d(pool, rows)
        left = np.setdiff1d(left, rows)
    return np.sum([view.database @ weights + np.float32(threshold) for view, (weights, threshold) in
                   zip(round.views, _fitted(round, rows, signs, parameters["pull"]), strict=True)], axis=0)  # fmt: skip


def _fitted(round: Round, rows: np.ndarray, signs: np.ndarray, pull: float) -> list[tuple[np.ndarray, float]]:
    return [fit(view.query, view.database[rows], signs, pull) for view in round.views]


CO_TRAINING = Method(
    "co-training",
    {"right": 1, "wrong": 3, "pool": 75, "rounds": 5, "candidates": 500, "pull": 1.0, "seed": 0},
    {"right": (0, 50), "wrong": (0, 50), "pool": (1, 5000), "rounds": (0, 50), "candidates": (1, 100_000), "pull": PULL,
     "seed": (0, 999_999)}, learn, "sum of the log odds under both models", "Blum and Mitchell 1998", views=2,
)  # fmt: skip
