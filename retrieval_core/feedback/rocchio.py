"""Rocchio: the query moves toward what is right and away from what is wrong, and searches again.

Source: Rocchio, "Relevance feedback in information retrieval", 1971. The weights are those that Manning, Raghavan and Schütze call
reasonable, "Introduction to Information Retrieval", 2008, section 9.1.1.
"""

from collections.abc import Mapping

import numpy as np

from retrieval_core.feedback.method import Method, Round


def learn(round: Round, parameters: Mapping[str, float]) -> np.ndarray:
    """Similarity (N,) to α q + β mean(right) − γ mean(wrong), brought to length 1; a mean of no marks is left out."""
    [view] = round.views
    moved = parameters["alpha"] * view.query
    for rows, weight in ((round.right, parameters["beta"]), (round.wrong, -parameters["gamma"])):
        if len(rows):
            moved = moved + weight * view.database[rows].mean(axis=0)
    length = np.linalg.norm(moved)
    return view.database @ (moved / length if length else view.query).astype(np.float32)


ROCCHIO = Method(
    "Rocchio", {"alpha": 1.0, "beta": 0.75, "gamma": 0.15}, {"alpha": (0.0, 10.0), "beta": (0.0, 10.0), "gamma": (0.0, 10.0)},
    learn, "similarity to the moved query", "Rocchio 1971, weights of Manning, Raghavan and Schütze 2008", signed=False,
)  # fmt: skip
