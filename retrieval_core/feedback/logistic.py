"""Logistic regression that is pulled toward the query: with few marks it stays near the search that they were made on.

Source: orm011/seesaw, "SeeSaw: interactive ad-hoc search over image databases", Moll et al., SIGMOD 2023. Where all marks are of one
sign the query is left alone.
"""

from collections.abc import Mapping

import numpy as np

from retrieval_core.feedback.method import Method, Round

PULL = (1e-3, 1000.0)  # bounds
_STEPS, _NEAR = 50, 1e-9  # at most, and a step that is none


def fit(query: np.ndarray, rows: np.ndarray, signs: np.ndarray, pull: float) -> tuple[np.ndarray, float]:
    """The weights w (D,) and the threshold b that minimise Σ log(1 + exp(−s (w · x + b))) + pull · ‖w − q‖².

    query: q (D,). rows: x (M, D). signs: s (M,), +1 and −1, both at least once: else there is no minimum. At the minimum w − q is a sum
    of the rows, so that Newton's method looks for its M shares.
    """
    from scipy.special import expit  # takes a while to load, and pages import this file

    marked = rows.astype(np.float64)
    start, products = marked @ query, marked @ marked.T

    def loss(point: np.ndarray) -> float:
        pulled = products @ point[:-1]
        return np.logaddexp(0, -signs * (start + pulled + point[-1])).sum() + pull * point[:-1] @ pulled

    point = np.zeros(len(rows) + 1)
    best = loss(point)
    for _ in range(_STEPS):
        margins = start + products @ point[:-1] + point[-1]
        slopes, bends = signs * expit(-signs * margins), expit(margins) * expit(-margins)
        bent = np.vstack([np.column_stack([bends[:, None] * products, bends]), np.append(bends @ products, bends.sum())])
        bent[:-1, :-1] += 2 * pull * np.eye(len(rows))
        step = np.linalg.solve(bent, np.append(slopes - 2 * pull * point[:-1], slopes.sum()))
        while (now := loss(point + step)) > best and np.abs(step).max() > _NEAR:
            step /= 2
        point, best = point + step, now
        if np.abs(step).max() <= _NEAR:
            break
    return (query + point[:-1] @ marked).astype(np.float32), float(point[-1])


def learn(round: Round, parameters: Mapping[str, float]) -> np.ndarray:
    """How surely each photograph is right, (N,), as log odds; similarities where all marks are of one sign."""
    [view] = round.views
    if not round.decides:
        return view.similarities
    weights, threshold = fit(view.query, view.database[round.marked], round.signs, parameters["pull"])
    return view.database @ weights + np.float32(threshold)


LOGISTIC = Method(
    "logistic, pulled to the query", {"pull": 1.0}, {"pull": PULL}, learn, "log odds that it is right",
    "after orm011/seesaw",
)  # fmt: skip
