"""Elkan and Noto: the probability of having a label, divided by how often a positive has one."""

import numpy as np

from retrieval_core.feedback.unlabelled.method import Groups, Method, logistic

HELD_OUT = 0.2  # share of the labelled that the frequency is measured on


def _decide(groups: Groups) -> np.ndarray:
    order = np.random.default_rng(groups.seed).permutation(len(groups.labelled))
    held_out = order[: max(1, round(HELD_OUT * len(order)))]
    kept = np.delete(groups.labelled, held_out, axis=0)
    return positive_shares(kept, groups.unlabelled, groups.labelled[held_out], groups.rows) - 0.5


def positive_shares(kept: np.ndarray, unlabelled: np.ndarray, held_out: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """p(positive) (N,) of rows (N, D) = g / c: g the probability of having a label, c the mean of g over held-out labelled ones.

    It can exceed 1: cut there it is a probability, uncut it keeps the order.
    """
    marks = np.repeat([1, 0], [len(kept), len(unlabelled)])
    model = logistic(np.concatenate([kept, unlabelled]), marks, weights=None)
    return model.predict_proba(rows)[:, 1] / model.predict_proba(held_out)[:, 1].mean()


ELKAN_NOTO = Method(
    "Elkan–Noto", _decide,
    definition=f"Logistic regression for having a label; divided by its mean over the {HELD_OUT:.0%} of the labelled that it has not "
               "seen. The decision is that probability less one half.",
    assumes="Which positives are labelled is a matter of chance alone, the same for all.",
    source="Elkan and Noto, Learning classifiers from only positive and unlabeled data, KDD 2008",
)  # fmt: skip
