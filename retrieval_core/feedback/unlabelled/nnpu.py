"""nnPU: the risk that a linear classifier would have if the negatives were known, estimated and never let below zero."""

import numpy as np
from scipy.special import expit

from retrieval_core.feedback.unlabelled.method import Groups, Method

STEPS, RATE = 300, 0.2


def _decide(groups: Groups) -> np.ndarray:
    rows = (groups.rows - groups.rows.mean(axis=0)).astype(np.float32)  # half the memory to walk through at each step
    rows *= np.sqrt(rows.shape[1] / max((rows**2).sum(axis=1).mean(), 1e-12))  # a variance of 1 on the mean over dimensions
    count = len(groups.labelled)
    weights, bias = fit_nnpu(rows[:count], rows[count:], groups.prior, np.zeros(rows.shape[1], np.float32), STEPS, RATE)
    return rows @ weights + bias


def fit_nnpu(
    positive: np.ndarray, unlabelled: np.ndarray, prior: float, start: np.ndarray, steps: int, rate: float
) -> tuple[np.ndarray, float]:
    """Weights (D,) and bias of a linear f that gradient descent brings to a small risk under the sigmoid loss ℓ(z) = σ(−z):

    π E_P[ℓ(f)] + max(0, E_U[ℓ(−f)] − π E_P[ℓ(−f)]), with π = `prior` the share of positives among the unlabelled.

    Where the second term falls below zero, a step goes up the slope of it, as the paper has it.
    """
    weights, bias = np.array(start), 0.0
    for _ in range(steps):
        on_positive, on_unlabelled = expit(positive @ weights + bias), expit(unlabelled @ weights + bias)
        negative_risk = on_unlabelled.mean() - prior * on_positive.mean()
        slope_positive = on_positive * (1 - on_positive) / len(positive)
        slope_unlabelled = on_unlabelled * (1 - on_unlabelled) / len(unlabelled)
        negative = slope_unlabelled @ unlabelled - prior * slope_positive @ positive
        negative_bias = slope_unlabelled.sum() - prior * slope_positive.sum()
        if negative_risk < 0:
            weights, bias = weights + rate * negative, bias + rate * negative_bias
        else:
            weights = weights - rate * (negative - prior * slope_positive @ positive)
            bias = bias - rate * (negative_bias - prior * slope_positive.sum())
    return weights, bias


NNPU = Method(
    "nnPU", _decide,
    definition="A linear classifier that minimises π E_P[ℓ(f)] + max(0, E_U[ℓ(−f)] − π E_P[ℓ(−f)]) under the sigmoid loss; "
               f"{STEPS} steps of gradient descent.",
    assumes="The share π of positives among the unlabelled is known, and the labelled are a random draw from the positives.",
    source="Kiryo, Niu, du Plessis and Sugiyama, Positive-unlabeled learning with non-negative risk estimator, NeurIPS 2017",
)  # fmt: skip
